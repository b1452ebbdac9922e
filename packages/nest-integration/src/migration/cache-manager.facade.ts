import { CacheError, type CacheOptions, type CacheService, type Duration } from '@vitalcache/core';

/** Injection token of {@link CacheManager}, as `@nestjs/cache-manager` calls it. */
export const CACHE_MANAGER = 'CACHE_MANAGER';

/** What `wrap` of `cache-manager` takes. */
export interface WrapOptions<T> {
  /** Milliseconds. */
  readonly ttl?: number | ((value: T) => number);
  /** Milliseconds before the end from which a value is refreshed while it is served; needs `@vitalcache/swr`. */
  readonly refreshThreshold?: number | ((value: T) => number);
}

/** A value of `wrap` with `raw: true`, and when it expires, in milliseconds since 1970. */
export interface RawValue<T> {
  readonly value: T;
  readonly expires: number | undefined;
}

/** One value of `mset`; `ttl` in milliseconds. */
export interface CacheManagerItem<T> {
  readonly key: string;
  readonly value: T;
  readonly ttl?: number;
}

/** Longest time to live, in ms; `cache-manager` takes 0 for "never expires", and here everything does. */
const LONGEST_MS = 366 * 86_400_000;
/** Code that is moved may change what it gets: everybody has a copy, as with a store that serializes. */
const OWN_COPY = { isolation: 'clone' } as const;

/**
 * The `Cache` of `cache-manager` 6 and 7 over a `CacheService`: times in milliseconds, `undefined` for what is not there.
 * What differs is in docs/migration.md: everything expires, writes and deletions are heard everywhere, `null` reads as
 * `undefined`.
 */
export class CacheManager {
  constructor(private readonly cache: CacheService) {}

  /** The service behind it, for whatever `cache-manager` has no word for. */
  get service(): CacheService {
    return this.cache;
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.cache.get<T>(key)) ?? undefined;
  }

  /** In the order of `keys`. */
  async mget<T>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return (await this.cache.batchGet<T>(keys)).map((value) => value ?? undefined);
  }

  /** When it expires, in milliseconds since 1970; `undefined` if it is not there. */
  async ttl(key: string): Promise<number | undefined> {
    const { expiresInMs } = await this.cache.explain(key);
    return expiresAt(expiresInMs);
  }

  /** @param ttl milliseconds; 0: as long as there is. Absent: the default. */
  async set<T>(key: string, value: T, ttl?: number): Promise<T> {
    if (value === undefined) await this.cache.del(key);
    else await this.cache.set(key, value, { ...OWN_COPY, ...ttlOption(ttl) });
    return value;
  }

  async mset<T>(list: readonly CacheManagerItem<T>[]): Promise<CacheManagerItem<T>[]> {
    const items = list.map(({ key, value, ttl }) => ({
      key,
      value,
      ...OWN_COPY,
      ...ttlOption(ttl),
    }));
    await this.cache.batchSet(items);
    return [...list];
  }

  /** Rejects when the deletion was not recorded. */
  async del(key: string): Promise<true> {
    await this.cache.del(key);
    return true;
  }

  /** Rejects when the deletion was not recorded. */
  async mdel(keys: readonly string[]): Promise<true> {
    await this.cache.batchDelete(keys);
    return true;
  }

  /** Everything in the namespace. */
  async clear(): Promise<true> {
    await this.cache.clear();
    return true;
  }

  /**
   * The cached value, or what `load` gives, which is loaded once for all who ask. As in `cache-manager`, times may stand
   * behind it one by one, or in an object; with `raw: true` it says when the value expires.
   */
  wrap<T>(
    key: string,
    load: () => T | Promise<T>,
    ttl?: WrapOptions<T>['ttl'],
    refreshThreshold?: WrapOptions<T>['refreshThreshold'],
  ): Promise<T>;
  wrap<T>(
    key: string,
    load: () => T | Promise<T>,
    options: WrapOptions<T> & { readonly raw: true },
  ): Promise<RawValue<T>>;
  wrap<T>(key: string, load: () => T | Promise<T>, options: WrapOptions<T>): Promise<T>;
  async wrap<T>(
    key: string,
    load: () => T | Promise<T>,
    given?: WrapOptions<T>['ttl'] | (WrapOptions<T> & { readonly raw?: boolean }),
    threshold?: WrapOptions<T>['refreshThreshold'],
  ): Promise<T | RawValue<T>> {
    const isObject = typeof given === 'object';
    const { ttl, refreshThreshold, raw } = isObject
      ? given
      : { ttl: given, refreshThreshold: threshold, raw: false };
    const { value, expiresInMs } = await this.cache.read<T>(
      key,
      async (context) => {
        const loaded = await load();
        if (typeof ttl === 'function' || typeof refreshThreshold === 'function') {
          const times = timesOf(valueOf(ttl, loaded), valueOf(refreshThreshold, loaded));
          if (times.ttl !== undefined) context.setTtl(times.ttl, times.staleTime);
        }
        return loaded;
      },
      {
        ...OWN_COPY,
        ...(typeof ttl === 'function' || typeof refreshThreshold === 'function'
          ? {}
          : timesOf(ttl, refreshThreshold)),
      },
    );
    return raw ? { value, expires: expiresAt(expiresInMs) } : value;
  }

  /** The namespace. */
  cacheId(): string {
    return this.cache.namespace;
  }

  /** Nothing to do: the module closes the store with the application. */
  async disconnect(): Promise<undefined> {
    return undefined;
  }
}

interface Times {
  readonly ttl?: Duration;
  readonly staleTime?: Duration;
  readonly enableSwr?: boolean;
}

/** @throws CacheError `OPTION_INVALID` */
function timesOf(ttl: number | undefined, refreshThreshold: number | undefined): Times {
  if (refreshThreshold === undefined) return ttlOption(ttl);
  if (ttl === undefined) {
    throw new CacheError(
      'OPTION_INVALID',
      'wrap with a refreshThreshold needs a ttl, of which it is a part; accepted: milliseconds.',
    );
  }
  const { ttl: seconds = 0 } = ttlOption(ttl);
  const staleTime = Math.max(0, Number(seconds) - refreshThreshold / 1_000);
  return { ttl: seconds, staleTime, enableSwr: true };
}

/** Seconds of milliseconds, as options have them. */
export function ttlOption(ttlMs: number | undefined): Pick<CacheOptions, 'ttl'> {
  if (ttlMs === undefined) return {};
  return { ttl: (ttlMs === 0 ? LONGEST_MS : ttlMs) / 1_000 };
}

function valueOf<T>(
  option: number | ((value: T) => number) | undefined,
  value: T,
): number | undefined {
  return typeof option === 'function' ? option(value) : option;
}

function expiresAt(expiresInMs: number | null): number | undefined {
  return expiresInMs === null ? undefined : Date.now() + expiresInMs;
}
