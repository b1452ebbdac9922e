import { setMaxListeners } from 'node:events';

import type { Clock } from '../clock/clock.js';
import type { HeldEntry } from '../entry/held-entry.js';
import { CacheError } from '../errors/cache.error.js';
import type { Fence } from '../journal/fence.js';
import type { Journal } from '../journal/journal.js';
import type { CacheCounters } from '../observation/cache-counters.js';
import type { ICacheProvider, LeaseStore } from '../provider/cache-provider.js';
import type { EndingLease } from '../repository/found-entry.js';
import type { StoreKeys } from '../repository/store-keys.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { StoreGuard } from '../resilience/store-guard.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { LeaseKeeper } from './lease-keeper.js';
import { packLeaseToken, unpackLeaseToken } from './lease-token.js';

/** A holder that dies blocks the others for no longer than this. */
const LEASE_MS = 6_000;
/** A load that takes longer loses its lease: it may never end. */
const MAX_HELD_MS = 60_000;
/** Whoever has waited this long loads too; a load inside another one sooner, because two such could wait for each other. */
const MAX_WAIT_MS = { plain: 30_000, nested: 5_000 };
/** How long waiters can learn that a holder failed. */
const FAILURE_MS = 5_000;
/** Before a lease that could not be given back is given back again. */
const RELEASE_PAUSE_MS = 250;
const POLL_MS = { first: 5, growth: 1.5, early: 10, max: 25 };
/** Pauses grow beyond the early ones with what was waited already: a value is found late by a share of its load. */
const POLL_SHARE = 1 / 20;

export interface FleetLeaseOptions {
  readonly provider: ICacheProvider;
  /** `undefined`: the provider has no leases; each process loads for itself. */
  readonly leases: LeaseStore | undefined;
  readonly guard: StoreGuard;
  readonly errors: CacheErrorHandler;
  readonly keys: StoreKeys;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly hasher: ICoverHasher;
  readonly counters: CacheCounters;
  /** Random bytes that tell one holder from another. */
  readonly newOwner: () => Buffer;
}

/** What one load wants of the lease. */
export interface LeaseRequest {
  readonly key: string;
  /** Of the load, if it starts now. */
  readonly fence: Fence;
  readonly tagHashes: Uint32Array;
  /** Looks for a fresh value that another process has stored. */
  readonly find: () => Promise<HeldEntry | null>;
  /** False: whoever does not get the lease goes on without. */
  readonly waits: boolean;
  /** Whether to fail with a holder that failed; otherwise its failure is no concern of the one who asks. */
  readonly sharesFailure: boolean;
  /** Whether another load waits for this one. */
  readonly isNested: boolean;
  readonly signal: AbortSignal;
}

/**
 * - `mine`: load, and call `end` when the value is stored, or `fail` if there is none
 * - `found`: another process has just stored a value
 * - `taken`: another process loads (for requests that don't wait)
 */
export type Admission =
  | { readonly kind: 'mine'; readonly held: HeldLease }
  | { readonly kind: 'found'; readonly entry: HeldEntry }
  | { readonly kind: 'taken' };

/** A lease that this process holds, or stands in for one when the store gives none. */
export interface HeldLease {
  /** For who stores the value: the store may release it then. `null`: there is none. */
  readonly ending: EndingLease | null;
  end(): Promise<void>;
  /** Lets those who wait share the failure. `code` is a word without values, such as an error's name or code. */
  fail(code: string): Promise<void>;
}

const NO_LEASE: HeldLease = {
  ending: null,
  end: () => Promise.resolve(),
  fail: () => Promise.resolve(),
};

/**
 * One load per key in the whole fleet: a lease in the store, owned by whoever loads, while the others poll for the
 * value. An optimisation: what is right to serve is the fence's matter, and without an answer of the store everyone
 * loads for themselves.
 */
export class FleetLease {
  readonly #options: FleetLeaseOptions;
  readonly #closing = new AbortController();
  readonly #keeper: LeaseKeeper;
  /** Leases that the store did not take back yet. */
  readonly #trying = new Set<Promise<void>>();

