import { CacheError } from '../errors/cache.error.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { STRATEGY_PRECEDENCE, type ICacheStrategy } from './cache-strategy.js';

/** Finds the strategy for a read: the first one, in order of precedence, that takes its options. */
export class CacheStrategyManager {
  readonly #strategies: readonly ICacheStrategy[];
  /** Options that are resolved once and used for many calls are asked about once. */
  readonly #selected = new WeakMap<ResolvedCacheOptions, ICacheStrategy>();
  /** Whether every strategy answers every fresh, valid entry with a hit, and does nothing else then. */
  readonly isPlainOnFresh: boolean;

  /** @param strategies in any order; among equals of precedence the first one given is asked first. */
  constructor(strategies: readonly ICacheStrategy[]) {
    this.#strategies = [...strategies].sort((a, b) => precedenceOf(a) - precedenceOf(b));
    this.isPlainOnFresh = strategies.every(({ isPlainOnFresh }) => isPlainOnFresh === true);
  }

  /** In the order in which they are asked. */
  get names(): readonly string[] {
    return this.#strategies.map(({ name }) => name);
  }

  has(name: string): boolean {
    return this.#strategies.some((strategy) => strategy.name === name);
  }

  /**
   * @param options as resolved, and never changed again
   * @throws CacheError `FEATURE_MISSING` when no strategy takes the options; they are never quietly ignored.
   */
  select(options: ResolvedCacheOptions): ICacheStrategy {
    const known = this.#selected.get(options);
    if (known) return known;
    const strategy = this.#strategies.find((candidate) => candidate.when(options));
    if (strategy) {
      this.#selected.set(options, strategy);
      return strategy;
    }
    throw new CacheError(
      'FEATURE_MISSING',
      'containsPHI, complianceLevel above standard, emergencyData, patientSpecific, doctorSpecific, clinicSpecific, subject and encrypt need a strategy for protected data: register @vitalcache/healthcare-phi. Without it nothing protected is cached.',
    );
  }

  /** What strategies last decided about the key, one line each that has something to say. */
  explain(key: string): readonly string[] {
    return this.#strategies.flatMap((strategy) => {
      const said = strategy.explain?.(key) ?? null;
      return said === null ? [] : [`${strategy.name}: ${said}`];
    });
  }

  /** Closes them all, whatever any of them throws; rejects with the first of what they threw. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled(
      this.#strategies.map(async (strategy) => strategy.close?.()),
    );
    const failed = closed.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

function precedenceOf({ precedence }: ICacheStrategy): number {
  return precedence ?? STRATEGY_PRECEDENCE.own;
}
