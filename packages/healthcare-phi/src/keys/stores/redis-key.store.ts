import {
  assertOptionNames,
  CacheError,
  loadPeer,
  systemClock,
  type Clock,
  type OptionNames,
} from '@vitalcache/core';

import { rowFromText, rowToText } from './key-row.json.js';
import type { KeyRow, KeyRowInfo, KeyStore } from './key-store.js';
import { assertForgetful, serverIdsOf } from './redis-key.checks.js';
import type { RedisKeyClient } from './redis-key.client.js';

export interface RedisKeyStoreOptions {
  /** Connection to a server of its own. */
  readonly client: RedisKeyClient;
  /** Begins all keys. Default: `vk`. */
  readonly prefix?: string;
  /** Accepts a server that saves to disk: what was destroyed is then in its files until they are rewritten. Default: false. */
  readonly allowPersistence?: boolean;
  readonly clock?: Pick<Clock, 'now'>;
}

const NAMES: OptionNames<RedisKeyStoreOptions> = {
  client: true,
  prefix: true,
  allowPersistence: true,
  clock: true,
};

/** So long after its end a row is forgotten: a clock that is ahead must not hide one that is there, and is to be destroyed. */
const GONE_MS = 86_400_000;
/** Keys that one step looks at. */
const SCAN_COUNT = 1_000;

/** Keeps keys in a Redis (or what speaks like one) apart from the cache's own, best one that saves nothing to disk. */
export class RedisKeyStore implements KeyStore {
  readonly id = 'redis';
  readonly #client: RedisKeyClient;
  readonly #prefix: string;
  readonly #options: RedisKeyStoreOptions;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: RedisKeyStoreOptions) {
    assertOptionNames('RedisKeyStore', options, NAMES);
    this.#client = options.client;
    this.#prefix = options.prefix ?? 'vk';
    this.#options = options;
  }

  /** @param url such as `rediss://user:password@host:6380/0`; needs the package `ioredis` */
  static async connect(
    url: string,
    options: Omit<RedisKeyStoreOptions, 'client'> = {},
  ): Promise<RedisKeyStore> {
    const { Redis } = await loadPeer(
      'ioredis',
      'A key store in a Redis (CACHE_KEY_STORE_URL)',
      () => import('ioredis'),
    );
    const client = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      connectTimeout: 1_000,
      commandTimeout: 1_000,
    });
    client.on('error', () => undefined); // each call tells of it; and without a listener it would be printed
    await client.connect().catch(() => undefined); // it goes on trying, and `open` says that it is not there
    return new RedisKeyStore({ ...options, client });
  }

  /**
   * @throws CacheError `CONFIG_INVALID` for a server that saves to disk; `STORE_UNAVAILABLE` when it can't be asked
   */
  async open(): Promise<void> {
    await this.serverIds(); // rejects when it can't be asked
    if (!this.#options.allowPersistence) await assertForgetful(this.#client);
  }

  serverIds(): Promise<readonly string[]> {
    return serverIdsOf(this.#client);
  }

  async get(tenant: string, name: string): Promise<KeyRow | null> {
    const text = await this.#client.call('GET', this.#row(tenant, name));
    return typeof text === 'string' ? rowFromText(text) : null;
  }

  async putIfAbsent(row: KeyRow): Promise<KeyRow> {
    const { tenant, name, expiresAt } = row;
    const key = this.#row(tenant, name);
    const names = this.#names(tenant);
    // All or nothing: a row that the tenant's names don't tell of would outlive the tenant.
    const now = (this.#options.clock ?? systemClock).now();
    const [, , , text] = await this.#atomically([
      ['zremrangebyscore', names, '-inf', now - GONE_MS],
      ['zadd', names, 'GT', expiresAt, name],
      ['set', key, rowToText(row), 'PXAT', expiresAt, 'NX'],
      ['get', key],
      ['pexpireat', names, expiresAt, 'NX'],
      ['pexpireat', names, expiresAt, 'GT'],
    ]);
    const kept = typeof text === 'string' ? rowFromText(text) : null;
    if (kept) return kept;
    throw new CacheError('STORE_REFUSED', 'The key store keeps no key that is handed to it.');
  }

  async destroy(tenant: string, name: string): Promise<string | null> {
    const key = this.#row(tenant, name);
    const [text] = await this.#atomically([
      ['get', key],
      ['del', key],
      ['zrem', this.#names(tenant), name],
    ]);
    return typeof text === 'string' ? (rowFromText(text)?.id ?? null) : null;
  }

  async destroyTenant(tenant: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const names = await this.#namesOf(tenant);
      if (names.length === 0) return ids;
      for (const name of names) {
        const id = await this.destroy(tenant, name);
        if (id !== null) ids.push(id);
      }
    }
  }

  async tenants(): Promise<readonly string[]> {
    const start = `${this.#prefix}:{`;
    const pattern = `${start.replace(/[*?[\]\\]/g, '\\$&')}*}`;
    const found = new Set<string>();
    let cursor = '0';
    do {
      const reply = await this.#client.call('SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
      const [next, keys] = reply as [string, string[]];
      for (const key of keys) found.add(key.slice(start.length, -1));
      cursor = next;
    } while (cursor !== '0');
    return [...found];
  }

  async list(tenant: string): Promise<readonly KeyRowInfo[]> {
    const rows = await Promise.all(
      (await this.#namesOf(tenant)).map((name) => this.get(tenant, name)),
    );
    return rows.flatMap((row) =>
      row ? [{ name: row.name, id: row.id, expiresAt: row.expiresAt }] : [],
    );
  }

  async close(): Promise<void> {
    this.#client.disconnect?.();
  }

  async #namesOf(tenant: string): Promise<readonly string[]> {
    return (await this.#client.call('ZRANGE', this.#names(tenant), 0, -1)) as string[];
  }

  async #atomically(commands: unknown[][]): Promise<readonly unknown[]> {
    const replies = (await this.#client.multi(commands).exec()) ?? [];
    const failed = replies.find(([error]) => error !== null);
    if (replies.length === commands.length && !failed) return replies.map(([, reply]) => reply);
    throw new CacheError('STORE_REFUSED', 'The key store refused a command; Redis 7 is needed.');
  }

  #row(tenant: string, name: string): string {
    return `${this.#prefix}:{${tenant}}:${name}`;
  }

  /** The names of a tenant's rows, by when they expire. */
  #names(tenant: string): string {
    return `${this.#prefix}:{${tenant}}`;
  }
}
