import { isSameEpoch } from '../journal/fence.js';
import { EntrySieve, heldBytes } from './entry-sieve.js';
import type { HeldEntry } from './held-entry.js';

export interface L1CacheOptions {
  /** 0 for none. */
  readonly maxBytes: number;
  /** Most bytes that the entries of one tenant may take. Absent: as many as all. */
  readonly tenantMaxBytes?: number;
}

/**
 * The process's own tier: decoded entries, bounded in bytes. What was read least lately goes first; a tenant that has
 * used up its quota loses entries of its own, nobody else's.
 */
export class L1Cache {
  readonly #maxBytes: number;
  readonly #tenantMaxBytes: number;
  readonly #entries = new EntrySieve();
  /** The same entries by tenant, if tenants have a quota. */
  readonly #tenants = new Map<string, EntrySieve>();
  #limitBytes: number;
  /** Entries dropped to make room, since start. */
  evictions = 0;

  constructor({ maxBytes, tenantMaxBytes = maxBytes }: L1CacheOptions) {
    this.#maxBytes = maxBytes;
    this.#limitBytes = maxBytes;
    this.#tenantMaxBytes = tenantMaxBytes;
  }

  /** About what the entries take on the heap. */
  get bytes(): number {
    return this.#entries.bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): HeldEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry && !entry.isRead) entry.isRead = true;
    return entry;
  }

  /** As {@link get}, without counting as a read. */
  peek(key: string): HeldEntry | undefined {
    return this.#entries.get(key);
  }

  /** Keeps the entry unless one with a later fence of the same epoch, or of a later load, is there; or it is too large. */
  put(key: string, entry: HeldEntry): void {
    const held = this.#entries.get(key);
    if (held && isLater(held, entry)) return;
    this.delete(key);
    const bytes = heldBytes(key, entry);
    if (bytes > Math.min(this.#limitBytes, this.#quotaOf(entry))) return;
    const own = this.#tenantOf(entry);
    if (own) this.#makeRoom(own, this.#tenantMaxBytes - bytes);
    this.#makeRoom(this.#entries, this.#limitBytes - bytes);
    this.#entries.add(key, entry);
    if (!own || entry.tenant === null) return;
    own.add(key, entry);
    this.#tenants.set(entry.tenant, own);
  }

  delete(key: string): boolean {
    const entry = this.#entries.delete(key);
    if (!entry) return false;
    const own = this.#tenantOf(entry);
    own?.delete(key);
    if (own?.size === 0 && entry.tenant !== null) this.#tenants.delete(entry.tenant);
    return true;
  }

  clear(): void {
    this.#entries.clear();
    this.#tenants.clear();
  }

  /** Drops entries until the rest takes no more than `bytes`, and holds no more until it is told another number. */
  shrinkTo(bytes: number): void {
    this.#limitBytes = Math.max(0, Math.min(bytes, this.#maxBytes));
    this.#makeRoom(this.#entries, this.#limitBytes);
  }

  #makeRoom(entries: EntrySieve, bytes: number): void {
    while (entries.bytes > bytes) {
      const victim = entries.victim();
      if (victim === undefined) return;
      this.evictions++;
      this.delete(victim);
    }
  }

  #quotaOf({ tenant }: HeldEntry): number {
    return tenant === null ? this.#maxBytes : this.#tenantMaxBytes;
  }

  /** The entries of the same tenant, an empty set if there are none; `null` where no quota counts them. */
  #tenantOf({ tenant }: HeldEntry): EntrySieve | null {
    if (tenant === null || this.#tenantMaxBytes >= this.#maxBytes) return null;
    return this.#tenants.get(tenant) ?? new EntrySieve();
  }
}

function isLater(a: HeldEntry, b: HeldEntry): boolean {
  if (!isSameEpoch(a.epoch, b.epoch)) return false;
  return a.position - b.position > 0 || (a.position === b.position && a.createdAt > b.createdAt);
}
