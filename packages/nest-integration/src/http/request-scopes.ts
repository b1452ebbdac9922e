import { AsyncLocalStorage } from 'node:async_hooks';

import { systemClock, type Clock, type ReadOutcome, type Tier } from '@vitalcache/core';

import type { CacheRequest } from '../decorator/cache-decorator.options.js';

type Recorded = Partial<Record<symbol, RequestRecord>>;

/** How one value that went into an answer was obtained. */
export interface ServedValue {
  readonly outcome: ReadOutcome;
  readonly tier: Tier | null;
  /** Milliseconds since its load began. */
  readonly ageMs: number;
  /** Milliseconds until it becomes stale, negative when it is; `null` when it is not cached. */
  readonly freshForMs: number | null;
  /** Why the cache was left out. */
  readonly reason?: string;
}

/** What the cache did for one request so far. */
export interface RequestRecord {
  readonly request: CacheRequest;
  /** In the order in which they were obtained: what is nested in a load comes before what it was loaded for. */
  readonly served: ServedValue[];
  /** Names for the header `Vary`. */
  readonly vary: Set<string>;
  /** Turns true when protected data was touched: then nobody on the way may keep the answer. */
  readonly privacy: { isPrivate: boolean };
}

/** The record of a request at its beginning. */
export function recordOf(request: CacheRequest): RequestRecord {
  return { request, served: [], vary: new Set(), privacy: { isPrivate: false } };
}

/** Giving a storage up and taking it up again for each of many requests that need it costs more than leaving it be. */
const REST_AFTER_MS = 1_000;

/**
 * Knows, anywhere below the handler of a request, which request it is. One instance an application.
 *
 * On Node 20 and 22 a storage that is enabled costs every promise of the process, a quarter of a hit: it is only as long as
 * requests run in it, and a moment more if no other comes. Handlers that read nothing, and those that the cache answers for,
 * do not.
 */
export class RequestScopes {
  readonly #storage = new AsyncLocalStorage<RequestRecord>();
  /** Where a request has its record: each cache has one of its own. */
  readonly #record = Symbol('record');
  readonly #clock: Clock;
  #running = 0;
  #isResting = false;
  #immediate: RequestRecord | undefined;
  #hasBegun = false;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** The record of the request that the caller works for; `undefined` outside of requests. */
  get current(): RequestRecord | undefined {
    return this.#immediate ?? this.#storage.getStore();
  }

  /** Whether any request came so far. What is left of one when it is over can't be told from other work. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Lets a request by that needs no async context: it is not to pay for one that is kept for others to come. */
  pass(): void {
    this.#hasBegun = true;
    if (this.#isResting && this.#running === 0) this.#storage.disable();
  }

  /** Notes a request on itself. */
  begin(request: CacheRequest): RequestRecord {
    this.#hasBegun = true;
    const record = recordOf(request);
    (request as unknown as Recorded)[this.#record] = record;
    return record;
  }

  /** What {@link begin} noted on a request; `undefined` for one that is not known, and for anything else. */
  of(request: unknown): RequestRecord | undefined {
    if (typeof request !== 'object' || request === null) return undefined;
    return (request as Recorded)[this.#record];
  }

  /** Runs `work` for a request; {@link leave} ends it. */
  enter<R>(record: RequestRecord, work: () => R): R {
    this.#running++;
    return this.#storage.run(record, work);
  }

  readonly leave = (): void => {
    if (--this.#running === 0 && !this.#isResting) void this.#rest();
  };

  /** Ends it, whatever still runs. */
  close(): void {
    this.#storage.disable();
  }

  /** Runs what a handler does for its request, if it does not run for it already. */
  async during<R>(record: RequestRecord | undefined, work: () => R | Promise<R>): Promise<R> {
    if (!record || this.#isIn(record)) return work();
    try {
      return await this.enter(record, work);
    } finally {
      this.leave();
    }
  }

  /** {@link during}, of what is done at once. */
  at<R>(record: RequestRecord | undefined, work: () => R): R {
    if (!record || this.#isIn(record)) return work();
    this.#immediate = record;
    try {
      return work();
    } finally {
      this.#immediate = undefined;
    }
  }

  /**
   * Runs a read, and keeps what was obtained within it apart: it went into the answer only if the read loaded. The
   * work that a read leaves behind in the background reports to nobody.
   */
  async nested<R>(record: RequestRecord, read: () => Promise<R>): Promise<[R, ServedValue[]]> {
    const served: ServedValue[] = [];
    return [await this.#storage.run({ ...record, served }, read), served];
  }

  async #rest(): Promise<void> {
    this.#isResting = true;
    await this.#clock.sleep(REST_AFTER_MS, undefined, 'background');
    this.#isResting = false;
    if (this.#running === 0) this.#storage.disable();
  }

  #isIn({ request }: RequestRecord): boolean {
    return this.current?.request === request;
  }
}
