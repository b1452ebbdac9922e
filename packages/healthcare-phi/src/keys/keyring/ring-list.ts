import { createSecretKey, type KeyObject } from 'node:crypto';

import { readKeyBytes } from './key-bytes.js';
import type { RingKey, RingKeyState } from './ring-key.js';

const STATES: readonly RingKeyState[] = ['enabled', 'decrypt-only', 'destroyed'];
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MARK = /^[A-Za-z0-9_-]{1,64}$/;
const REMEDY = 'make one with `vitalcache keyring add`, or `openssl rand -base64 32`';

/** Thrown with what is wrong, without a word of the keyring's; the reader of the whole says where it came from. */
export class RingFault extends Error {}

/**
 * Reads one of a keyring's lists; the enabled key comes first.
 * @param where name of the list
 * @param make turns bytes into a key of the list's kind
 */
export function readRingList(
  list: unknown,
  where: string,
  make: (bytes: Buffer) => KeyObject = createSecretKey,
): readonly RingKey[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new RingFault(`${where} must be a list of keys`);
  const keys = (list as readonly unknown[]).map((item, index) =>
    readRingKey(item, `${where}[${index}]`, make),
  );
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    throw new RingFault(`${where} names an id twice; accepted: each id once`);
  }
  const enabled = keys.filter(({ state }) => state === 'enabled').length;
  if (keys.length > 0 && enabled !== 1) {
    throw new RingFault(
      `${where} has ${enabled} keys in state enabled; accepted: exactly one, which is used for what is new`,
    );
  }
  return keys.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
}

function readRingKey(item: unknown, where: string, make: (bytes: Buffer) => KeyObject): RingKey {
  if (typeof item !== 'object' || item === null) {
    throw new RingFault(`${where} must be an object { id, state, key }`);
  }
  const { id, state, key, mark, ...others } = item as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new RingFault(`${where} has a member other than id, state, key and mark`);
  }
  if (typeof id !== 'string' || !ID.test(id)) {
    throw new RingFault(`${where}.id must be 1 to 64 letters, digits, '.', '_' or '-'`);
  }
  if (!STATES.includes(state as RingKeyState)) {
    throw new RingFault(`${where}.state must be one of ${STATES.join(', ')}`);
  }
  if (state === 'destroyed') {
    if (key !== undefined) {
      throw new RingFault(`${where} is destroyed and still has its key; remove the member key`);
    }
    if (mark === undefined) return { id, state, key: null };
    if (typeof mark === 'string' && MARK.test(mark)) return { id, state, key: null, mark };
    throw new RingFault(`${where}.mark is none; \`vitalcache keyring destroy\` writes it`);
  }
  if (mark !== undefined) {
    throw new RingFault(`${where} has a mark and its key; the mark is for a key that is destroyed`);
  }
  const bytes = readKeyBytes(key);
  if (typeof bytes === 'string') throw new RingFault(`${where}.key ${bytes}; ${REMEDY}`);
  const made = make(bytes);
  bytes.fill(0);
  return { id, state: state as RingKeyState, key: made };
}
