import type {
  CacheError,
  FencedWrite,
  ICacheProvider,
  IJournalLog,
  ReadOptions,
  Removal,
  StoredItem,
  StoreStatus,
  StoreTuning,
} from '@vitalcache/core';

import { FencedWrites } from './fenced-writes.js';
import { RedisJournalLog } from './journal/redis-journal.log.js';
import { RedisBatch } from './redis-batch.js';
import type { RedisService } from './redis.service.js';
import { probeStores } from './probe/store-probe.js';
import { probeExposure, type StoreExposure } from './probe/store-exposure.js';
import type { StoreFindings } from './probe/store-findings.js';
import type { LuaScriptName } from './scripts/lua-scripts.js';
import { runScript, type ScriptArguments } from './scripts/run-script.js';
import { readStatus } from './probe/store-status.js';
import { scan } from './scan.js';
import { sweep } from './sweep.js';
import { sendable } from './value-bytes.js';

/**
 * A store of bytes in one Redis or Valkey server or in several, with every capability of the contract. What it offers
 * beyond `get`, `set` and `del` needs Redis 6.2 or later. All methods reject with a `CacheError` without keys, values or
 * cause: `STORE_UNAVAILABLE` at once while there is no connection, `STORE_TIMEOUT`, `STORE_REFUSED`, and `CLOSED` after
 * `close`.
 */
export class RedisCacheProvider implements ICacheProvider {
  readonly name: string = 'redis';
  readonly shared = true;
  readonly #service: RedisService;
  readonly #batch: RedisBatch;
  readonly #fenced: FencedWrites;
  readonly #journals = new Map<string, RedisJournalLog>();

  /** The provider opens and closes the service. */
  constructor(service: RedisService) {
    this.#service = service;
    this.#batch = new RedisBatch(service);
    this.#fenced = new FencedWrites(service);
  }

  /** The owner of the connections, for commands of one's own. */
  get service(): RedisService {
    return this.#service;
  }

  /** `standalone`, `sentinel`, `cluster`, or how many shards. */
  get topology(): string {
    const { kind, stores } = this.#service.topology;
    return kind === 'shards' ? `${stores.length} shards` : kind;
  }

  connect(): Promise<void> {
    return this.#service.connect();
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  /** The store that holds a key: each has a breaker of its own. While that is not known, a name for all of them. */
  partitionOf(key: string): string {
    return this.#service.partitionOf(key);
  }

  tune(tuning: StoreTuning): void {
    this.#service.tune(tuning);
  }

  get(key: string, { isLatest = false }: ReadOptions = {}): Promise<Uint8Array | null> {
    return this.#service.get(key, isLatest);
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    await this.#service.runAgain(key, (client, before) => {
      before();
      return client.set(key, sendable(value), 'PX', ttlMs);
    });
  }

  del(key: string): Promise<number> {
    return this.#service.runAgain(key, (client, before) => {
      before();
      return client.unlink(key);
    });
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
   * Scans the keys of all stores in small steps and unlinks what matches. A key that is written while the sweep runs may
   * stay, and so do those of a store that fails. `deadlineMs` counts from the call.
   */
  invalidateCacheByPattern(pattern: string, deadlineMs: number): Promise<Removal> {
    return sweep(this.#service, pattern, deadlineMs);
  }

  /** Bytes that are too short to hold prefix and fence, stored or new, don't hinder: the item is stored. */
  async setFenced(item: StoredItem, sameBytes: number, fenceBytes: number): Promise<boolean> {
    const [outcome] = await this.#fenced.store([item], sameBytes, fenceBytes);
    return outcome === true; // its error would have been thrown
  }

  /** One script for the items of one server; in a cluster for those of one hash tag. */
  setFencedMany(
    writes: readonly FencedWrite[],
    sameBytes: number,
    fenceBytes: number,
  ): Promise<readonly (boolean | CacheError)[]> {
    return this.#fenced.store(writes, sameBytes, fenceBytes);
  }

  async setIfUnchanged(item: StoredItem, expected: Uint8Array | null): Promise<boolean> {
    const { key, value, ttlMs } = item;
    const args = [sendable(value), ttlMs, ...(expected ? [sendable(expected)] : [])];
    return (await this.#script('setIfUnchanged', key, args)) === 1;
  }

  async acquireLease(key: string, token: Uint8Array, ttlMs: number): Promise<Uint8Array | null> {
    const holder = await this.#script('acquireLease', key, [sendable(token), ttlMs]);
    return holder as Buffer | null;
  }

  async releaseLease(key: string, token: Uint8Array): Promise<boolean> {
    return (await this.#script('releaseLease', key, [sendable(token)])) === 1;
  }

  async extendLease(key: string, token: Uint8Array, ttlMs: number): Promise<boolean> {
    return (await this.#script('extendLease', key, [sendable(token), ttlMs])) === 1;
  }

  async addMember(set: string, member: string, ttlMs: number, maxMembers: number): Promise<void> {
    // Twice is as once: the member stays as long as it was to.
    await this.#service.again(() => this.#script('addMember', set, [member, ttlMs, maxMembers]));
  }

  membersOf(set: string, limit: number): Promise<readonly string[]> {
    return this.#service.runAgain(set, (client, before) => {
      before();
      return client.zrevrangebyscore(set, '+inf', `(${Date.now()}`, 'LIMIT', 0, limit);
    });
  }

  dropMembers(set: string, members: readonly string[]): Promise<number> {
    if (members.length === 0) return Promise.resolve(0);
    return this.#service.runAgain(set, (client, before) => {
      before();
      return client.zrem(set, ...members);
    });
  }

  async visitKeys(
    pattern: string,
    visit: (keys: readonly string[]) => void | Promise<void>,
    deadlineMs: number,
  ): Promise<boolean> {
    const refusals: unknown[] = [];
    const isComplete = await scan(this.#service, pattern, deadlineMs, async (keys) => {
      try {
        await visit([...new Set(keys.map(String))]);
      } catch (error) {
        refusals.push(error);
        throw error;
      }
    });
    if (refusals.length > 0) throw refusals[0];
    return isComplete;
  }

  timesLeft(keys: readonly string[]): Promise<readonly (number | null)[]> {
    return this.#batch.timesLeft(keys);
  }

  journal(namespace: string): IJournalLog {
    const known = this.#journals.get(namespace);
    if (known) return known;
    const log = new RedisJournalLog(this.#service, namespace);
    this.#journals.set(namespace, log);
    return log;
  }

  /** Of all stores together; `connected` if every one of them is. */
  status(): Promise<StoreStatus> {
    return readStatus(this.#service);
  }

  /** What each server says of itself and what of it does not suit a cache. Servers that don't answer say so. */
  describe(): Promise<readonly StoreFindings[]> {
    return probeStores(this.#service);
  }

  /**
   * Who else could see what is in each server, as far as it says. Never rejects.
   * @param user whose rights are asked for, where an administrator asks; absent: the one that is signed in
   */
  exposure(user?: string): Promise<readonly StoreExposure[]> {
    return probeExposure(this.#service, user);
  }

  #script(name: LuaScriptName, key: string, args: ScriptArguments): Promise<unknown> {
    return this.#service.run(key, (client, before) => runScript(client, name, [key], args, before));
  }
}
