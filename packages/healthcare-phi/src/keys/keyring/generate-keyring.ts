import { randomBytes } from 'node:crypto';

import { readKeyBytes } from './key-bytes.js';
import type { RingKeyState } from './ring-key.js';

/** A list of a keyring. */
export type KeyringList = 'kek' | 'index' | 'audit';

/** A key as it stands in the JSON of a keyring; one that is destroyed has no `key`, and may have a `mark`. */
export interface KeyringItem {
  readonly id: string;
  readonly state: RingKeyState;
  readonly key?: string;
  readonly mark?: string;
}

/**
 * The JSON of a new keyring with a key in each list: for a file of mode 0600, or a secret store.
 * @param nowMs stands in the ids, by its day
 */
export function generateKeyring(nowMs = Date.now()): string {
  const list = (name: KeyringList): readonly KeyringItem[] => [
    { ...generateRingKey(name, nowMs), state: 'enabled' },
  ];
  const ring = { format: 1, kek: list('kek'), index: list('index'), audit: list('audit') };
  return `${JSON.stringify(ring, null, 2)}\n`;
}

/** A new key for a keyring that is there, to be rolled out before it is enabled. */
export function generateRingKey(name: KeyringList, nowMs = Date.now()): KeyringItem {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const id = `${name}-${day}-${randomBytes(3).toString('hex')}`;
  return { id, state: 'decrypt-only', key: randomKey() };
}

/** Random bytes that no check takes for a passphrase. */
function randomKey(): string {
  for (;;) {
    const text = randomBytes(32).toString('base64');
    if (typeof readKeyBytes(text) !== 'string') return text;
  }
}
