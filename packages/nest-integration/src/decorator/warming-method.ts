import type { CacheWarmer, WarmContext, WarmItem } from '@vitalcache/core';

import type { CacheWarmerOptions } from './cache-warmer.options.js';
import { CachedMethod } from './cached-method.js';
import { declaredMethodsOf } from './declared-methods.js';
import { DecoratedMethod, type DecoratedPlace } from './decorated-method.js';

/** The compiler sees to it that the names are complete. */
const NAMES: Readonly<Record<keyof CacheWarmerOptions, true>> = {
  cache: true,
  name: true,
  kinds: true,
  of: true,
};

type Given = Iterable<unknown> | AsyncIterable<unknown>;

/** What `@CacheWarmer()` knows of one method. */
export class WarmingMethod extends DecoratedMethod {
  readonly #options: CacheWarmerOptions;

  /** @throws CacheError `OPTION_INVALID`, naming class and method */
  constructor(place: DecoratedPlace, options: CacheWarmerOptions) {
    super(place, options.cache);
    this.#options = options;
    const unknown = Object.keys(options).filter((name) => !Object.hasOwn(NAMES, name));
    if (unknown.length > 0) {
      throw this.failure(
        `${unknown.join(', ')} is not an option; accepted: ${Object.keys(NAMES).join(', ')}`,
      );
    }
    const { name, kinds, of } = options;
    if (name !== undefined && !isWord(name)) throw this.failure('name must be a word');
    if (of !== undefined && !isWord(of)) throw this.failure('of must be the name of a method');
    if (kinds !== undefined && !(Array.isArray(kinds) && kinds.every(isWord))) {
      throw this.failure('kinds must be a list of words');
    }
  }

  /** @throws CacheError `OPTION_INVALID` when there is no method to warm of the name that was given */
  override assertUsableOn(type: { readonly prototype: object; readonly name: string }): void {
    super.assertUsableOn(type);
    if (this.#options.of !== undefined) this.#warmed(type, this.#options.of);
  }

  /** The warmer that an instance of the class is. */
  warmerOf(instance: object): CacheWarmer {
    const { name, kinds } = this.#options;
    return {
      name: name ?? `${instance.constructor.name}.${String(this.name)}`,
      ...(kinds && { kinds }),
      items: (context) => this.#items(instance, context),
    };
  }

  async *#items(instance: object, context: WarmContext): AsyncGenerator<WarmItem> {
    const given = (await this.original.call(instance, context)) as Given | null | undefined;
    if (!isIterable(given)) throw this.failure('it must return a list, or generate one');
    const { of } = this.#options;
    const warmed = of === undefined ? null : this.#warmed(instance.constructor, of);
    for await (const item of given) {
      yield warmed ? this.#itemOf(warmed, instance, item) : (item as WarmItem);
    }
  }

  #itemOf(warmed: CachedMethod, instance: object, args: unknown): WarmItem {
    if (!Array.isArray(args)) {
      throw this.failure(`it must give lists of arguments for ${warmed.label}`);
    }
    return {
      key: warmed.keyFor(instance, args),
      load: async () => warmed.original.apply(instance, args),
      options: warmed.optionsFor(args),
    };
  }

  /** The method that is warmed. */
  #warmed(
    type: { readonly prototype: unknown; readonly name: string },
    name: string,
  ): CachedMethod {
    const found = declaredMethodsOf(type as { readonly prototype: object }).find(
      (method): method is CachedMethod => method instanceof CachedMethod && method.name === name,
    );
    if (!found) throw this.failure(`${type.name}.${name} has no @Cache() that could be warmed`);
    if (found.slot.name !== this.slot.name) {
      throw this.failure(`it belongs to another cache than ${found.label}; accepted: the same`);
    }
    if (found.varyBy !== undefined) {
      throw this.failure(`answers of ${found.label} vary by request, and a warmer has none`);
    }
    return found;
  }
}

function isWord(word: unknown): word is string {
  return typeof word === 'string' && word !== '';
}

function isIterable(given: Given | null | undefined): given is Given {
  return (
    typeof given === 'object' &&
    given !== null &&
    (Symbol.iterator in given || Symbol.asyncIterator in given)
  );
}
