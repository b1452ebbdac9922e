import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  assertOptionNames,
  CacheError,
  compileGlob,
  InProcessJournalLog,
  type ICacheProvider,
  type OptionNames,
  type Removal,
  type StoredItem,
  type StoreStatus,
} from '@vitalcache/core';

import { hasLaterFence, startsWith } from './fence-bytes.js';
import { MemberIndex } from './member.index.js';
import { MemoryStore } from './memory-store.js';

export interface MemoryCacheProviderOptions {
  /** Bound on keys, values and their overhead; 64 MiB if absent. */
  readonly maxBytes?: number | undefined;
  /** Wall clock in milliseconds. */
  readonly now?: (() => number) | undefined;
  /** Uniform in [0, 1), for the nonces of the journal. */
  readonly random?: (() => number) | undefined;
}

const NAMES: OptionNames<MemoryCacheProviderOptions> = { maxBytes: true, now: true, random: true };
const DEFAULT_MAX_BYTES = 64 * 2 ** 20;

/** Keys that a sweep looks at before it lets others run. */
const SWEEP_STEP = 1_000;

/**
 * A store in this process, bounded in bytes, with every capability of the contract. Nothing survives the process and
 * no other process sees it. After `close` every method rejects with a `CacheError` `CLOSED`, until `connect` opens it
 * again, empty.
 */
export class MemoryCacheProvider implements ICacheProvider {
  readonly name = 'memory';
  readonly shared = false;
  readonly #store: MemoryStore;
  readonly #index: MemberIndex;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #journals = new Map<string, InProcessJournalLog>();
  #isClosed = false;

  /** @throws CacheError `OPTION_INVALID` if `maxBytes` is not a whole number above 0, `CONFIG_INVALID` for other options */
  constructor(options: MemoryCacheProviderOptions = {}) {
    assertOptionNames('MemoryCacheProvider', options, NAMES);
    const { maxBytes = DEFAULT_MAX_BYTES, now, random } = options;
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
      throw new CacheError('OPTION_INVALID', 'maxBytes must be a whole number of bytes above 0.');
    }
    this.#now = now ?? Date.now;
    this.#random = random ?? Math.random;
    this.#store = new MemoryStore({ maxBytes, now: this.#now });
    this.#index = new MemberIndex({ now: this.#now });
  }

  async connect(): Promise<void> {
    this.#isClosed = false;
  }

  /** Forgets everything. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#store.clear();
    this.#index.clear();
    this.#journals.clear();
  }

  async get(key: string): Promise<Uint8Array | null> {
    return this.#open().get(key);
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    this.#open().set(key, value, ttlMs);
  }

  async del(key: string): Promise<number> {
    return Number(this.#open().delete(key));
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    const store = this.#open();
    return keys.map((key) => store.get(key));
  }

  async setMany(items: readonly StoredItem[]): Promise<void> {
    const store = this.#open();
    for (const { key, value, ttlMs } of items) store.set(key, value, ttlMs);
  }

  async delMany(keys: readonly string[]): Promise<number> {
    const store = this.#open();
    return keys.filter((key) => store.delete(key)).length;
  }

  /** Looks at the keys that are there when it begins. `deadlineMs` counts from the call. */
  async invalidateCacheByPattern(pattern: string, deadlineMs: number): Promise<Removal> {
    const endsAt = this.#now() + deadlineMs;
    const matches = compileGlob(pattern);
    const keys = this.#open().keys();
    let removed = 0;
    for (let from = 0; from < keys.length; from += SWEEP_STEP) {
      if (from > 0) await nextTurn();
      if (this.#now() >= endsAt) return { removed, complete: false };
      const found = keys.slice(from, from + SWEEP_STEP).filter(matches);
      removed += await this.delMany(found);
    }
    return { removed, complete: true };
  }

  /** Bytes that are too short to hold prefix and fence, stored or new, don't hinder: the item is stored. */
  async setFenced(item: StoredItem, sameBytes: number, fenceBytes: number): Promise<boolean> {
    const store = this.#open();
    const stored = store.peek(item.key);
    if (stored && hasLaterFence(stored, item.value, sameBytes, fenceBytes)) return false;
    store.set(item.key, item.value, item.ttlMs);
    return true;
  }

  async setIfUnchanged(item: StoredItem, expected: Uint8Array | null): Promise<boolean> {
    const store = this.#open();
    const stored = store.peek(item.key);
    const isUnchanged = stored && expected ? startsWith(stored, expected) : stored === expected;
    if (isUnchanged) store.set(item.key, item.value, item.ttlMs);
    return isUnchanged;
  }

  async acquireLease(key: string, token: Uint8Array, ttlMs: number): Promise<Uint8Array | null> {
    const store = this.#open();
    const holder = store.get(key);
    if (!holder) store.set(key, token, ttlMs);
    return holder;
  }

  async releaseLease(key: string, token: Uint8Array): Promise<boolean> {
    const store = this.#open();
    const holder = store.peek(key);
    return holder !== null && Buffer.compare(holder, token) === 0 && store.delete(key);
  }

  async extendLease(key: string, token: Uint8Array, ttlMs: number): Promise<boolean> {
    const store = this.#open();
    const holder = store.peek(key);
    const isHeld = holder !== null && Buffer.compare(holder, token) === 0;
    if (isHeld) store.set(key, token, ttlMs);
    return isHeld;
  }

  async addMember(set: string, member: string, ttlMs: number, maxMembers: number): Promise<void> {
    this.#open();
    this.#index.add(set, member, ttlMs, maxMembers);
  }

  async membersOf(set: string, limit: number): Promise<readonly string[]> {
    this.#open();
    return this.#index.list(set, limit);
  }

  async dropMembers(set: string, members: readonly string[]): Promise<number> {
    this.#open();
    return this.#index.drop(set, members);
  }

  /** Visits the keys, of bytes and of sets, that are there when it begins. */
  async visitKeys(
    pattern: string,
    visit: (keys: readonly string[]) => void | Promise<void>,
    deadlineMs: number,
  ): Promise<boolean> {
    const endsAt = this.#now() + deadlineMs;
    const matches = compileGlob(pattern);
    const keys = [...this.#open().keys(), ...this.#index.names()];
    for (let from = 0; from < keys.length; from += SWEEP_STEP) {
      if (from > 0) await nextTurn();
      if (this.#now() >= endsAt) return false;
      this.#open();
      const page = keys.slice(from, from + SWEEP_STEP).filter(matches);
      const living = page.filter((key) => this.#timeLeft(key) !== null);
      if (living.length > 0) await visit(living);
    }
    return true;
  }

  async timesLeft(keys: readonly string[]): Promise<readonly (number | null)[]> {
    this.#open();
    return keys.map((key) => this.#timeLeft(key));
  }

  journal(namespace: string): InProcessJournalLog {
    const known = this.#journals.get(namespace);
    if (known) return known;
    const log = new InProcessJournalLog({ now: this.#now, random: this.#random });
    this.#journals.set(namespace, log);
    return log;
  }

  async status(): Promise<StoreStatus> {
    return {
      connected: !this.#isClosed,
      memoryBytes: this.#store.usedBytes,
      maxBytes: this.#store.maxBytes,
      pool: { busy: 0, open: 0 },
    };
  }

  #timeLeft(key: string): number | null {
    return this.#store.timeLeft(key) ?? this.#index.timeLeft(key);
  }

  #open(): MemoryStore {
    if (this.#isClosed)
      throw new CacheError('CLOSED', 'This provider was closed; connect() opens it again.');
    return this.#store;
  }
}
