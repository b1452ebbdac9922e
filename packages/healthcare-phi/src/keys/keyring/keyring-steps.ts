import { createSecretKey } from 'node:crypto';

import { CacheError } from '@vitalcache/core';

import { IndexSecret } from '../../names/index-secret.js';
import type { KeyringItem, KeyringList } from './generate-keyring.js';
import { Keyring } from './keyring.js';

type Ring = Record<KeyringList, readonly KeyringItem[] | undefined>;
type Step = (
  items: readonly KeyringItem[],
  id: string,
  list: KeyringList,
) => readonly KeyringItem[];

/**
 * The JSON of a keyring with one key enabled, and the one that was so before `decrypt-only`: the second step of an exchange,
 * when every process has the new key.
 * @throws CacheError `CONFIG_INVALID`, `OPTION_INVALID`
 */
export function enableRingKey(text: string, list: KeyringList, id: string): string {
  return changed(text, list, id, (items) =>
    items.map((item) => {
      if (item.id === id) {
        if (item.key === undefined) throw refusal(`${list} ${id} is destroyed`);
        return { ...item, state: 'enabled' };
      }
      return item.state === 'enabled' ? { ...item, state: 'decrypt-only' } : item;
    }),
  );
}

/**
 * The JSON of a keyring without one key, whose id stays: the last step of an exchange, when nothing that needs the key is
 * alive. What only it opens can't be opened any more.
 * @throws CacheError `CONFIG_INVALID`, `OPTION_INVALID` for the enabled key, and one that is not there
 */
export function destroyRingKey(text: string, list: KeyringList, id: string): string {
  return changed(text, list, id, (items) =>
    items.map((item) => {
      if (item.id !== id || item.state === 'destroyed') return item;
      if (item.state === 'enabled') throw refusal(`${list} ${id} is enabled; enable another first`);
      const mark = list === 'index' ? markOf(item.key) : undefined;
      return { id, state: 'destroyed', ...(mark !== undefined && { mark }) };
    }),
  );
}

/** What is made is a keyring, or nothing is. */
function changed(text: string, list: KeyringList, id: string, step: Step): string {
  Keyring.parse(text);
  const ring = JSON.parse(text) as Ring;
  const items = ring[list] ?? [];
  if (!items.some((item) => item.id === id)) {
    const known = items.map((item) => item.id).join(', ') || 'none';
    throw refusal(`${list} has no key of this id; it has ${known}`);
  }
  const made = `${JSON.stringify({ ...ring, [list]: step(items, id, list) }, null, 2)}\n`;
  Keyring.parse(made);
  return made;
}

function markOf(key = ''): string {
  return new IndexSecret(createSecretKey(Buffer.from(key, 'base64'))).mark;
}

function refusal(message: string): CacheError {
  return new CacheError('OPTION_INVALID', `${message}.`);
}
