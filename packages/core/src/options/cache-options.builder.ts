import type { CacheOptions, CachePriority, Consistency, Duration } from './cache-options.js';
import { CACHE_DEFAULTS } from './cache-options.js';
import { resolveOptions } from './resolve-options.js';

/**
 * Builds {@link CacheOptions} step by step; each step returns a new builder, so that a common start can be shared.
 *
 * @example CacheOptionsBuilder.create().ttl(600).staleTime(120).tags(['products']).build()
 */
export class CacheOptionsBuilder {
  private constructor(private readonly options: CacheOptions) {}

  static create(): CacheOptionsBuilder {
    return new CacheOptionsBuilder({});
  }

  /** Starts from options that exist. */
  static from(options: CacheOptions): CacheOptionsBuilder {
    return new CacheOptionsBuilder({ ...options });
  }

  ttl(ttl: Duration): CacheOptionsBuilder {
    return this.with({ ttl });
  }

  staleTime(staleTime: Duration): CacheOptionsBuilder {
    return this.with({ staleTime });
  }

  enableSwr(enableSwr = true): CacheOptionsBuilder {
    return this.with({ enableSwr });
  }

  forceRefresh(forceRefresh = true): CacheOptionsBuilder {
    return this.with({ forceRefresh });
  }

  compress(compress = true): CacheOptionsBuilder {
    return this.with({ compress });
  }

  priority(priority: CachePriority): CacheOptionsBuilder {
    return this.with({ priority });
  }

  tags(tags: NonNullable<CacheOptions['tags']>): CacheOptionsBuilder {
    return this.with({ tags });
  }

  consistency(consistency: Consistency): CacheOptionsBuilder {
    return this.with({ consistency });
  }

  negativeTtlMs(negativeTtlMs: number): CacheOptionsBuilder {
    return this.with({ negativeTtlMs });
  }

  jitterRatio(jitterRatio: number): CacheOptionsBuilder {
    return this.with({ jitterRatio });
  }

  template(template: string): CacheOptionsBuilder {
    return this.with({ template });
  }

  /**
   * The options, checked and frozen.
   * @throws CacheError `OPTION_INVALID`
   */
  build(): Readonly<CacheOptions> {
    resolveOptions(this.options, CACHE_DEFAULTS);
    return Object.freeze({ ...this.options });
  }

  private with(more: CacheOptions): CacheOptionsBuilder {
    return new CacheOptionsBuilder({ ...this.options, ...more });
  }
}
