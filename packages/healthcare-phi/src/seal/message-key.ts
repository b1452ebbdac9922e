import { createHmac, type KeyObject } from 'node:crypto';

import { AT, SALT_BYTES, SUITE } from './envelope-layout.js';

const LABEL = Buffer.from('phi-cache/v1/msg');
const KEY_BYTES = 32;

/** The key of one message, and what proves in the message that no other key was meant. */
export interface MessageKey {
  readonly key: Buffer;
  readonly commitment: Buffer;
}

/**
 * Both halves of one HMAC-SHA-512 with the data key: the counter mode of SP 800-108 with a single block,
 * `be32(1) || label || 0x00 || suite || salt || be32(512)`. The caller zeroes the key when it is done.
 * @param message the salt stands in it, at its place
 */
export function messageKey(dataKey: KeyObject, message: Buffer): MessageKey {
  message.copy(INPUT, SALT_AT, AT.salt, AT.commitment);
  // As text: that takes a quarter less than a Buffer of its own. It stays in the heap, and is no more secret than the one
  // message that it opens, which does so too.
  const both = createHmac('sha512', dataKey).update(INPUT).digest('binary');
  return {
    key: Buffer.from(both.slice(0, KEY_BYTES), 'latin1'),
    commitment: Buffer.from(both.slice(KEY_BYTES), 'latin1'),
  };
}

const SALT_AT = 4 + LABEL.length + 2;
/** Filled in anew for each message: a salt is no secret, and nothing waits between. */
const INPUT = template();

function template(): Buffer {
  const bytes = Buffer.alloc(SALT_AT + SALT_BYTES + 4);
  bytes.writeUInt32BE(1, 0);
  bytes.set(LABEL, 4);
  bytes[SALT_AT - 1] = SUITE;
  bytes.writeUInt32BE(512, SALT_AT + SALT_BYTES);
  return bytes;
}