  constructor(options: FleetLeaseOptions) {
    this.#options = options;
    this.#keeper = new LeaseKeeper({
      clock: options.clock,
      pauseMs: LEASE_MS / 3,
      maxHeldMs: MAX_HELD_MS,
      signal: this.#closing.signal,
    });
    setMaxListeners(0, this.#closing.signal); // one for each lease that waits
  }

  /** Ends what runs in the background; leases that are still held end by themselves. */
  async close(): Promise<void> {
    this.#closing.abort(null);
    await Promise.all(this.#trying);
  }

  /** @throws CacheError `LOAD_FAILED` when the process that loaded has failed */
  async enter(request: LeaseRequest): Promise<Admission> {
    const { leases, guard, keys, errors, newOwner } = this.#options;
    const { fence, tagHashes } = request;
    const name = keys.lease(request.key);
    if (!leases || !guard.of(name).isAnswering) return { kind: 'mine', held: NO_LEASE };
    const token = packLeaseToken({ owner: newOwner(), fence, tagHashes });
    try {
      return await this.#enter(request, leases, name, token);
    } catch (error) {
      if (error instanceof LoadFailedElsewhere) throw error.toCacheError();
      errors.note('lease-failed', error);
      // An answer that was lost may have given the lease: nobody is to wait for it.
      const ending = { key: name, token, isOver: false };
      const end = (): Promise<void> => this.#letGo(leases, ending);
      return { kind: 'mine', held: { ending, end, fail: end } };
    }
  }

  async #enter(
    { key, find, waits, sharesFailure, isNested, signal }: LeaseRequest,
    leases: LeaseStore,
    name: string,
    token: Buffer,
  ): Promise<Admission> {
    const { guard, clock } = this.#options;
    const startedAt = clock.now();
    const endsAt = startedAt + (isNested ? MAX_WAIT_MS.nested : MAX_WAIT_MS.plain);
    let last: Uint8Array | null = null;
    let released: Uint8Array | null = null;
    let pauseMs = POLL_MS.first;
    for (;;) {
      const asked = guard.of(name).run(() => leases.acquireLease(name, token, LEASE_MS));
      // Sent behind the lease: what its last holder stored before letting go is seen.
      const [holder, entry] = await Promise.all([asked, find()]);
      if (holder === null) {
        const held = this.#hold(leases, key, name, token);
        if (!entry && sharesFailure) await this.#assertNotFailed(key, last, held);
        if (!entry) {
          if (last !== null && sharesFailure) this.#options.counters.takeovers++;
          return { kind: 'mine', held };
        }
        await held.end();
      }
      if (entry) return { kind: 'found', entry };
      if (holder === null) continue;
      const isOther = last !== null && Buffer.compare(last, holder) !== 0;
      if (isOther && sharesFailure) await this.#assertNotFailed(key, last, null);
      last = holder;
      const isReleased = released !== null && Buffer.compare(released, holder) === 0;
      if (!isReleased && this.#isDoomed(key, holder)) {
        released = holder; // once: a store that does not let go of it is waited for like any other
        await guard.of(name).run(() => leases.releaseLease(name, holder));
        continue;
      }
      if (!waits) return { kind: 'taken' };
      if (signal.aborted || clock.now() >= endsAt) {
        return { kind: 'mine', held: NO_LEASE };
      }
      await clock.sleep(pauseMs, signal);
      const grownMs = Math.min(pauseMs * POLL_MS.growth, POLL_MS.early);
      const waitedMs = clock.now() - startedAt;
      pauseMs = Math.min(Math.max(grownMs, waitedMs * POLL_SHARE), POLL_MS.max);
    }
  }

  /** Whether what the holder loads is covered by now, so that waiting for it is waiting for nothing. */
  #isDoomed(key: string, holder: Uint8Array): boolean {
    const { journal, hasher } = this.#options;
    const token = unpackLeaseToken(holder);
    return !token || journal.isCovered(hasher.subjectOf(key, token.tagHashes), token.fence);
  }

  /** @throws LoadFailedElsewhere */
  async #assertNotFailed(
    key: string,
    last: Uint8Array | null,
    own: HeldLease | null,
  ): Promise<void> {
    if (!last) return;
    const { provider, guard, keys } = this.#options;
    const name = keys.failure(key);
    const failure = await guard.of(name).attempt(() => provider.get(name, { isLatest: true }));
    if (!failure || Buffer.compare(failure.subarray(0, last.length), last) !== 0) return;
    await own?.end();
    throw new LoadFailedElsewhere(Buffer.from(failure.subarray(last.length)).toString('latin1'));
  }

  #hold(leases: LeaseStore, key: string, name: string, token: Buffer): HeldLease {
    const { guard, provider, keys } = this.#options;
    const extend = (): Promise<unknown> =>
      guard.of(name).attempt(() => leases.extendLease(name, token, LEASE_MS));
    const stopKeeping = this.#keeper.keep(extend);
    const ending = { key: name, token, isOver: false };
    const end = (): Promise<void> => {
      stopKeeping();
      return this.#letGo(leases, ending);
    };
    return {
      ending,
      end,
      fail: async (code) => {
        const marker = Buffer.concat([token, Buffer.from(code.slice(0, 64), 'latin1')]);
        const failure = keys.failure(key);
        await guard.of(failure).attempt(() => provider.set(failure, marker, FAILURE_MS));
        await end();
      },
    };
  }

  /**
   * Gives a lease back. Where the store does not take it now it is tried again for as long as the lease would last, and
   * nobody here waits for that: elsewhere somebody may.
   */
  async #letGo(leases: LeaseStore, { key, token, isOver }: EndingLease): Promise<void> {
    if (isOver) return;
    const release = (): Promise<boolean | undefined> =>
      this.#options.guard.of(key).attempt(() => leases.releaseLease(key, token));
    if ((await release()) !== undefined) return;
    const trying = this.#tryAgain(release);
    this.#trying.add(trying);
    void trying.finally(() => this.#trying.delete(trying));
  }

  async #tryAgain(release: () => Promise<boolean | undefined>): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    const endsAt = clock.now() + LEASE_MS;
    while (clock.now() < endsAt) {
      await clock.sleep(RELEASE_PAUSE_MS, signal, 'background');
      if (signal.aborted || (await release()) !== undefined) return;
    }
  }
}

/** The holder said that it failed. */
class LoadFailedElsewhere extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }

  toCacheError(): CacheError {
    return new CacheError(
      'LOAD_FAILED',
      `Another process was loading this and failed (${this.reason || 'no code'}); its log tells more.`,
    );
  }
}
