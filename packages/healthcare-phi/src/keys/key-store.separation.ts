import { CacheError, type ICacheProvider } from '@vitalcache/core';

import type { Exposure } from '../start-checks.js';
import type { KeyStore } from './stores/key-store.js';

/** Providers tell the beginning of what a server calls itself; shorter ones could be of any. */
const MIN_ID = 16;

/**
 * Keys and what is sealed with them must not be in one server: a copy of it would hold both. All servers that hold values
 * are compared, as far as they are told of, and the journal's.
 * @param provider that keeps the values
 * @param exposures what it tells of its stores
 * @returns whether all could be compared; not where one of them can't be asked now
 * @throws CacheError `CONFIG_INVALID`
 */
export async function assertKeysApart(
  store: Pick<KeyStore, 'serverIds'>,
  provider: ICacheProvider,
  namespace: string,
  exposures: readonly Pick<Exposure, 'incarnation'>[] = [],
): Promise<boolean> {
  if (!store.serverIds) return true;
  const ids = await store.serverIds().catch(() => null);
  if (ids?.length === 0) return true; // of a kind that has no server
  const head = await headOf(provider, namespace);
  const told = [...exposures.map(({ incarnation }) => incarnation), head?.incarnation];
  const isSame = told.some(
    (own) => own && own.length >= MIN_ID && ids?.some((id) => id.startsWith(own)),
  );
  if (!isSame) return ids !== null && head !== null;
  throw new CacheError(
    'CONFIG_INVALID',
    'The key store is a server that holds cached values; a copy of it would hold their keys too. Set CACHE_KEY_STORE_URL to a server of its own.',
  );
}

/** `null`: it can't be asked; without a journal, or before it was begun, there is nothing to compare. */
async function headOf(
  provider: ICacheProvider,
  namespace: string,
): Promise<{ readonly incarnation?: string } | null> {
  if (!provider.journal) return {};
  const slice = await provider
    .journal(namespace)
    .read(0, 1)
    .catch(() => null);
  return slice && (slice.head ?? {});
}
