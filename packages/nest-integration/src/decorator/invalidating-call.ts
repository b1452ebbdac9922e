import { isCacheError } from '@vitalcache/core';
import {
  catchError,
  concat,
  defer,
  ignoreElements,
  isObservable,
  tap,
  type Observable,
} from 'rxjs';

import type { BoundCache } from './cache-injection.js';
import { committed } from './committed.js';
import type { MethodRunner } from './decorate-method.js';
import type { InvalidatingMethod } from './invalidating-method.js';
import type { TextsOfCall } from './method-templates.js';
import { SpokenWarnings } from './spoken-warnings.js';

type Invalidate = (result?: unknown) => Promise<void>;

/** Tags that one invalidation takes. */
const MAX_TAGS = 128;

/** Runs the calls of a method after which something becomes invalid. */
export class InvalidatingCall implements MethodRunner {
  readonly #method: InvalidatingMethod;
  readonly #warnings = new SpokenWarnings<'name'>();

  constructor(method: InvalidatingMethod) {
    this.#method = method;
  }

  /** What the method returned, once the invalidation is done; an Observable ends when it is. */
  run(instance: object, args: unknown[], cache: BoundCache): unknown {
    const invalidate = (result?: unknown) => this.#invalidate([result, ...args], cache);
    try {
      const answer: unknown = this.#method.original.apply(instance, args);
      return isObservable(answer)
        ? this.#observed(answer, invalidate)
        : this.#awaited(answer, invalidate);
    } catch (error) {
      return this.#failed(error, invalidate);
    }
  }

  async #awaited(answer: unknown, invalidate: Invalidate): Promise<unknown> {
    let result: unknown;
    try {
      result = await answer;
    } catch (error) {
      return this.#failed(error, invalidate);
    }
    if (isObservable(result)) return this.#observed(result, invalidate);
    await invalidate(result);
    return result;
  }

  async #failed(error: unknown, invalidate: Invalidate): Promise<never> {
    if (this.#method.alsoOnError) await invalidate();
    throw error;
  }

  #observed(answer: Observable<unknown>, invalidate: Invalidate): Observable<unknown> {
    let last: unknown; // of several subscribers the latest one's: to invalidate too much does no harm
    const done = defer(() => invalidate(last)).pipe(ignoreElements());
    const noted = answer.pipe(
      tap((value) => (last = value)),
      catchError((error: unknown) => this.#failed(error, invalidate)),
    );
    return concat(noted, done);
  }

  async #invalidate(resultAndArgs: readonly unknown[], cache: BoundCache): Promise<void> {
    const { keys, tags, patterns, options } = this.#method;
    const { service } = cache;
    const namesOf = (templates: readonly TextsOfCall[]) =>
      this.#names(templates, resultAndArgs, cache);
    const found = {
      keys: namesOf(keys),
      tags: namesOf(tags),
      patterns: patterns.map((render) => render(resultAndArgs)),
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
