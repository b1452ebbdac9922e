import { CacheError } from '@vitalcache/core';

import { ed25519FromSeed } from './ed25519.js';
import type { RingKey, UsableRingKey } from './ring-key.js';
import { readRingList, RingFault } from './ring-list.js';

const FORMAT = 1;

/**
 * The secrets that an application is given, as JSON:
 *
 * ```json
 * {
 *   "format": 1,
 *   "kek": [{ "id": "kek-1", "state": "enabled", "key": "<32 random bytes in base64>" }],
 *   "index": [{ "id": "index-1", "state": "enabled", "key": "…" }],
 *   "audit": [{ "id": "audit-1", "state": "enabled", "key": "…" }]
 * }
 * ```
 *
 * - `kek` wrap the keys that data is sealed with; not needed where a key service does.
 * - `index` make the names in stores and in the journal.
 * - `audit` sign: seeds of Ed25519.
 *
 * `state` is `enabled` (one of each list), `decrypt-only` or `destroyed` (without `key`; an index key leaves its `mark`, for
 * the journal that was begun with it goes on). A key is exchanged in steps, each
 * rolled out everywhere before the next: the new one comes as `decrypt-only`, becomes `enabled` while the old one becomes
 * `decrypt-only`, and after the longest time that an entry lives the old one becomes `destroyed`.
 */
export class Keyring {
  private constructor(
    /** The enabled one first. */
    readonly kek: readonly RingKey[],
    readonly index: readonly UsableRingKey[],
    readonly audit: readonly UsableRingKey[],
    /** Of index keys that are destroyed: journals that were begun with them are still this namespace's. */
    readonly retiredMarks: readonly string[],
  ) {}

  /**
   * @param source where the text came from, for messages: a variable's name, or a file's
   * @throws CacheError `CONFIG_INVALID` that says what is wrong and repeats nothing of the text
   */
  static parse(text: string, source = 'CACHE_KEYRING'): Keyring {
    try {
      return Keyring.#read(parsed(text));
    } catch (error) {
      if (!(error instanceof RingFault)) throw error;
      throw new CacheError('CONFIG_INVALID', `The keyring in ${source}: ${error.message}.`);
    }
  }

  static #read(ring: Record<string, unknown>): Keyring {
    const { format, kek, index, audit, ...others } = ring;
    if (format !== FORMAT) throw new RingFault(`format must be ${FORMAT}`);
    if (Object.keys(others).length > 0) {
      throw new RingFault('it has a member other than format, kek, index and audit');
    }
    const lists = [
      readRingList(kek, 'kek'),
      readRingList(index, 'index'),
      readRingList(audit, 'audit', ed25519FromSeed),
    ] as const;
    const [keks, names, signers] = lists;
    if (names.length === 0) throw new RingFault('index must hold a key: names are made with it');
    assertApart([kek, index, audit]);
    const marks = names.flatMap(({ mark }) => mark ?? []);
    return new Keyring(keks, names.filter(isUsable), signers.filter(isUsable), marks);
  }
}

export function isUsable(key: RingKey): key is UsableRingKey {
  return key.key !== null;
}

/** The message of `JSON.parse` repeats a piece of the text. */
function parsed(text: string): Record<string, unknown> {
  let ring: unknown;
  try {
    ring = JSON.parse(text);
  } catch {
    throw new RingFault('it is not JSON');
  }
  if (typeof ring === 'object' && ring !== null && !Array.isArray(ring)) {
    return ring as Record<string, unknown>;
  }
  throw new RingFault('it must be an object { format, kek, index, audit }');
}

/** One key must not do two jobs. */
function assertApart(lists: readonly unknown[]): void {
  const texts = lists
    .flatMap((list) => (list ?? []) as readonly { readonly key?: string }[])
    .flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (new Set(texts).size === texts.length) return;
  throw new RingFault('two keys are the same; each needs random bytes of its own');
}
