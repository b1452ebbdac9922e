import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { ConflictException, Inject, Injectable } from '@nestjs/common';
import { CacheError, CacheService, type ICacheProvider } from '@vitalcache/core';

import { CACHE_PROVIDER_TOKEN } from '../module/cache.module-definition.js';

/** How long operations of one kind took. */
interface BenchmarkTimes {
  readonly ops: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface BenchmarkResult {
  readonly get: BenchmarkTimes;
  readonly set: BenchmarkTimes;
  /** Reads of {@link BATCH} keys at once. */
  readonly batch: BenchmarkTimes;
}

const TEMPLATE = 'vitalcache-benchmark';
/** For each of the three kinds. */
const MAX_MS = 3_000;
const CONCURRENCY = 8;
const BATCH = 20;
/** Should this process die: what it wrote goes by itself. */
const TTL_SECONDS = 60;
/** Longer than a run can take; a process that dies keeps others from running for no longer. */
const LEASE_MS = 30_000;
const VALUE = 'x'.repeat(256);

/**
 * Tries the cache on keys of its own, which it removes, with a load that is bounded in operations, in time and in how many
 * run at once. One runs at a time, in the whole fleet where the store has leases.
 */
@Injectable()
export class Benchmark {
  #isRunning = false;

  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CACHE_PROVIDER_TOKEN) private readonly provider: ICacheProvider,
  ) {}

  /**
   * @param ops of each kind
   * @throws ConflictException while one runs; CacheError `FEATURE_MISSING` while the cache is switched off
   */
  async run(ops: number): Promise<BenchmarkResult> {
    if (!this.cache.settings.enabled) {
      throw new CacheError(
        'FEATURE_MISSING',
        'CACHE_ENABLED is false, or the cache was switched off at run time: there is nothing to measure.',
      );
    }
    if (this.#isRunning) throw busy();
    this.#isRunning = true;
    try {
      return await this.#alone(() => this.#measure(ops));
    } finally {
      this.#isRunning = false;
    }
  }

  async #measure(ops: number): Promise<BenchmarkResult> {
    const prefix = `${TEMPLATE}:${randomUUID()}`;
    const keys = Array.from({ length: Math.min(ops, 200) }, (_, at) => `${prefix}:${at}`);
    const keyAt = (at: number): string => keys[at % keys.length] as string;
    const keysAt = (at: number): string[] =>
      Array.from({ length: BATCH }, (_, more) => keyAt(at * BATCH + more));
    const options = { ttl: TTL_SECONDS, template: TEMPLATE };
    try {
      const set = await timed(ops, (at) => this.cache.set(keyAt(at), VALUE, options));
      const get = await timed(ops, (at) => this.cache.get(keyAt(at)));
      const batch = await timed(Math.ceil(ops / BATCH), (at) => this.cache.batchGet(keysAt(at)));
      return { get, set, batch };
    } finally {
      await this.cache.batchDelete(keys).catch(() => 0); // they expire soon
    }
  }

  /** Runs while no other process of the namespace does. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const { provider } = this;
    if (!provider.acquireLease || !provider.releaseLease) return work();
    const lease = `vc:${this.cache.namespace}:l:{${TEMPLATE}}`;
    const token = Buffer.from(randomUUID());
    if ((await provider.acquireLease(lease, token, LEASE_MS)) !== null) throw busy();
    try {
      return await work();
    } finally {
      await provider.releaseLease(lease, token).catch(() => false); // it expires soon
    }
  }
}

function busy(): ConflictException {
  return new ConflictException('A benchmark runs already; wait until it has ended.');
}

/** Does `work` up to `ops` times, a few at once, until the time is up. */
async function timed(ops: number, work: (at: number) => Promise<unknown>): Promise<BenchmarkTimes> {
  const durations: number[] = [];
  const end = performance.now() + MAX_MS;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < ops && performance.now() < end) {
      const started = performance.now();
      await work(next++);
      durations.push(performance.now() - started);
      await setImmediate(); // what the application has to do comes first
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  durations.sort((a, b) => a - b);
  const at = (percent: number): number => {
    const ms = durations[Math.max(0, Math.ceil((durations.length * percent) / 100) - 1)] ?? 0;
    return Math.round(ms * 1_000) / 1_000;
  };
  return { ops: durations.length, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}
