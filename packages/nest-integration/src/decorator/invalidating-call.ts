import { isCacheError } from '@vitalcache/core';
import { isObservable, type Observable } from 'rxjs';

import type { BoundCache } from './cache-injection.js';
import { committed } from './committed.js';
import type { MethodRunner } from './decorate-method.js';
import { followed } from './followed.js';
import type { InvalidatingMethod } from './invalidating-method.js';
import type { TextsOfCall } from './method-templates.js';
import { SpokenWarnings, warn } from './spoken-warnings.js';

/** Tags that one invalidation takes. */
const MAX_TAGS = 128;

/** Runs the calls of a method after which something becomes invalid. */
export class InvalidatingCall implements MethodRunner {
  readonly #method: InvalidatingMethod;
  readonly #warnings = new SpokenWarnings<'name'>();

  constructor(method: InvalidatingMethod) {
    this.#method = method;
  }

  /** What the method returned, once the invalidation is done; an Observable tells each value when it is. */
  run(instance: object, args: unknown[], cache: BoundCache): unknown {
    try {
      const answer: unknown = this.#method.original.apply(instance, args);
      return isObservable(answer)
        ? this.#observed(answer, args, cache)
        : this.#awaited(answer, args, cache);
    } catch (error) {
      return this.#failed(error, args, cache);
    }
  }

  async #awaited(answer: unknown, args: unknown[], cache: BoundCache): Promise<unknown> {
    let result: unknown;
    try {
      result = await answer;
    } catch (error) {
      return this.#failed(error, args, cache);
    }
    if (isObservable(result)) return this.#observed(result, args, cache);
    await this.#invalidate([result, ...args], cache);
    return result;
  }

  #observed(answer: Observable<unknown>, args: unknown[], cache: BoundCache): Observable<unknown> {
    return followed(answer, {
      onDone: (result) => this.#invalidate([result, ...args], cache),
      onError: () => this.#afterError(args, cache),
    });
  }

  async #failed(error: unknown, args: unknown[], cache: BoundCache): Promise<never> {
    await this.#afterError(args, cache);
    throw error;
  }

  /** What the method failed with is what its caller has to know: what else goes wrong is only told. */
  async #afterError(args: unknown[], cache: BoundCache): Promise<void> {
    const { alsoOnError, label } = this.#method;
    if (!alsoOnError) return;
    try {
      await this.#invalidate([undefined, ...args], cache);
    } catch (error) {
      const reason = isCacheError(error) ? `${error.code}: ${error.message}` : 'not a cache error';
      warn(`${label} failed, and so did what it invalidates all the same. ${reason}`, cache);
    }
  }

  async #invalidate(resultAndArgs: readonly unknown[], cache: BoundCache): Promise<void> {
    const { keys, tags, patterns, options } = this.#method;
    const { service } = cache;
    const namesOf = (templates: readonly TextsOfCall[]) =>
      this.#names(templates, resultAndArgs, cache);
    const found = {
      keys: namesOf(keys),
      tags: namesOf(tags),
      patterns: namesOf(patterns),
    };
    await committed(service, async () => {
      // In one tick they share a record.
      await Promise.all([
        ...found.keys.map((key) => service.invalidateCache(key, options)),
        ...listsOf(found.tags).map((list) => service.invalidateCacheByTags(list, options)),
        ...found.patterns.map((pattern) => service.invalidateCacheByPattern(pattern, options)),
      ]);
    });
  }

  /** A value that can't stand in a name: nothing was ever cached under it. */
  #names(
    templates: readonly TextsOfCall[],
    resultAndArgs: readonly unknown[],
    cache: BoundCache,
  ): readonly string[] {
    return templates.flatMap((render) => {
      try {
        return render(resultAndArgs);
      } catch (error) {
        if (!isCacheError(error)) throw error;
        const message = `${this.#method.label}: a call invalidates less than it should. ${error.message}`;
        this.#warnings.say('name', message, cache);
        return [];
      }
    });
  }
}

function listsOf(tags: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(tags.length / MAX_TAGS) }, (_, index) =>
    tags.slice(index * MAX_TAGS, (index + 1) * MAX_TAGS),
  );
}
