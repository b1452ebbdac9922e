import { fileURLToPath } from 'node:url';

import { CacheError } from '@vitalcache/core';

import { FileKeyStore } from './file-key.store.js';
import type { KeyRow, KeyRowInfo, KeyStore } from './key-store.js';
import { RedisKeyStore } from './redis-key.store.js';

/** The store that a URL names, connected when it is opened: `redis:`, `rediss:`, or `file:` with a folder. */
export class UrlKeyStore implements KeyStore {
  readonly id: string;
  readonly #connect: () => Promise<KeyStore>;
  #store: KeyStore | null = null;

  /** @throws CacheError `CONFIG_INVALID`; the URL, which may hold a password, is never repeated */
  constructor(url: string) {
    const { protocol } = parsed(url);
    this.id = protocol === 'file:' ? 'file' : 'redis';
    this.#connect =
      protocol === 'file:'
        ? async () => new FileKeyStore(fileURLToPath(url))
        : () => RedisKeyStore.connect(url);
  }

  async open(): Promise<void> {
    this.#store = await this.#connect();
    await this.#store.open?.();
  }

  get(tenant: string, name: string): Promise<KeyRow | null> {
    return this.#opened().then((store) => store.get(tenant, name));
  }

  putIfAbsent(row: KeyRow): Promise<KeyRow> {
    return this.#opened().then((store) => store.putIfAbsent(row));
  }

  destroy(tenant: string, name: string): Promise<string | null> {
    return this.#opened().then((store) => store.destroy(tenant, name));
  }

  destroyTenant(tenant: string): Promise<readonly string[]> {
    return this.#opened().then((store) => store.destroyTenant(tenant));
  }

  tenants(): Promise<readonly string[]> {
    return this.#opened().then((store) => store.tenants());
  }

  list(tenant: string): Promise<readonly KeyRowInfo[]> {
    return this.#opened().then((store) => store.list(tenant));
  }

  async serverIds(): Promise<readonly string[]> {
    return (await this.#store?.serverIds?.()) ?? [];
  }

  async close(): Promise<void> {
    await this.#store?.close?.();
  }

  async #opened(): Promise<KeyStore> {
    if (this.#store) return this.#store;
    throw new CacheError('STORE_UNAVAILABLE', 'The key store is not open.');
  }
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && ['redis:', 'rediss:', 'file:'].includes(url.protocol)) return url;
  throw new CacheError(
    'CONFIG_INVALID',
    'CACHE_KEY_STORE_URL must be a URL with redis:, rediss: or file:, of a place apart from the cache.',
  );
}
