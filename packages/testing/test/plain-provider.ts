import {
  CacheError,
  compileGlob,
  InProcessJournalLog,
  type FencedWrite,
  type ICacheProvider,
  type IJournalLog,
  type Removal,
  type StoredItem,
  type StoreStatus,
} from '@vitalcache/core';

interface Entry {
  value: Uint8Array;
  expiresAt: number;
}

/** A provider as simple as the contract allows. Each flaw is one override away. */
export class PlainProvider implements ICacheProvider {
  protected readonly entries = new Map<string, Entry>();
  readonly #journals = new Map<string, IJournalLog>();
  readonly #sets = new Map<string, Map<string, number>>();
  protected isClosed = false;

  constructor(protected readonly now: () => number) {}

  async get(key: string): Promise<Uint8Array | null> {
    if (this.isClosed) throw new CacheError('CLOSED', 'closed');
    const entry = this.peek(key);
    return entry ? new Uint8Array(entry.value) : null;
  }

  async set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    this.entries.set(key, { value: new Uint8Array(value), expiresAt: this.now() + ttlMs });
  }

  async del(key: string): Promise<number | void> {
    const existed = this.peek(key) !== null;
    this.entries.delete(key);
    return Number(existed);
  }

  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | null)[]> {
    return Promise.all(keys.map((key) => this.get(key)));
  }

  async setMany(items: readonly StoredItem[]): Promise<void> {
    for (const { key, value, ttlMs } of items) await this.set(key, value, ttlMs);
  }

  async delMany(keys: readonly string[]): Promise<number> {
    let count = 0;
    for (const key of keys) count += Number(await this.del(key));
    return count;
  }

  async invalidateCacheByPattern(pattern: string, deadlineMs: number): Promise<Removal> {
    if (deadlineMs <= 0) return { removed: 0, complete: false };
    const found = [...this.entries.keys()].filter(compileGlob(pattern));
    return { removed: await this.delMany(found), complete: true };
  }

  async setFenced(item: StoredItem, same: number, fence: number): Promise<boolean> {
    const stored = this.peek(item.key)?.value;
    if (stored && this.isLater(stored, item.value, same, fence)) return false;
    await this.set(item.key, item.value, item.ttlMs);
    return true;
  }

  async setFencedMany(
    writes: readonly FencedWrite[],
    same: number,
    fence: number,
  ): Promise<readonly (boolean | CacheError)[]> {
    const outcomes: boolean[] = [];
    for (const { lease, ...item } of writes) {
      outcomes.push(await this.setFenced(item, same, fence));
      if (lease) await this.releaseLease(lease.key, lease.token);
    }
    return outcomes;
  }

  async setIfUnchanged(item: StoredItem, expected: Uint8Array | null): Promise<boolean> {
    const stored = this.peek(item.key)?.value ?? null;
    if (!this.isAsExpected(stored, expected)) return false;
    await this.set(item.key, item.value, item.ttlMs);
    return true;
  }

  async acquireLease(key: string, token: Uint8Array, ttlMs: number): Promise<Uint8Array | null> {
    const holder = this.peek(key)?.value ?? null;
    if (!holder) await this.set(key, token, ttlMs);
    return holder;
  }

  async releaseLease(key: string, token: Uint8Array): Promise<boolean> {
    const holder = this.peek(key)?.value;
    return holder !== undefined && Buffer.compare(holder, token) === 0 && this.entries.delete(key);
  }

  async extendLease(key: string, token: Uint8Array, ttlMs: number): Promise<boolean> {
    const holder = this.peek(key);
    if (!holder || Buffer.compare(holder.value, token) !== 0) return false;
    holder.expiresAt = this.now() + ttlMs;
    return true;
  }

  async addMember(set: string, member: string, ttlMs: number, maxMembers: number): Promise<void> {
    const members = this.members(set);
    members.set(member, Math.max(members.get(member) ?? 0, this.now() + ttlMs));
    for (const name of (await this.membersOf(set, Infinity)).slice(maxMembers)) {
      members.delete(name);
    }
  }

  async membersOf(set: string, limit: number): Promise<readonly string[]> {
    const living = [...this.members(set)].filter(([, goesAt]) => goesAt > this.now());
    living.sort(([, a], [, b]) => b - a);
    return living.map(([member]) => member).slice(0, limit);
  }

  async dropMembers(set: string, members: readonly string[]): Promise<number> {
    return members.filter((member) => this.members(set).delete(member)).length;
  }

  async visitKeys(
    pattern: string,
    visit: (keys: readonly string[]) => void | Promise<void>,
    deadlineMs: number,
  ): Promise<boolean> {
    if (deadlineMs <= 0) return false;
    const all = [...this.entries.keys(), ...this.#sets.keys()];
    await visit(all.filter(compileGlob(pattern)));
    return true;
  }

  async timesLeft(keys: readonly string[]): Promise<readonly (number | null)[]> {
    return keys.map((key) => {
      const entry = this.peek(key);
      const ends = [...(this.#sets.get(key)?.values() ?? [])];
      if (!entry && ends.length > 0) return Math.max(...ends) - this.now();
      return entry && entry.expiresAt - this.now();
    });
  }

  journal(namespace: string): IJournalLog {
    const log = this.#journals.get(namespace) ?? new InProcessJournalLog({ now: this.now });
    this.#journals.set(namespace, log);
    return log;
  }

  async status(): Promise<StoreStatus> {
    const pool = { busy: 0, open: 0 };
    return { connected: !this.isClosed, memoryBytes: null, maxBytes: null, pool };
  }

  async connect(): Promise<void> {
    this.isClosed = false;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  protected members(set: string): Map<string, number> {
    const members = this.#sets.get(set) ?? new Map<string, number>();
    this.#sets.set(set, members);
    return members;
  }

  protected peek(key: string): Entry | null {
    const entry = this.entries.get(key);
    return entry && entry.expiresAt > this.now() ? entry : null;
  }

  protected isAsExpected(stored: Uint8Array | null, expected: Uint8Array | null): boolean {
    if (!stored || !expected) return stored === expected;
    return Buffer.compare(stored.subarray(0, expected.length), expected) === 0;
  }

  protected isLater(stored: Uint8Array, fresh: Uint8Array, same: number, fence: number): boolean {
    const end = same + fence;
    if (stored.length < end || fresh.length < end) return false;
    const [a, b] = [Buffer.from(stored), Buffer.from(fresh)];
    return a.compare(b, 0, same, 0, same) === 0 && a.compare(b, same, end, same, end) > 0;
  }
}
