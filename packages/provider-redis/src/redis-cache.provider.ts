import type {
  ICacheProvider,
  IJournalLog,
  Removal,
  StoredItem,
  StoreStatus,
} from '@vitalcache/core';

import type { RedisService } from './connection/redis.service.js';
import { RedisJournalLog } from './journal/redis-journal.log.js';
import { RedisBatch } from './redis-batch.js';
import { runScript } from './scripts/run-script.js';
import { ownBytes, sendable } from './value-bytes.js';

/** Keys that one SCAN step looks at, about: short enough that the server serves others in between. */
const SCAN_STEP = 500;

/**
 * A store of bytes in one Redis or Valkey server, with every capability of the contract. What it offers beyond `get`,
 * `set` and `del` needs Redis 6.2 or later. All methods reject with a `CacheError` without keys, values or cause:
 * `STORE_UNAVAILABLE` at once while there is no connection, `STORE_TIMEOUT`, `STORE_REFUSED`, and `CLOSED` after `close`.
 */
export class RedisCacheProvider implements ICacheProvider {
  readonly name = 'redis';
  readonly shared = true;
  readonly #service: RedisService;
  readonly #batch: RedisBatch;
  readonly #journals = new Map<string, RedisJournalLog>();

  /** The provider opens and closes the service. */
  constructor(service: RedisService) {
    this.#service = service;
    this.#batch = new RedisBatch(service.commands);
  }

  connect(): Promise<void> {
    return this.#service.connect();
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  async get(key: string): Promise<Uint8Array | null> {
    const value = await this.#service.commands.run((client) => client.getBuffer(key));
    return value && ownBytes(value);
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    await this.#service.commands.run((client) => client.set(key, sendable(value), 'PX', ttlMs));
  }

  del(key: string): Promise<number> {
    return this.#service.commands.run((client) => client.unlink(key));
  }

  /** Values in the order of `keys`. A part of a large batch that failed reads as absent. */
  getMany(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    return this.#batch.getMany(keys);
  }

  /** Not atomic: after a rejection some of the items may be stored. */
  setMany(items: readonly StoredItem[]): Promise<void> {
    return this.#batch.setMany(items);
  }

  /** Not atomic: after a rejection some of the keys may be gone. */
  delMany(keys: readonly string[]): Promise<number> {
    return this.#batch.delMany(keys);
  }

  /**
   * Scans the keys of the database in small steps and unlinks what matches. A key that is written while the sweep runs
   * may stay. `deadlineMs` counts from the call.
   */
  async invalidateCacheByPattern(pattern: string, deadlineMs: number): Promise<Removal> {
    const endsAt = performance.now() + deadlineMs;
    let cursor = '0';
    let removed = 0;
    do {
      if (performance.now() >= endsAt) return { removed, complete: false };
      const [next, found] = await this.#service.commands.run((client) =>
        client.scanBuffer(cursor, 'MATCH', pattern, 'COUNT', SCAN_STEP),
      );
      cursor = String(next);
      if (found.length > 0)
        removed += await this.#service.commands.run((client) => client.unlink(found));
    } while (cursor !== '0');
    return { removed, complete: true };
  }

  /** Bytes that are too short to hold prefix and fence, stored or new, don't hinder: the item is stored. */
  async setFenced(item: StoredItem, sameBytes: number, fenceBytes: number): Promise<boolean> {
    const args = [sendable(item.value), item.ttlMs, sameBytes, fenceBytes];
    const reply = await this.#service.commands.run((client) =>
      runScript(client, 'setFenced', item.key, args),
    );
    return reply === 1;
  }

  async setIfUnchanged(item: StoredItem, expected: Uint8Array | null): Promise<boolean> {
    const { key, value, ttlMs } = item;
    const args = [sendable(value), ttlMs, ...(expected ? [sendable(expected)] : [])];
    const reply = await this.#service.commands.run((client) =>
      runScript(client, 'setIfUnchanged', key, args),
    );
    return reply === 1;
  }

  async acquireLease(key: string, token: Uint8Array, ttlMs: number): Promise<Uint8Array | null> {
    const args = [sendable(token), ttlMs];
    const holder = await this.#service.commands.run((client) =>
      runScript(client, 'acquireLease', key, args),
    );
    return holder === null ? null : ownBytes(holder as Buffer);
  }

  async releaseLease(key: string, token: Uint8Array): Promise<boolean> {
    const args = [sendable(token)];
    const reply = await this.#service.commands.run((client) =>
      runScript(client, 'releaseLease', key, args),
    );
    return reply === 1;
  }

  async extendLease(key: string, token: Uint8Array, ttlMs: number): Promise<boolean> {
    const args = [sendable(token), ttlMs];
    const reply = await this.#service.commands.run((client) =>
      runScript(client, 'extendLease', key, args),
    );
    return reply === 1;
  }

  journal(namespace: string): IJournalLog {
    const known = this.#journals.get(namespace);
    if (known) return known;
    const log = new RedisJournalLog(this.#service, namespace);
    this.#journals.set(namespace, log);
    return log;
  }

  async status(): Promise<StoreStatus> {
    const { pool } = this.#service;
    const info = await this.#service.commands
      .run((client) => client.info('memory'))
      .catch(() => null);
    const field = (name: string): number | null => {
      const value = new RegExp(`^${name}:(\\d+)`, 'm').exec(info ?? '')?.[1];
      return value === undefined ? null : Number(value);
    };
    return {
      connected: info !== null,
      memoryBytes: field('used_memory'),
      maxBytes: field('maxmemory') || null,
      pool,
    };
  }
}
