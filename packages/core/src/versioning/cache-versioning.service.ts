import { LRUCache } from 'lru-cache';

import { CacheError, isCacheError } from '../errors/cache.error.js';
import { KeyPattern, segmentsOf } from '../key/key-pattern.js';

/** What fits into an entry's header. */
const MAX_VERSION = 65_535;
/** Keys whose version is remembered. */
const MAX_REMEMBERED = 4_096;

export interface CacheVersions {
  /** Version of the values' shape by key template, such as `{ 'users:{id}': 3 }`; 0 to 65 535. */
  readonly versions?: Readonly<Record<string, number>>;
  /** That of everything else. Default: 0. */
  readonly default?: number;
}

/**
 * Which version of its values' shape a key is read and written in. Values of another version are neither served nor
 * overwritten, so that a deployment with a new shape and the old one beside it don't disturb each other.
 */
export class CacheVersioningService {
  readonly #byTemplate: ReadonlyMap<string, number>;
  readonly #default: number;
  readonly #patterns: readonly KeyPattern[];
  readonly #remembered = new LRUCache<string, number>({
    maxSize: MAX_REMEMBERED, // `max` would take the room for all of them at once
    sizeCalculation: () => 1,
  });

  /** @throws CacheError `CONFIG_INVALID` naming the template */
  constructor({ versions = {}, default: fallback = 0 }: CacheVersions = {}) {
    assertVersion('The default version', fallback);
    const entries = Object.entries(versions);
    for (const [template, version] of entries) assertVersion(`The version of ${template}`, version);
    this.#default = fallback;
    this.#byTemplate = new Map(entries);
    this.#patterns = entries.map(([template]) => patternOf(template)).sort(KeyPattern.compare);
  }

  /** Whether all keys have the same version. */
  get isUniform(): boolean {
    return this.#byTemplate.size === 0;
  }

  /** Every version that a key may have. */
  get all(): readonly number[] {
    return [...new Set([this.#default, ...this.#byTemplate.values()])];
  }

  /**
   * The version of a key: that of its template if it has one, else that of the template which it matches (the most
   * literal one, if several), so that calls which only know the key (`get`, `set`) find what a decorator stored.
   * @param template as in the options of a call; `unnamed` if there was none
   */
  versionOf(template: string, key: string): number {
    if (this.#byTemplate.size === 0) return this.#default;
    return this.#byTemplate.get(template) ?? this.#versionOfKey(key);
  }

  #versionOfKey(key: string): number {
    let version = this.#remembered.get(key);
    if (version === undefined) {
      const segments = segmentsOf(key);
      const pattern = this.#patterns.find((candidate) => candidate.matches(segments));
      version = (pattern && this.#byTemplate.get(pattern.source)) ?? this.#default;
      this.#remembered.set(key, version);
    }
    return version;
  }
}

function patternOf(template: string): KeyPattern {
  try {
    return new KeyPattern(template);
  } catch (error) {
    const reason = isCacheError(error) ? error.message : '';
    throw new CacheError('CONFIG_INVALID', `versions names what is no key template. ${reason}`);
  }
}

function assertVersion(what: string, version: number): void {
  if (Number.isInteger(version) && version >= 0 && version <= MAX_VERSION) return;
  throw new CacheError(
    'CONFIG_INVALID',
    `${what} is ${String(version)}; accepted: a whole number from 0 to ${MAX_VERSION}.`,
  );
}
