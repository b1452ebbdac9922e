import {
  assertKey,
  assertTags,
  isCacheError,
  type CacheOptions,
  type CacheService,
} from '@vitalcache/core';

import type { BoundCache } from './cache-injection.js';
import type { CachedMethod } from './cached-method.js';
import type { MethodRunner } from './decorate-method.js';
import type { MethodContext } from './method-context.js';
import { oneTimeKindOf } from './one-time-value.js';
import { SpokenWarnings } from './spoken-warnings.js';

/** What is said once a method and cache, whatever the call was. */
type Occasion = 'module' | 'sharing' | 'key' | 'one-time';
type Warn = (occasion: Occasion, message: string) => void;

interface Asked {
  readonly key: string;
  readonly options: CacheOptions;
}

/** Runs the calls of one cached method. What it remembers, it remembers for each cache apart. */
export class CachedCall implements MethodRunner {
  readonly #method: CachedMethod;
  readonly #warnings = new SpokenWarnings<Occasion>();
  readonly #uncacheable = new WeakSet<CacheService>();

  constructor(method: CachedMethod) {
    this.#method = method;
  }

  /**
   * The answer from the cache, or from the method.
   * @throws CacheError `KEY_INVALID` for an argument of a type that no key can be made of.
   */
  async run(instance: object, args: unknown[], cache: BoundCache): Promise<unknown> {
    const { service, context } = cache;
    const call = (): unknown => this.#method.original.apply(instance, args);
    if (this.#uncacheable.has(service)) return call();
    const warn: Warn = (...warning) => this.#warnings.say(...warning, cache);
    const kind = this.#method.kindOn(instance);
    const isOfRequest = kind === 'http' || kind === 'graphql';
    const variant = isOfRequest ? this.#share(kind, context, warn) : '';
    if (variant === null) return call();
    const asked = this.#ask(instance, args, variant, warn);
    return asked ? this.#read(service, asked, call, warn) : call();
  }

  /** What is appended to the key of a handler's answer; `null`: it is nobody else's. */
  #share(kind: 'http' | 'graphql', context: MethodContext | undefined, warn: Warn): string | null {
    const { label } = this.#method;
    if (!context) {
      warn(
        'module',
        `${label} answers requests and is not cached: without CacheModule nobody sees whose they are. Add it to the imports.`,
      );
      return null;
    }
    const sharing = context.sharing.decide(this.#method, kind);
    if (sharing.isShared) return sharing.variant;
    if (sharing.warning !== undefined) warn('sharing', sharing.warning);
    return null;
  }

  /** Key and options of a call; `null` when a value can't stand in them, which must not fail the call. */
  #ask(instance: object, args: readonly unknown[], variant: string, warn: Warn): Asked | null {
    const method = this.#method;
    const defaultKey = method.hasDefaultKey ? method.keyFor(instance, args) : null;
    try {
      const key = (defaultKey ?? method.keyFor(instance, args)) + variant;
      const options = method.optionsFor(args);
      assertKey(key);
      if (Array.isArray(options.tags)) assertTags(options.tags);
      return { key, options };
    } catch (error) {
      if (!isCacheError(error)) throw error;
      warn('key', `${method.label}: a call is not cached. ${error.message}`);
      return null;
    }
  }

  async #read(
    service: CacheService,
    { key, options }: Asked,
    call: () => unknown,
    warn: Warn,
  ): Promise<unknown> {
    let own: { readonly value: unknown } | undefined;
    const load = async (): Promise<unknown> => {
      const value: unknown = await call();
      const kind = oneTimeKindOf(value);
      if (kind === null) return value;
      this.#uncacheable.add(service);
      warn(
        'one-time',
        `${this.#method.label} returns ${kind}, which can't be cached: @Cache() has no effect there.`,
      );
      own = { value };
      return undefined; // is never stored
    };
    const { value } = await service.read(key, load, options);
    if (own) return own.value;
    // Whoever joined that load has nothing to read from.
    return value === undefined && this.#uncacheable.has(service) ? call() : value;
  }
}
