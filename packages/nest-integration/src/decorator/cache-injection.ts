import { Inject, Optional, type InjectionToken } from '@nestjs/common';
import { CacheError, CacheService } from '@vitalcache/core';

import { METHOD_CONTEXT_TOKEN, type MethodContext } from './method-context.js';

/** What Nest puts on an instance of whose class a method is decorated. */
export interface BoundCache {
  readonly service: CacheService;
  /** `undefined` when the class was built without CacheModule. */
  readonly context: MethodContext | undefined;
}

type Properties = Record<symbol, unknown>;

/** Injection token of a cache; the one without a name is `CacheService` itself. */
export function cacheToken(name: string | null): InjectionToken {
  return name === null ? CacheService : `the cache of CacheModule.forRoot({ name: '${name}' })`;
}

/** Injection token of the {@link MethodContext} of a cache. */
export function contextToken(name: string | null): InjectionToken {
  return name === null ? METHOD_CONTEXT_TOKEN : `${METHOD_CONTEXT_TOKEN}:${name}`;
}

/**
 * Injects the cache that `CacheModule.forRoot({ name })` made; without a name the same as `CacheService` as a type.
 * @throws CacheError `OPTION_INVALID`
 */
export function InjectCache(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(cacheToken(name === undefined ? null : cacheName(name)));
}

/** @throws CacheError `OPTION_INVALID` */
export function cacheName(name: unknown): string {
  if (typeof name === 'string' && /^[\w.-]{1,64}$/.test(name)) return name;
  throw new CacheError(
    'OPTION_INVALID',
    'The name of a cache must be 1 to 64 letters, digits, dots, underscores and hyphens.',
  );
}

/** Where the cache of one name stands on instances of decorated classes. */
export class CacheSlot {
  /** Its description is what Nest shows when it can't inject. */
  readonly #service: symbol;
  readonly #context: symbol;

  constructor(readonly name: string | null) {
    const what =
      name === null
        ? 'CacheService, needed by @Cache(): add CacheModule to the imports of the application'
        : `the cache ${name}: add CacheModule.forRoot({ name: '${name}' }) to the imports of the application`;
    this.#service = Symbol.for(what);
    this.#context = Symbol.for(`@vitalcache/nest-integration/method-context ${name ?? ''}`);
  }

  /** Has Nest inject into instances of a class, once. */
  declareOn(prototype: object): void {
    if (Reflect.hasOwnMetadata(this.#service, prototype)) return;
    Reflect.defineMetadata(this.#service, true, prototype);
    Inject(cacheToken(this.name))(prototype, this.#service);
    Inject(contextToken(this.name))(prototype, this.#context);
    Optional()(prototype, this.#context);
  }

  /** Does by hand what Nest does for what it builds itself. */
  bind(instance: object, { service, context }: BoundCache): void {
    Reflect.set(instance, this.#service, service);
    Reflect.set(instance, this.#context, context);
  }

  serviceOf(instance: object | undefined): CacheService | undefined {
    return (instance as Properties | undefined)?.[this.#service] as CacheService | undefined;
  }

  contextOf(instance: object): MethodContext | undefined {
    return (instance as Properties)[this.#context] as MethodContext | undefined;
  }
}
