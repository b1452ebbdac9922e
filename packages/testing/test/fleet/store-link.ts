import {
  CacheError,
  type Coverage,
  type Epoch,
  type ICacheProvider,
  type IJournalLog,
  type JournalSlice,
  type StoredItem,
} from '@vitalcache/core';

import type { SimulatedStore } from './simulated-store.js';
import type { ProcessTime, VirtualClock } from './virtual-clock.js';

/** The two connections of a process: commands, and the one that waits for records. */
export type Lane = 'commands' | 'tail';

/**
 * How a connection is: `up`; `cut`: refused at once; `deaf`: the store does what it is asked, but its answers are lost;
 * `hung`: nothing goes out and nothing comes back, until the link is changed.
 */
export type LinkState = 'up' | 'cut' | 'deaf' | 'hung';

/** What clients give an answer that does not come, milliseconds. */
const COMMAND_TIMEOUT_MS = 1_000;

interface LaneState {
  state: LinkState;
  /** Milliseconds that requests take there and back, in turn. */
  delays: readonly number[];
  requests: number;
}

/** The way of one process to the store: it delays, reorders and loses. */
export class StoreLink {
  readonly #store: SimulatedStore;
  readonly #clock: VirtualClock;
  readonly #time: ProcessTime;
  readonly #lanes: Record<Lane, LaneState> = {
    commands: { state: 'up', delays: [0], requests: 0 },
    tail: { state: 'up', delays: [0], requests: 0 },
  };
  readonly #hung = new Map<Lane, Set<() => void>>();
  readonly #open = new Set<object>();
  /** Ends a poll that waits for a record: `true`, so that its caller learns of it. */
  readonly #polls = new Set<(tells: boolean) => void>();
  #isClosed = false;

  constructor(store: SimulatedStore, clock: VirtualClock, time: ProcessTime) {
    this.#store = store;
    this.#clock = clock;
    this.#time = time;
  }

  /** Requests without an answer. */
  get pending(): number {
    return this.#open.size;
  }

  setState(lane: Lane, state: LinkState): void {
    this.#lanes[lane].state = state;
    this.#release(lane);
  }

  /** Is as bad as `other`: who starts in the same place has the same network. */
  takeOver(other: StoreLink): void {
    for (const lane of ['commands', 'tail'] as const) {
      const { state, delays } = other.#lanes[lane];
      Object.assign(this.#lanes[lane], { state, delays });
    }
  }

  /** The process is gone, and its connections with it. */
  drop(): void {
    for (const stop of [...this.#polls]) stop(false);
  }

  setDelays(lane: Lane, delays: readonly number[]): void {
    this.#lanes[lane].delays = delays;
  }

  #release(lane: Lane): void {
    const hung = [...(this.#hung.get(lane) ?? [])];
    this.#hung.delete(lane);
    for (const fail of hung) fail();
  }

  /** All that a provider can offer. */
  provider(): ICacheProvider {
    const ask = <T>(execute: (store: SimulatedStore) => T): Promise<T> =>
      this.#ask('commands', () => execute(this.#store));
    return {
      name: 'simulated',
      shared: true,
      get: (key) => ask((store) => store.get(key)),
      set: (key, value, ttlMs) => ask((store) => store.set({ key, value, ttlMs })),
      del: (key) => ask((store) => store.del(key)),
      getMany: (keys) => ask((store) => keys.map((key) => store.get(key))),
      setMany: (items) => ask((store) => items.forEach((item) => store.set(item))),
      delMany: (keys) => ask((store) => keys.reduce((count, key) => count + store.del(key), 0)),
      setFenced: (item: StoredItem, sameBytes, fenceBytes) =>
        ask((store) => store.setFenced(item, sameBytes, fenceBytes)),
      setFencedMany: (writes, sameBytes, fenceBytes) =>
        ask((store) =>
          writes.map(({ lease, ...item }) => {
            const isStored = store.setFenced(item, sameBytes, fenceBytes);
            if (lease) store.releaseLease(lease.key, lease.token);
            return isStored;
          }),
        ),
      setIfUnchanged: (item, expected) => ask((store) => store.setIfUnchanged(item, expected)),
      acquireLease: (key, token, ttlMs) => ask((store) => store.acquireLease(key, token, ttlMs)),
      releaseLease: (key, token) => ask((store) => store.releaseLease(key, token)),
      extendLease: (key, token, ttlMs) => ask((store) => store.extendLease(key, token, ttlMs)),
      journal: () => this.#log,
      connect: () => Promise.resolve(),
      close: () => {
        this.#isClosed = true;
        return Promise.resolve();
      },
    };
  }

  readonly #log: IJournalLog = {
    open: (constants: string, atLeast: number) =>
      this.#ask('commands', () => this.#store.journal.open(constants, atLeast)),
    append: (coverage: Coverage, nonce: number) =>
      this.#ask('commands', () => this.#store.journal.append(coverage, nonce)),
    read: (after: number, limit: number) =>
      this.#ask('commands', () => this.#store.journal.read(after, limit)),
    readBackwards: (before: number, limit: number) =>
      this.#ask('commands', () => this.#store.journal.readBackwards(before, limit)),
    advanceEpoch: (expected: Epoch | null, constants: string, atLeast: number) =>
      this.#ask('commands', () => this.#store.journal.advanceEpoch(expected, constants, atLeast)),
    poll: (after: number, limit: number, waitMs: number) => this.#poll(after, limit, waitMs),
    stopPolling: () => {
      for (const stop of [...this.#polls]) stop(true);
      this.#release('tail');
      return Promise.resolve();
    },
  };

  /** The request travels half of the delay; the answer, in the process's own time, the other half. */
  #ask<T>(lane: Lane, execute: () => T): Promise<T> {
    const { state, delays, requests } = this.#lanes[lane];
    this.#lanes[lane].requests++;
    const delay = delays[requests % delays.length] ?? 0;
    if (this.#time.hasEnded) return new Promise(() => undefined);
    if (this.#isClosed) return Promise.reject(new CacheError('CLOSED', 'closed'));
    if (state === 'hung') return this.#hang(lane);
    if (state === 'cut' || this.#store.isDown) return Promise.reject(unavailable());
    if (state === 'up' && delay === 0) return Promise.resolve(execute());
    return this.#track<T>((resolve, reject) => {
      const answer = (): void => {
        const isLost = state === 'deaf' || this.#store.isDown;
        const result = this.#store.isDown ? undefined : execute();
        this.#time.after(isLost ? COMMAND_TIMEOUT_MS : Math.ceil(delay / 2), () =>
          isLost ? reject(new CacheError('STORE_TIMEOUT', 'no answer')) : resolve(result as T),
        );
      };
      // On its way it is no longer the process's: it arrives even if the process ends.
      if (delay > 0) this.#clock.after(Math.floor(delay / 2), answer);
      else answer();
    });
  }

  #poll(after: number, limit: number, waitMs: number): Promise<JournalSlice> {
    const { journal } = this.#store;
    if (this.#time.hasEnded) return new Promise(() => undefined);
    if (this.#isClosed) return Promise.reject(new CacheError('CLOSED', 'closed'));
    return this.#track<JournalSlice>((resolve, reject) => {
      const ask = (): void => {
        wake();
        this.#ask('tail', () => journal.read(after, limit))
          .then(resolve, reject)
          .finally(end);
      };
      const cancel = this.#time.after(waitMs, ask);
      const hear = ({ stamp }: { stamp: number }): void => {
        if (stamp > after) this.#time.happen(ask);
      };
      const wake = (): void => {
        cancel();
        journal.listeners.delete(hear);
      };
      const end = (): void => void this.#polls.delete(stop);
      const stop = (tells: boolean): void => {
        wake();
        end();
        if (tells) reject(new CacheError('CLOSED', 'polling was stopped'));
      };
      this.#polls.add(stop);
      const hasNews = journal.read(after, 1).records.length > 0;
      if (hasNews || this.#lanes.tail.state !== 'up' || this.#store.isDown) ask();
      else journal.listeners.add(hear);
    });
  }

  #hang<T>(lane: Lane): Promise<T> {
    return this.#track<T>((_, reject) => {
      const hung = this.#hung.get(lane) ?? new Set();
      this.#hung.set(lane, hung);
      hung.add(() => reject(unavailable()));
    });
  }

  #track<T>(
    begin: (resolve: (value: T) => void, reject: (error: CacheError) => void) => void,
  ): Promise<T> {
    const request = {};
    this.#open.add(request);
    return new Promise((resolve, reject) => {
      begin(
        (value) => {
          this.#open.delete(request);
          resolve(value);
        },
        (error) => {
          this.#open.delete(request);
          reject(error);
        },
      );
    });
  }
}

function unavailable(): CacheError {
  return new CacheError('STORE_UNAVAILABLE', 'not reachable');
}
