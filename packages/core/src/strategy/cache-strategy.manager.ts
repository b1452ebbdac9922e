import { CacheError } from '../errors/cache.error.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import type { ICacheStrategy } from './cache-strategy.js';

/** Finds the strategy for a read: the first one registered that takes its options. */
export class CacheStrategyManager {
  readonly #strategies: readonly ICacheStrategy[];

  /** @param strategies in order of precedence; the last should take everything that is ordinary. */
  constructor(strategies: readonly ICacheStrategy[]) {
    this.#strategies = strategies;
  }

  has(name: string): boolean {
    return this.#strategies.some((strategy) => strategy.name === name);
  }

  /** @throws CacheError `FEATURE_MISSING` when no strategy takes the options; they are never quietly ignored. */
  select(options: ResolvedCacheOptions): ICacheStrategy {
    const strategy = this.#strategies.find((candidate) => candidate.when(options));
    if (strategy) return strategy;
    throw new CacheError(
      'FEATURE_MISSING',
      'containsPHI, complianceLevel above standard, emergencyData, patientSpecific, doctorSpecific and clinicSpecific need a strategy for protected data: register @vitalcache/healthcare-phi. Without it nothing protected is cached.',
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#strategies.map(async (strategy) => strategy.close?.()));
  }
}
