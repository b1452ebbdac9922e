import {
  assertTags,
  CACHE_DEFAULTS,
  CacheError,
  escapeKeyValue,
  isCacheError,
  resolveOptions,
  type CacheOptions,
} from '@vitalcache/core';

import { hashArguments } from './argument-hash.js';
import { assertDecoratorOptions } from './assert-decorator-options.js';
import type { CacheDecoratorOptions, VaryBy } from './cache-decorator.options.js';
import { compileTags, compileTemplate } from './method-templates.js';
import { parameterNamesOf } from './parameter-names.js';
import { PlaceholderResolver } from './placeholder.resolver.js';
import {
  isRouteHandler,
  parametersWithoutData,
  routeParametersOf,
  unsuitableRoute,
} from './route-metadata.js';

/** A method as it was written. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

type KeyOfCall = (instance: object, args: readonly unknown[]) => string;

/** What `@Cache()` knows of one method: checked and compiled once, when the class is defined. */
export class CachedMethod {
  readonly isPublic: boolean;
  readonly varyBy: VaryBy | undefined;
  /** True when the key is made of class, method and arguments. */
  readonly hasDefaultKey: boolean;
  /** True when a function of the application makes the key. */
  readonly hasOwnKey: boolean;
  /** What is said to the cache, but for tags with placeholders. */
  readonly options: CacheOptions;
  readonly keyFor: KeyOfCall;
  readonly #tagsFor: ReturnType<typeof compileTags>;
  readonly #escapedName: string;

  /** @throws CacheError `OPTION_INVALID`, `KEY_INVALID` or `TAG_INVALID`, naming class and method. */
  constructor(
    readonly prototype: object,
    readonly name: string | symbol,
    readonly original: Method,
    options: CacheDecoratorOptions,
  ) {
    const { key, keyTemplate, public: isPublic, varyBy, ...rest } = options;
    const type = prototype.constructor;
    this.isPublic = isPublic ?? false;
    this.varyBy = varyBy;
    this.#escapedName = escapeKeyValue(String(name), 'method');
    this.hasOwnKey = key !== undefined;
    this.hasDefaultKey = key === undefined && keyTemplate === undefined;
    try {
      assertDecoratorOptions(options);
      resolveOptions(rest, CACHE_DEFAULTS);
      this.#assertSuitable(type, original);
      const parameters = new PlaceholderResolver(
        parameterNamesOf(original),
        routeParametersOf(type, name),
      );
      const tags = Array.isArray(rest.tags) ? (rest.tags as readonly string[]) : [];
      assertTags(tags);
      this.#tagsFor = compileTags(tags, parameters);
      this.keyFor = this.#keyOf(options, parameters);
      const template = keyTemplate ?? `${type.name}:${String(name)}`;
      this.options = Object.freeze({ template, ...rest });
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** Class and method, for messages. */
  get label(): string {
    return `${this.prototype.constructor.name}.${String(this.name)}`;
  }

  /** The options of one call. @throws CacheError `KEY_INVALID` when a value can't stand in a tag. */
  optionsFor(args: readonly unknown[]): CacheOptions {
    return this.#tagsFor ? { ...this.options, tags: this.#tagsFor(args) } : this.options;
  }

  /** Whether the method of this instance answers requests; decorators above `@Cache()` count. */
  isHandlerOf(prototypeOrInstance: object): boolean {
    return isRouteHandler(
      (prototypeOrInstance as Readonly<Record<string | symbol, unknown>>)[this.name],
    );
  }

  /**
   * Checks what can't be known before all decorators have run.
   * @throws CacheError `OPTION_INVALID`
   */
  assertUsableOn(type: { readonly prototype: object; readonly name: string }): void {
    const handler = (type.prototype as Readonly<Record<string | symbol, unknown>>)[this.name];
    if (typeof handler === 'function') this.#assertSuitable(type, handler);
    if ((this.isPublic || this.varyBy) && !this.isHandlerOf(type.prototype)) {
      throw this.#failure('public and varyBy only mean something on handlers of HTTP requests');
    }
    if (this.hasDefaultKey && type.name === '') {
      throw this.#failure('a class without a name needs keyTemplate or key');
    }
  }

  /** The error with class and method before its message. */
  explained(error: unknown): unknown {
    if (!isCacheError(error) || error.message.startsWith('@Cache')) return error;
    const more = /is not an option/.test(error.message)
      ? ' @Cache() itself takes key, keyTemplate, public and varyBy.'
      : '';
    return new CacheError(error.code, `@Cache() on ${this.label}: ${error.message}${more}`);
  }

  #keyOf(options: CacheDecoratorOptions, parameters: PlaceholderResolver): KeyOfCall {
    const { key, keyTemplate } = options;
    if (keyTemplate !== undefined) {
      const render = compileTemplate(keyTemplate, parameters);
      return (_instance, args) => render(args);
    }
    if (key !== undefined) return (instance, args) => key.apply(instance, args as never[]);
    return (instance, args) => this.#defaultKey(instance, args);
  }

  /**
   * Of the class of the instance, not of the one that declares the method: subclasses read other data. An overridden
   * method that is called through `super` is another one than the override.
   */
  #defaultKey(instance: object, args: readonly unknown[]): string {
    const own = instance.constructor.name;
    const declaring = this.prototype.constructor.name;
    const isOverridden = ownerOf(this.name, instance) !== this.prototype;
    const place = isOverridden && own !== declaring ? `${own}:${declaring}` : own;
    const nameOf = (index: number): string =>
      `The argument ${parameterNamesOf(this.original).names[index] ?? index} of ${this.label}`;
    return `${place}:${this.#escapedName}:${hashArguments(args, nameOf)}`;
  }

  #assertSuitable(type: object, handler: object): void {
    const reason = unsuitableRoute(type, this.name, handler);
    if (reason !== undefined) throw this.#failure(reason);
    const [withoutData] = parametersWithoutData(routeParametersOf(type, this.name));
    if (this.hasDefaultKey && withoutData !== undefined) {
      throw this.#failure(
        `${withoutData} can't be part of a key; name what the answer depends on with keyTemplate or key`,
      );
    }
  }

  #failure(reason: string): CacheError {
    return new CacheError('OPTION_INVALID', `@Cache() on ${this.label}: ${reason}.`);
  }
}

/** The nearest prototype that has the method. */
function ownerOf(name: string | symbol, instance: object): object | null {
  let prototype = Object.getPrototypeOf(instance) as object | null;
  while (prototype !== null && !Object.hasOwn(prototype, name)) {
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return prototype;
}
