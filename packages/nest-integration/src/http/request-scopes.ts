import { AsyncLocalStorage } from 'node:async_hooks';

import type { ReadOutcome, Tier } from '@vitalcache/core';
import { Injectable } from '@nestjs/common';

import type { CacheRequest } from '../decorator/cache-decorator.options.js';

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

/** Knows, anywhere below the handler of a request, which request it is. One instance an application. */
@Injectable()
export class RequestScopes {
  readonly #storage = new AsyncLocalStorage<RequestRecord>();
  #open = 0;

  /** The record of the request that the caller works for; `undefined` outside of requests. */
  get current(): RequestRecord | undefined {
    return this.#storage.getStore();
  }

  /** Requests that are being handled in the application. */
  get open(): number {
    return this.#open;
  }

  /** Runs `work` for a request; `close` ends it. */
  enter<R>(record: RequestRecord, work: () => R): R {
    this.#open++;
    return this.#storage.run(record, work);
  }

  close(): void {
    this.#open--;
  }

  /**
   * Runs a read, and keeps what was obtained within it apart: it went into the answer only if the read loaded. The
   * work that a read leaves behind in the background reports to nobody.
   */
  async nested<R>(record: RequestRecord, read: () => Promise<R>): Promise<[R, ServedValue[]]> {
    const served: ServedValue[] = [];
    return [await this.#storage.run({ ...record, served }, read), served];
  }
}
