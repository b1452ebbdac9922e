import { CacheError, type ICacheProvider } from '@vitalcache/core';

import type { KeyStore } from './stores/key-store.js';

/** Providers tell the beginning of what a server calls itself; shorter ones could be of any. */
const MIN_ID = 16;

/**
 * Keys and what is sealed with them must not be in one server: a copy of it would hold both. Where either can't be asked
 * now, nothing is found.
 * @param provider that keeps the values; what its journal's store calls itself is compared
 * @throws CacheError `CONFIG_INVALID`
 */
export async function assertKeysApart(
  store: Pick<KeyStore, 'serverIds'>,
  provider: ICacheProvider,
  namespace: string,
): Promise<void> {
  const ids = (await store.serverIds?.().catch(() => [])) ?? [];
  if (ids.length === 0 || !provider.journal) return;
  const slice = await provider
    .journal(namespace)
    .read(0, 1)
    .catch(() => null);
  const incarnation = slice?.head?.incarnation ?? '';
  const isSame = incarnation.length >= MIN_ID && ids.some((id) => id.startsWith(incarnation));
  if (!isSame) return;
  throw new CacheError(
    'CONFIG_INVALID',
    'The key store is the server that holds the cached values; a copy of it would hold their keys too. Set CACHE_KEY_STORE_URL to a server of its own.',
  );
}
