import { CacheError } from '../errors/cache.error.js';
import type { CacheDefaults, CacheOptions, ResolvedCacheOptions } from './cache-options.js';
import { RecentOptions } from './recent-options.js';
import { resolveOptions } from './resolve-options.js';

/**
 * What a plugin makes of options: `written` by a caller, and `resolved` as the cache understands them. Returns frozen
 * ones. A function of its arguments alone: what it says is remembered.
 * @throws CacheError `OPTION_INVALID` for what was written and would have no effect; never for a default
 */
export type OptionRule = (
  written: CacheOptions,
  resolved: ResolvedCacheOptions,
) => ResolvedCacheOptions;

/**
 * Resolves options, and resolves those that can't change only once: what `CacheOptionsBuilder.build()` gives, and
 * objects that are frozen with all that they hold.
 */
export class OptionsResolver {
  #defaults: CacheDefaults;
  #resolved = new WeakMap<CacheOptions, ResolvedCacheOptions>();
  #recent = new RecentOptions();
  /** For calls without options. */
  #none: ResolvedCacheOptions;

  /**
   * @param hasSwr whether there is a strategy for `enableSwr`; without one, asking for it is an error
   * @param rules of plugins, each given what the one before made of the options
   * @param hasProtection whether there is one for `encrypt`; without one, asking for it is an error
   */
  constructor(
    defaults: CacheDefaults,
    private readonly hasSwr = true,
    private readonly rules: readonly OptionRule[] = [],
    private readonly hasProtection = true,
  ) {
    this.#defaults = defaults;
    this.#none = resolveOptions({}, defaults);
  }

  get defaults(): CacheDefaults {
    return this.#defaults;
  }

  /** Whether plugins have a say in what options mean. */
  get hasRules(): boolean {
    return this.rules.length > 0;
  }

  /** Other defaults from now on; what is under way keeps those it began with. */
  setDefaults(defaults: CacheDefaults): void {
    this.#none = resolveOptions({}, defaults);
    this.#defaults = defaults;
    this.#resolved = new WeakMap();
    this.#recent = new RecentOptions();
  }

  /** @throws CacheError `OPTION_INVALID`, `TAG_INVALID`, `FEATURE_MISSING` */
  resolve(options: CacheOptions | undefined): ResolvedCacheOptions {
    if (options === undefined) return this.#none;
    const known = this.#resolved.get(options) ?? this.#recentOf(options);
    if (known) return known;
    const plain = resolveOptions(options, this.#defaults);
    const resolved = this.rules.reduce((made, rule) => rule(options, made), plain);
    if (!this.hasSwr && (options.enableSwr ?? options.useSwr ?? options.enableSWR)) {
      throw new CacheError(
        'FEATURE_MISSING',
        'enableSwr needs a strategy: install @vitalcache/swr and pass `strategies: [new SWRCacheStrategy()]`.',
      );
    }
    if (!this.hasProtection && options.encrypt) {
      throw new CacheError(
        'FEATURE_MISSING',
        'encrypt needs a protection of data: register @vitalcache/healthcare-phi. Without it nothing is sealed.',
      );
    }
    if (isConstant(options)) this.#resolved.set(options, resolved);
    else this.#recent.keep(options, resolved);
    return resolved;
  }

  /** Whether these, which were resolved before, say the same for ever. */
  isConstant(options: CacheOptions): boolean {
    return this.#resolved.has(options);
  }

  /** Not worth a look for options that are never kept, or are none. */
  #recentOf(options: CacheOptions): ResolvedCacheOptions | undefined {
    if ((options as unknown) === null || typeof options.tags === 'object') return undefined;
    return this.#recent.find(options);
  }
}

/** Frozen with its lists and objects, and without getters, which could say something else every time. */
function isConstant(options: CacheOptions): boolean {
  if (!Object.isFrozen(options) || Object.getPrototypeOf(options) !== Object.prototype)
    return false;
  const { tags, adaptive, project, since, loadedAfter, subject, labels } = options;
  const parts = [
    tags,
    adaptive,
    project,
    since,
    since?.epoch,
    loadedAfter,
    loadedAfter?.epoch,
    subject,
    labels,
  ];
  return (
    parts.every((part) => typeof part === 'function' || Object.isFrozen(part)) &&
    Object.values(Object.getOwnPropertyDescriptors(options)).every((own) => 'value' in own)
  );
}
