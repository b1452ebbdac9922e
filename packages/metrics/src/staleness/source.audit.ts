import { CacheError, type CacheService } from '@vitalcache/core';

import type { MetricsClock } from '../metrics-clock.js';
import type { SampledRead } from './key.reservoir.js';
import { agree, type SourceChecks } from './source.checks.js';
import type { CheckOutcome } from './staleness.counts.js';

/** What a probe asks of the cache. */
export type ProbedCache = Pick<CacheService, 'probe'>;

/** What the cache says of a key. */
export type Look = Awaited<ReturnType<ProbedCache['probe']>>;

export interface SourceAuditOptions {
  readonly clock: MetricsClock;
  readonly checks: SourceChecks;
  readonly graceMs: number;
  readonly checkTimeoutMs: number;
}

/** Compares what is served with what its source has. */
export class SourceAudit {
  readonly #options: SourceAuditOptions;
  /** Milliseconds that the cache and sources were waited for, since start; without the grace. */
  spentMs = 0;

  constructor(options: SourceAuditOptions) {
    this.#options = options;
  }

  /**
   * What differs is looked at again a while later: between a write and its invalidation the source is ahead. Resolves with
   * `null` for what has no check; never rejects.
   */
  async compare(
    cache: ProbedCache,
    read: SampledRead,
    seen: Look,
    signal: AbortSignal,
  ): Promise<CheckOutcome | null> {
    const { clock, checks, graceMs } = this.#options;
    const check = checks.of(read);
    if (!check) return null;
    try {
      const cached = check.versionOf(seen.value());
      const isSame = async (): Promise<boolean> =>
        agree(cached, await this.#bounded(async () => check.ask(read.key)));
      if (await isSame()) return 'same';
      await clock.sleep(graceMs, signal, 'background');
      const again = await this.timed(() => cache.probe(read.key));
      if (signal.aborted || again.verdict !== 'valid' || again.entry !== seen.entry) return 'moved';
      return (await isSame()) ? 'same' : 'outdated';
    } catch {
      return 'failed'; // whoever wrote the check has logs of its own; the count says that there is something in them
    }
  }

  /** Does `work` and adds what it took. */
  async timed<T>(work: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const startedAt = clock.monotonic();
    try {
      return await work();
    } finally {
      this.spentMs += clock.monotonic() - startedAt;
    }
  }

  /** Rejects when the source does not answer in time; it goes on, and nobody waits for it. */
  async #bounded<T>(ask: () => Promise<T>): Promise<T> {
    const { clock, checkTimeoutMs } = this.#options;
    const done = new AbortController();
    const late = clock.sleep(checkTimeoutMs, done.signal, 'background').then(() => {
      throw new CacheError('LOAD_TIMEOUT', 'The check did not answer in time.');
    });
    late.catch(() => undefined); // it also ends when the answer came first
    try {
      return await this.timed(() => Promise.race([ask(), late]));
    } finally {
      done.abort(null);
    }
  }
}
