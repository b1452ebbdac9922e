import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import { assertKey } from '../key/key-rules.js';
import { MAX_SETTLE_MS } from '../journal/hold-offs.js';
import type { Journal } from '../journal/journal.js';
import type { Coverage, CoverageTerms } from '../journal/journal-record.js';
import type { OperationResult } from '../middleware/cache-middleware.js';
import type { Removal } from '../provider/cache-provider.js';
import type { ProviderCapabilities } from '../provider/provider-capabilities.js';
import { assertOptionNames, type OptionNames } from '../options/assert-option-names.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { StoreKeys } from '../repository/store-keys.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { StoreGuard } from '../resilience/store-guard.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { coveragesOf, outcomeOf, patternCoverage } from './cache-operations.js';
import type { InvalidationOptions, InvalidationResult } from './cache-results.js';

export interface InvalidatorOptions {
  readonly journal: Journal;
  readonly hasher: ICoverHasher;
  readonly repository: CacheRepository;
  readonly store: ProviderCapabilities;
  readonly guard: StoreGuard;
  readonly errors: CacheErrorHandler;
  readonly keys: StoreKeys;
  readonly clock: Clock;
  /** How long an invalidation may take, its physical removal included. */
  readonly removalMs: number;
}

/** An invalidation, and what middleware gets to see of it. */
export type Invalidated = InvalidationResult & OperationResult;

/**
 * Makes entries invalid: first by a record, which is what counts, then physically, as far as the store can do that in
 * time. What is only made stale is not removed.
 */
export class Invalidator {
  readonly #options: InvalidatorOptions;

  constructor(options: InvalidatorOptions) {
    this.#options = options;
  }

  byKeys(keys: readonly string[], options?: InvalidationOptions): Promise<Invalidated> {
    const unique = [...new Set(keys)];
    if (unique.length === 1) assertKey(unique[0]);
    return this.#invalidate(coveragesOf(this.#options.hasher, 'key', unique), options, () =>
      this.#options.repository.remove(unique),
    );
  }

  byPattern(pattern: string, options?: InvalidationOptions): Promise<Invalidated> {
    const { hasher, keys } = this.#options;
    return this.#invalidate([patternCoverage(hasher, pattern)], options, () =>
      this.#sweep(keys.entryPattern(pattern)),
    );
  }

  byTags(tags: readonly string[], options?: InvalidationOptions): Promise<Invalidated> {
    const unique = [...new Set(tags)];
    return this.#invalidate(coveragesOf(this.#options.hasher, 'tag', unique), options, () =>
      this.#removeTagged(unique),
    );
  }

  everything(options?: InvalidationOptions): Promise<Invalidated> {
    return this.#invalidate([{ kind: 'clear' }], options, () => {
      this.#options.repository.forget();
      return this.#sweep(this.#options.keys.everyEntry);
    });
  }

  async #removeTagged(tags: readonly string[]): Promise<number | null> {
    const { store, guard, keys, removalMs } = this.#options;
    const { tagIndex } = store;
    if (!tagIndex || keys.areSecret) return null; // it would be told the tags
    const removals = guard.runParts(
      tags.map((tag) => () => tagIndex.invalidateCacheByTag(tag)),
      removalMs,
    );
    return (await Promise.all(removals)).reduce((sum, { removed }) => sum + removed, 0);
  }

  async #invalidate(
    coverages: readonly Coverage[],
    options: InvalidationOptions = {},
    remove: () => Promise<number | null | Removal> | undefined,
  ): Promise<Invalidated> {
    const terms = termsOf(options);
    const startedAt = this.#options.clock.now();
    const recorded = await this.#options.journal.invalidate(
      coverages.map((coverage) => ({ ...coverage, ...terms })),
    );
    const isRemoved = recorded.recorded && !terms.isSoft;
    return {
      ...outcomeOf(recorded),
      removed: isRemoved ? await this.#removed(remove, startedAt) : null,
    };
  }

  /** Housekeeping: it never makes an invalidation fail, and is not waited for without end. */
  async #removed(
    remove: () => Promise<number | null | Removal> | undefined,
    startedAt: number,
  ): Promise<number | null> {
    const { clock, errors, removalMs } = this.#options;
    const work = errors.guard(
      'store-write-failed',
      async () => remove(),
      () => null,
    );
    const leftMs = Math.max(0, startedAt + removalMs - clock.now());
    const removed = await within(clock, leftMs, work, () => null);
    return typeof removed === 'object' ? (removed?.removed ?? null) : (removed ?? null);
  }

  #sweep(pattern: string | null): Promise<Removal> | undefined {
    const { store, guard, removalMs } = this.#options;
    const { sweep } = store;
    if (!sweep || pattern === null) return undefined;
    return guard.run(() => sweep.invalidateCacheByPattern(pattern, removalMs), removalMs);
  }
}

const NAMES: OptionNames<InvalidationOptions> = { mode: true, settleMs: true, whenQueued: true };

/** @throws CacheError `OPTION_INVALID` */
function termsOf(options: InvalidationOptions): CoverageTerms {
  assertOptionNames('An invalidation', options, NAMES, 'OPTION_INVALID');
  const { mode, settleMs = 0, whenQueued = 'resolve' } = options;
  if (mode !== undefined && mode !== 'stale') {
    fail(`mode is ${JSON.stringify(mode)}; accepted: 'stale', or nothing for invalid`);
  }
  if (!(settleMs >= 0 && settleMs <= MAX_SETTLE_MS)) {
    fail(`settleMs is ${String(settleMs)}; accepted: milliseconds from 0 to ${MAX_SETTLE_MS}`);
  }
  if (!['resolve', 'throw'].includes(whenQueued)) {
    fail(`whenQueued is ${JSON.stringify(whenQueued)}; accepted: 'resolve', 'throw'`);
  }
  return {
    ...(mode === 'stale' && { isSoft: true as const }),
    ...(settleMs > 0 && { settleMs }),
  };
}

function fail(message: string): never {
  throw new CacheError('OPTION_INVALID', `${message}.`);
}
