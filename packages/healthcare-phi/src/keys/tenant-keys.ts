import type { Clock } from '@vitalcache/core';
import { LRUCache } from 'lru-cache';

import { inTime } from './in-time.js';
import { epochOf, type KeyEpochs } from './key-epochs.js';
import { keyFailure } from './key-failure.js';
import { tooLate, type KeyFlights } from './key-flights.js';
import type { TenantKey, TenantKeySource } from './tenant-key.source.js';

/** How long a key may be used without asking whether it is still there: the bound where word of a shred is lost. */
export const RECHECK_MS = 60_000;
/** Less than a read waits for its key: what is at hand serves it all the same. */
const RECHECK_PATIENCE_MS = 100;
/** A key store that takes longer to answer counts as down. */
const ANSWER_MS = 1_000;
/** After a look that failed. */
const RETRY_MS = 5_000;
/** For which a key that is not there is not looked for again. */
const ABSENT_MS = 1_000;
const MAX_KEYS = 10_000;

interface Held {
  readonly tenant: string;
  readonly epoch: number;
  readonly key: TenantKey;
  recheckAt: number;
}

export interface TenantKeysOptions {
  readonly source: TenantKeySource;
  readonly epochs: KeyEpochs;
  readonly flights: KeyFlights;
  readonly clock: Clock;
}

/**
 * The keys of tenants that are at hand in this process. They go on to serve while the key store or the key provider is down;
 * what was destroyed is let go of at once by {@link purge}, else within {@link RECHECK_MS}.
 */
export class TenantKeys {
  readonly #held = new LRUCache<string, Held>({ max: MAX_KEYS });
  readonly #absent = new LRUCache<string, number>({ max: MAX_KEYS });
  /** What was found last, held as well: most reads of a process are of one tenant. */
  #last: Held | undefined;
  readonly #options: TenantKeysOptions;
  /** Grows with each purge: what was fetched before one must not be kept after it. */
  #purges = 0;

  constructor(options: TenantKeysOptions) {
    this.#options = options;
  }

  /**
   * What new data is sealed with now; without a promise where it is at hand. Rejects with a `CacheError`. Shortly before the
   * turn of an epoch the next one's key is fetched besides, so that nobody waits for it then.
   */
  current(tenant: string): TenantKey | Promise<TenantKey> {
    const { epochs, clock } = this.#options;
    const now = clock.now();
    const next = epochs.soonAt(now);
    const soon = next === null ? null : this.#ofEpoch(tenant, next);
    if (soon instanceof Promise) soon.catch(() => undefined); // whoever needs it asks again
    return this.#ofEpoch(tenant, epochs.at(now));
  }

  #ofEpoch(tenant: string, epoch: number): TenantKey | Promise<TenantKey> {
    const { flights } = this.#options;
    const held = this.#held.get(nameOf(tenant, epoch));
    if (held && this.#isTrusted(held)) return held.key;
    return flights.run(`current ${nameOf(tenant, epoch)}`, async () => {
      const known = held && (await this.#rechecked(held));
      return known ?? (await this.#kept(tenant, () => this.#options.source.current(tenant, epoch)));
    });
  }

  /** The tenant's key of that name; `null` if it is gone, or never was. Rejects with a `CacheError`. */
  find(tenant: string, id: string): TenantKey | null | Promise<TenantKey | null> {
    const { epochs, clock, flights } = this.#options;
    const now = clock.now();
    const last = this.#last?.key.id === id && this.#last.tenant === tenant ? this.#last : undefined;
    const epoch = last?.epoch ?? epochOf(id);
    if (!epochs.isPossible(epoch, now)) return null;
    const held = last ?? this.#held.get(nameOf(tenant, epoch));
    const known = held?.key.id === id ? held : undefined;
    if (known && this.#isTrusted(known)) {
      this.#last = known;
      return known.key;
    }
    const name = `${tenant} ${id}`;
    const absentUntil = this.#absent.get(name) ?? 0;
    if (now < absentUntil && absentUntil <= now + ABSENT_MS) return null;
    return flights.run(`find ${name}`, async () => {
      const key =
        (known && (await this.#rechecked(known))) ??
        (await this.#kept(tenant, () => this.#options.source.find(tenant, id)));
      if (!key) this.#absent.set(name, clock.now() + ABSENT_MS);
      return key;
    });
  }

  /** Lets go of the keys of a tenant, or of all. */
  purge(tenant?: string): void {
    this.#purges++;
    this.#last = undefined;
    for (const [name, held] of this.#held.entries()) {
      if (tenant === undefined || held.tenant === tenant) this.#held.delete(name);
    }
  }

  #isTrusted({ key, recheckAt }: Held): boolean {
    const now = this.#options.clock.now();
    const isSetBack = recheckAt > now + RECHECK_MS;
    return now < recheckAt && !isSetBack && now < key.expiresAt;
  }

  /** The key, if it is still there, or if that can't be told; lets go of it if not. */
  async #rechecked(held: Held): Promise<TenantKey | null> {
    const { clock, flights, source } = this.#options;
    const { tenant, key } = held;
    const now = clock.now();
    if (now >= key.expiresAt) return this.#dropped(held);
    // Ahead of the answer: should that never come, those who ask next are served.
    held.recheckAt = now + RETRY_MS;
    // What comes too late for whoever waits counts for the next.
    const asked = source.isThere(tenant, key.id).then((isThere) => {
      if (isThere) held.recheckAt = now + RECHECK_MS;
      else this.#dropped(held);
    });
    const judged = inTime(clock, ANSWER_MS, asked, tooLate).catch((error: unknown) =>
      flights.note(keyFailure(error)),
    );
    await inTime(clock, RECHECK_PATIENCE_MS, judged, () => undefined);
    return this.#held.get(nameOf(tenant, held.epoch)) === held ? key : this.#dropped(held);
  }

  #dropped(held: Held): null {
    const name = nameOf(held.tenant, held.epoch);
    if (this.#held.peek(name) === held) this.#held.delete(name);
    if (this.#last === held) this.#last = undefined;
    return null;
  }

  /** Once more if there was a purge meanwhile. */
  async #kept<T extends TenantKey | null>(tenant: string, get: () => Promise<T>): Promise<T> {
    for (;;) {
      const purges = this.#purges;
      const key = await get();
      if (purges !== this.#purges) continue;
      if (key) {
        const epoch = epochOf(key.id);
        const recheckAt = this.#options.clock.now() + RECHECK_MS;
        this.#held.set(nameOf(tenant, epoch), { tenant, epoch, key, recheckAt });
        this.#last = undefined;
      }
      return key;
    }
  }
}

function nameOf(tenant: string, epoch: number): string {
  return `${tenant} ${epoch}`;
}
