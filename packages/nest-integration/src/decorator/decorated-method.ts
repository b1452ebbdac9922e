import { CacheError, isCacheError } from '@vitalcache/core';

import { cacheName, CacheSlot } from './cache-injection.js';
import { handlerKindOf, type HandlerKind } from './handler-kind.js';
import { parameterNamesOf, type DeclaredParameters } from './parameter-names.js';
import { PlaceholderResolver } from './placeholder.resolver.js';
import { routeParametersOf } from './route-metadata.js';
import { writtenMethod, type Method } from './written-method.js';

/** Where a decorator of this package stands. */
export interface DecoratedPlace {
  /** As it is written: `@Cache()`. */
  readonly decorator: string;
  readonly prototype: object;
  readonly name: string | symbol;
  readonly original: Method;
}

/** A method with one of the decorators: where it is, and which cache it works with. */
export class DecoratedMethod {
  readonly decorator: string;
  readonly prototype: object;
  readonly name: string | symbol;
  readonly original: Method;
  /** Where instances have their cache. */
  readonly slot: CacheSlot;
  /** The parameters as they stand in the source. */
  protected readonly declared: DeclaredParameters;
  /** What was asked for last, mostly the same in each call: looking into metadata costs as much as a hit. */
  #latest: { readonly method: unknown; readonly kind: HandlerKind | null } = {
    method: undefined,
    kind: null,
  };

  /**
   * @param cache the option: which cache; absent: the one without a name
   * @throws CacheError `OPTION_INVALID`
   */
  constructor({ decorator, prototype, name, original }: DecoratedPlace, cache?: string) {
    this.decorator = decorator;
    this.prototype = prototype;
    this.name = name;
    this.original = original;
    this.declared = parameterNamesOf(writtenMethod(original));
    try {
      this.slot = new CacheSlot(cache === undefined ? null : cacheName(cache));
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** Class and method, for messages. */
  get label(): string {
    return `${this.prototype.constructor.name}.${String(this.name)}`;
  }

  /** What the method of an instance or a prototype answers, decorators above counted; `null`: it is called by code. */
  kindOn(prototypeOrInstance: object): HandlerKind | null {
    const method = this.#on(prototypeOrInstance);
    if (this.#latest.method !== method) this.#latest = { method, kind: handlerKindOf(method) };
    return this.#latest.kind;
  }

  /** Checks what can't be known before all decorators have run. @throws CacheError `OPTION_INVALID` */
  assertUsableOn(type: { readonly prototype: object; readonly name: string }): void {
    const handler = this.#on(type.prototype);
    if (typeof handler === 'function') this.assertSuitable(type, handler);
  }

  /** The error with decorator, class and method before its message. */
  explained(error: unknown): unknown {
    if (!isCacheError(error) || error.message.startsWith('@Cache')) return error;
    return new CacheError(error.code, `${this.decorator} on ${this.label}: ${error.message}`);
  }

  /** @throws CacheError `OPTION_INVALID` for a handler that the decorator can do nothing for */
  protected assertSuitable(_type: object, _handler: object): void {
    return; // most can
  }

  /** The parameters as their decorators and the source name them. */
  protected parameters(): PlaceholderResolver {
    return new PlaceholderResolver(
      this.declared,
      routeParametersOf(this.prototype.constructor, this.name),
    );
  }

  protected failure(reason: string): CacheError {
    return new CacheError('OPTION_INVALID', `${this.decorator} on ${this.label}: ${reason}.`);
  }

  #on(prototypeOrInstance: object): unknown {
    return (prototypeOrInstance as Readonly<Record<string | symbol, unknown>>)[this.name];
  }
}
