import type { CacheOptions, ResolvedCacheOptions } from './cache-options.js';

/** An application writes few different option literals that hold nothing but words and numbers. */
const MAX_RECENT = 16;

interface Recent {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  readonly resolved: ResolvedCacheOptions;
}

/**
 * Options resolved lately, found again by what they say: `{ ttl: 60 }` written at one place is a new object in every
 * call. Only options of which every value is a word, a number, a boolean or a function are kept.
 */
export class RecentOptions {
  readonly #recent: Recent[] = [];
  #next = 0;

  find(options: CacheOptions): ResolvedCacheOptions | undefined {
    for (const recent of this.#recent) {
      if (isSame(recent, options)) return recent.resolved;
    }
    return undefined;
  }

  keep(options: CacheOptions, resolved: ResolvedCacheOptions): void {
    if (typeof options.tags === 'object') return;
    if (Object.getPrototypeOf(options) !== Object.prototype) return;
    for (const name in options) {
      if (typeof options[name as keyof CacheOptions] === 'object') return;
    }
    const [names, values] = [Object.keys(options), Object.values(options)];
    this.#recent[this.#next] = { names, values, resolved };
    this.#next = (this.#next + 1) % MAX_RECENT;
  }
}

function isSame({ names, values }: Recent, options: CacheOptions): boolean {
  let at = 0;
  for (const name in options) {
    if (name !== names[at] || options[name as keyof CacheOptions] !== values[at]) return false;
    at++;
  }
  return at === names.length && Object.getPrototypeOf(options) === Object.prototype;
}
