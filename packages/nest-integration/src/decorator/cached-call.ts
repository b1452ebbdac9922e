import {
  assertKey,
  assertTags,
  isCacheError,
  type CacheOptions,
  type CacheService,
  type ReadResult,
} from '@vitalcache/core';

import type { RequestRecord } from '../http/request-scopes.js';
import type { BoundCache } from './cache-injection.js';
import type { CachedMethod } from './cached-method.js';
import type { MethodRunner } from './decorate-method.js';
import { oneTimeKindOf } from './one-time-value.js';
import { SpokenWarnings } from './spoken-warnings.js';

/** What is said once a method and cache, whatever the call was. */
type Occasion = 'module' | 'sharing' | 'key' | 'one-time';
type Call = () => unknown;

/** Runs the calls of one cached method. What it remembers, it remembers for each cache apart. */
export class CachedCall implements MethodRunner {
  readonly #method: CachedMethod;
  readonly #warnings = new SpokenWarnings<Occasion>();
  readonly #uncacheable = new WeakSet<CacheService>();

  constructor(method: CachedMethod) {
    this.#method = method;
  }

  /**
   * The answer from the cache, or from the method. Nest, which handed the request, takes one that is held as it is;
   * whoever else calls gets a promise.
   * @throws CacheError `KEY_INVALID` for an argument of a type that no key can be made of.
   */
  run(instance: object, args: unknown[], cache: BoundCache): unknown {
    const { requestAt } = this.#method;
    const record = requestAt === null ? undefined : cache.context?.scopes.of(args[requestAt]);
    if (record) return this.#answer(instance, args, record, cache);
    return (async () => this.#answer(instance, args, undefined, cache))();
  }

  /** What this process holds is given before anything is made that only a load needs. */
  #answer(
    instance: object,
    args: unknown[],
    record: RequestRecord | undefined,
    cache: BoundCache,
  ): unknown {
    const { service, context } = cache;
    const { original, options } = this.#method;
    const key = this.#keyOf(instance, args, record, cache);
    const read = (): ReadResult<unknown> | null => service.readHeld(key ?? '', options);
    const held = key === null ? null : context ? context.scopes.at(record, read) : read();
    if (held) {
      if (record) context?.scopes.pass();
      return held.value;
    }
    const call: Call = () => original.apply(instance, args);
    const answer = (): unknown => (key === null ? call() : this.#read(key, args, call, cache));
    return context ? context.scopes.during(record, answer) : answer();
  }

  /** The key of a call's answer; `null`: it is not cached. */
  #keyOf(
    instance: object,
    args: readonly unknown[],
    record: RequestRecord | undefined,
    cache: BoundCache,
  ): string | null {
    if (this.#uncacheable.has(cache.service)) return null;
    const kind = this.#method.kindOn(instance);
    const isOfRequest = kind === 'http' || kind === 'graphql';
    const variant = isOfRequest ? this.#share(kind, record, cache) : '';
    if (variant === null) return null;
    const method = this.#method;
    if (method.hasDefaultKey) return method.keyFor(instance, args) + variant;
    return this.#valid(cache, () => method.keyFor(instance, args) + variant);
  }

  /** What is appended to the key of a handler's answer; `null`: it is nobody else's. */
  #share(
    kind: 'http' | 'graphql',
    record: RequestRecord | undefined,
    cache: BoundCache,
  ): string | null {
    if (!cache.context) {
      this.#warnings.say(
        'module',
        `${this.#method.label} answers requests and is not cached: without CacheModule nobody sees whose they are. Add it to the imports.`,
        cache,
      );
      return null;
    }
    const sharing = cache.context.sharing.decide(this.#method, kind, record);
    if (sharing.isShared) return sharing.variant;
    if (sharing.warning !== undefined) this.#warnings.say('sharing', sharing.warning, cache);
    return null;
  }

  /** What is made of a call's values; `null` when one of them can't stand in it, which must not fail the call. */
  #valid<T>(cache: BoundCache, make: () => T): T | null {
    try {
      return make();
    } catch (error) {
      if (!isCacheError(error)) throw error;
      const message = `${this.#method.label}: a call is not cached. ${error.message}`;
      this.#warnings.say('key', message, cache);
      return null;
    }
  }

  async #read(
    key: string,
    args: readonly unknown[],
    call: Call,
    cache: BoundCache,
  ): Promise<unknown> {
    const { service } = cache;
    const options = this.#valid(cache, () => this.#optionsFor(key, args));
    if (!options) return call();
    let own: { readonly value: unknown } | undefined;
    const load = async (): Promise<unknown> => {
      const value: unknown = await call();
      const kind = oneTimeKindOf(value);
      if (kind === null) return value;
      this.#uncacheable.add(service);
      this.#warnings.say(
        'one-time',
        `${this.#method.label} returns ${kind}, which can't be cached: @Cache() has no effect there.`,
        cache,
      );
      own = { value };
      return undefined; // is never stored
    };
    const { value } = await service.read(key, load, options);
    if (own) return own.value;
    // Whoever joined that load has nothing to read from.
    return value === undefined && this.#uncacheable.has(service) ? call() : value;
  }

  /** @throws CacheError `KEY_INVALID`, `TAG_INVALID` */
  #optionsFor(key: string, args: readonly unknown[]): CacheOptions {
    const options = this.#method.optionsFor(args);
    assertKey(key);
    if (Array.isArray(options.tags)) assertTags(options.tags);
    return options;
  }
}
