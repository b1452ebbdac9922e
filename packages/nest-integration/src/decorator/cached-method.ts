import {
  assertTags,
  CacheError,
  escapeKeyValue,
  isCacheError,
  type CacheOptions,
} from '@vitalcache/core';

import { hashArguments } from './argument-hash.js';
import { assertDecoratorOptions } from './assert-decorator-options.js';
import type { CacheDecoratorOptions, VaryBy } from './cache-decorator.options.js';
import { DecoratedMethod, type DecoratedPlace } from './decorated-method.js';
import { handlerKindOf, type HandlerKind } from './handler-kind.js';
import { compileTags, compileTemplate } from './method-templates.js';
import type { PlaceholderResolver } from './placeholder.resolver.js';
import { parametersWithoutData, routeParametersOf, unsuitableHandler } from './route-metadata.js';

/** Handlers whose requests may say who is asking. */
const OF_REQUESTS: readonly (HandlerKind | null)[] = ['http', 'graphql'];

type KeyOfCall = (instance: object, args: readonly unknown[]) => string;

/** What `@Cache()` knows of one method: checked and compiled once, when the class is defined. */
export class CachedMethod extends DecoratedMethod {
  readonly isPublic: boolean;
  readonly varyBy: VaryBy | undefined;
  /** True when the key is made of class, method and arguments. */
  readonly hasDefaultKey: boolean;
  /** What the key is made from; absent: something else than a template. */
  readonly keyTemplate: string | undefined;
  /** True when a function of the application makes the key. */
  readonly hasOwnKey: boolean;
  /** What is said to the cache, but for tags with placeholders. */
  readonly options: CacheOptions;
  readonly keyFor: KeyOfCall;
  /**
   * Where an argument may stand that the method does not see, because it is behind all that it declares; `null` if there
   * is no such place.
   */
  readonly requestAt: number | null;
  readonly #tagsFor: ReturnType<typeof compileTags>;
  readonly #escapedName: string;

  /** @throws CacheError `OPTION_INVALID`, `KEY_INVALID` or `TAG_INVALID`, naming class and method. */
  constructor(place: DecoratedPlace, options: CacheDecoratorOptions) {
    super(place, options.cache);
    const { cache: _cache, key, keyTemplate, public: isPublic, varyBy, ...rest } = options;
    const { prototype, name, original } = place;
    const type = prototype.constructor;
    this.isPublic = isPublic ?? false;
    this.varyBy = varyBy;
    this.keyTemplate = keyTemplate;
    this.#escapedName = escapeKeyValue(String(name), 'method');
    this.hasOwnKey = key !== undefined;
    this.hasDefaultKey = key === undefined && keyTemplate === undefined;
    try {
      assertDecoratorOptions(options);
      this.assertSuitable(type, original);
      const parameters = this.parameters();
      this.requestAt = this.declared.isOpen ? null : parameters.count;
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

  /** The options of one call. @throws CacheError `KEY_INVALID` when a value can't stand in a tag. */
  optionsFor(args: readonly unknown[]): CacheOptions {
    return this.#tagsFor ? { ...this.options, tags: this.#tagsFor(args) } : this.options;
  }

  override assertUsableOn(type: { readonly prototype: object; readonly name: string }): void {
    super.assertUsableOn(type);
    if ((this.isPublic || this.varyBy) && !OF_REQUESTS.includes(this.kindOn(type.prototype))) {
      throw this.failure(
        'public and varyBy only mean something on handlers of HTTP requests, GraphQL included',
      );
    }
    if (this.hasDefaultKey && type.name === '') {
      throw this.failure('a class without a name needs keyTemplate or key');
    }
  }

  override explained(error: unknown): unknown {
    const explained = super.explained(error);
    if (!isCacheError(explained) || !/is not an option/.test(explained.message)) return explained;
    return new CacheError(
      explained.code,
      `${explained.message} @Cache() itself takes key, keyTemplate, public, varyBy and cache.`,
    );
  }

  protected override assertSuitable(type: object, handler: object): void {
    const reason = unsuitableHandler(type, this.name, handler);
    if (reason !== undefined) throw this.failure(reason);
    if (!this.hasDefaultKey || handlerKindOf(handler) !== 'http') return;
    const [withoutData] = parametersWithoutData(
      routeParametersOf(type, this.name).filter(({ index }) => index !== this.requestAt),
    );
    if (withoutData === undefined) return;
    throw this.failure(
      `${withoutData} can't be part of a key; name what the answer depends on with keyTemplate or key`,
    );
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
    const { names, isOpen } = this.declared;
    const nameOf = (index: number): string =>
      `The argument ${names[index] ?? index} of ${this.label}`;
    // What a framework hands over beyond the parameters has no effect on the result.
    const seen = isOpen ? args : args.slice(0, names.length);
    return `${place}:${this.#escapedName}:${hashArguments(seen, nameOf)}`;
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
