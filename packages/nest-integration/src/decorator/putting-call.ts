import { assertKey, isCacheError, isProtected, type Fence } from '@vitalcache/core';
import { isObservable } from 'rxjs';

import type { BoundCache } from './cache-injection.js';
import { committed } from './committed.js';
import type { MethodRunner } from './decorate-method.js';
import { followed } from './followed.js';
import { oneTimeKindOf } from './one-time-value.js';
import type { PuttingMethod } from './putting-method.js';
import { SpokenWarnings } from './spoken-warnings.js';

/** What is said once a method and cache, whatever the call was. */
type Occasion = 'sharing' | 'key' | 'value' | 'one-time' | 'protected';

/** Runs the calls of a method whose answer is put into the cache. */
export class PuttingCall implements MethodRunner {
  readonly #method: PuttingMethod;
  readonly #warnings = new SpokenWarnings<Occasion>();

  constructor(method: PuttingMethod) {
    this.#method = method;
  }

  /** What the method returned, once it is put, or what was there is invalid. */
  async run(instance: object, args: unknown[], cache: BoundCache): Promise<unknown> {
    // What the method returns may be older than its end: whatever is invalidated meanwhile covers it.
    const since = cache.service.fence();
    const { value: result, isOfProtected } = await cache.service.watchProtected(() =>
      this.#method.original.apply(instance, args),
    );
    const isStorable =
      this.#isStorable(instance, result, cache) && !(isOfProtected && this.#isOpen(cache));
    const finish = async (found: unknown): Promise<void> => {
      const resultAndArgs = [found, ...args];
      const key = this.#keyFor(instance, resultAndArgs, cache);
      if (key === null) return;
      await committed(cache.service, () =>
        isStorable ? this.#put(key, resultAndArgs, since, cache) : this.#invalidate(key, cache),
      );
    };
    if (isObservable(result)) return followed(result, { onDone: finish }); // it has not done anything yet
    await finish(result);
    return result;
  }

  async #put(
    key: string,
    resultAndArgs: readonly unknown[],
    since: Fence | null,
    cache: BoundCache,
  ): Promise<void> {
    try {
      const options = { ...this.#method.optionsFor(resultAndArgs), since };
      await cache.service.set(key, resultAndArgs[0], options);
    } catch (error) {
      // The value that is there is an old one, whatever is wrong with the new one.
      await this.#invalidate(key, cache);
      const reason = isCacheError(error) ? error.message : 'its tags function threw an error';
      const message = `${this.#method.label}: an answer was not put into the cache, only what was there made invalid: ${reason}`;
      this.#warnings.say('value', message, cache);
    }
  }

  async #invalidate(key: string, { service }: BoundCache): Promise<void> {
    await service.invalidateCache(key);
  }

  /** `null` when a value can't stand in it: nothing was ever cached under it. */
  #keyFor(instance: object, resultAndArgs: readonly unknown[], cache: BoundCache): string | null {
    try {
      const key = this.#method.keyFor(instance, resultAndArgs);
      assertKey(key);
      return key;
    } catch (error) {
      if (!isCacheError(error)) throw error;
      const message = `${this.#method.label}: an answer is not put into the cache. ${error.message}`;
      this.#warnings.say('key', message, cache);
      return null;
    }
  }

  #isStorable(instance: object, result: unknown, cache: BoundCache): boolean {
    const { label } = this.#method;
    if (result === undefined) return false;
    const kind = oneTimeKindOf(result);
    if (kind !== null) {
      const message = `${label} returns ${kind}, which can't be cached: @CachePut() only makes invalid what is there.`;
      this.#warnings.say('one-time', message, cache);
      return false;
    }
    return this.#isForEverybody(instance, cache);
  }

  /** Whether what is put is open to more than protected data is. */
  #isOpen(cache: BoundCache): boolean {
    const { label, options } = this.#method;
    if (isProtected(options)) return false;
    const message = `${label}: what is made of protected data is not put into the cache, only what was there made invalid. Say that it is protected, too.`;
    this.#warnings.say('protected', message, cache);
    return true;
  }

  /** What a request with credentials is answered may be for whoever asked. */
  #isForEverybody(instance: object, cache: BoundCache): boolean {
    const { label, isPublic } = this.#method;
    const kind = this.#method.kindOn(instance);
    if (isPublic || (kind !== 'http' && kind !== 'graphql')) return true;
    const terms = { label, isPublic, varyBy: undefined };
    if (cache.context?.sharing.decide(terms, kind).isShared) return true;
    const message = `${label}: what a request with credentials is answered is not put into the cache, because others would get it; what is there is made invalid. Declare \`public: true\` if it is the same for everybody.`;
    this.#warnings.say('sharing', message, cache);
    return false;
  }
}
