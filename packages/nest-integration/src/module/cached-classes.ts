import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import {
  CACHE_DEFAULTS,
  CacheError,
  CacheStrategyManager,
  OptionsResolver,
  StandardCacheStrategy,
  type CacheService,
  type MergedPlugins,
} from '@vitalcache/core';

import type { BoundCache } from '../decorator/cache-injection.js';
import { CachedMethod } from '../decorator/cached-method.js';
import { declaredMethodsOf } from '../decorator/declared-methods.js';
import type { DecoratedMethod } from '../decorator/decorated-method.js';
import { PuttingMethod } from '../decorator/putting-method.js';
import { WarmingMethod } from '../decorator/warming-method.js';
import { UnmatchedInvalidationMiddleware } from '../invalidation/unmatched-invalidation.middleware.js';
import { assertAlone, assertDistinctKeys, missingStrategy } from './cached-class.rules.js';
import { CACHE_SETUP_TOKEN, MERGED_PLUGINS_TOKEN } from './cache.module-definition.js';
import type { CacheSetup } from './cache-setup.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** The classes of the application that have methods with decorators of the cache. */
@Injectable()
export class CachedClasses {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
    @Inject(MERGED_PLUGINS_TOKEN) private readonly merged: MergedPlugins,
    @Inject(UnmatchedInvalidationMiddleware)
    private readonly invalidations: UnmatchedInvalidationMiddleware,
  ) {}

  /**
   * Finds at start what would otherwise go wrong at the first call, connects what factories built, and registers warmers.
   * @throws CacheError `OPTION_INVALID`, `FEATURE_MISSING`, `CONFIG_INVALID`
   */
  connect(cache: BoundCache): void {
    this.#assertOneOfEachNamespace();
    const types = new Map<Type<object>, readonly CachedMethod[]>();
    const factoryBuilt = new Map<Type<object>, object>();
    const warming = new Set<object>();
    for (const wrapper of this.#wrappers()) {
      const type = typeOf(wrapper);
      const methods = type ? this.#methodsOf(type) : [];
      const [first] = methods;
      if (!type || !first) continue;
      const bound = this.#bind(wrapper, first, cache);
      if (bound !== cache.service) continue; // another CacheModule's
      const cached = methods.filter((method) => method instanceof CachedMethod);
      if (!types.has(type)) {
        this.#assertUsable(type, methods);
        this.invalidations.declare(type, methods);
      }
      types.set(type, cached);
      if (wrapper.inject) assertAlone(wrapper.instance as object, type, cached, factoryBuilt);
      this.#warm(wrapper, methods, cache.service, warming);
    }
    assertDistinctKeys(types);
  }

  #wrappers(): readonly Wrapper[] {
    return [...this.discovery.getProviders(), ...this.discovery.getControllers()];
  }

  #methodsOf(type: Type<object>): readonly DecoratedMethod[] {
    return declaredMethodsOf(type).filter(({ slot }) => slot.name === this.setup.name);
  }

  #assertUsable(type: Type<object>, methods: readonly DecoratedMethod[]): void {
    const { strategies = [], defaults } = this.setup.config;
    const { plugins, protection, strategies: added } = this.merged;
    const manager = new CacheStrategyManager([
      ...strategies,
      ...added,
      new StandardCacheStrategy(),
    ]);
    const rules = plugins.flatMap(({ optionRule }) => optionRule ?? []);
    const own = { ...CACHE_DEFAULTS, ...defaults };
    const resolver = new OptionsResolver(own, true, rules, protection !== null);
    for (const method of methods) {
      method.assertUsableOn(type);
      if (!(method instanceof CachedMethod || method instanceof PuttingMethod)) continue;
      try {
        manager.select(resolver.resolve(method.options));
      } catch (error) {
        throw method.explained(error);
      }
      const { enableSwr, useSwr, enableSWR, staleTime } = method.options;
      if (manager.has('swr')) continue;
      if (enableSwr ?? useSwr ?? enableSWR) throw missingStrategy(method, 'enableSwr');
      if (staleTime !== undefined) {
        this.setup.logger.warn(missingStrategy(method, 'staleTime').message);
      }
    }
  }

  /** Nest injects into what it builds itself; the service of an instance, or of what will be built later. */
  #bind(wrapper: Wrapper, { slot, decorator }: DecoratedMethod, cache: BoundCache) {
    const instance = wrapper.instance as object | undefined;
    const isBuiltByNest = !wrapper.inject && wrapper.metatype !== null;
    if (isBuiltByNest || !instance) return slot.serviceOf(instance) ?? cache.service;
    if (wrapper.inject && !slot.serviceOf(instance)) slot.bind(instance, cache);
    const service = slot.serviceOf(instance);
    if (!service) {
      this.setup.logger.warn(
        `${instance.constructor.name} is given as a value, so its ${decorator} has no effect: let Nest build it.`,
      );
    }
    return service;
  }

  #warm(
    wrapper: Wrapper,
    methods: readonly DecoratedMethod[],
    service: CacheService,
    known: Set<object>,
  ): void {
    for (const method of methods) {
      if (!(method instanceof WarmingMethod)) continue;
      const instance = wrapper.instance as object | undefined;
      if (!instance || wrapper.isTransient || !wrapper.isDependencyTreeStatic()) {
        throw new CacheError(
          'OPTION_INVALID',
          `@CacheWarmer() on ${method.label}: its class is built for each request or user of it, and a warmer has none; accepted: a class of the default scope.`,
        );
      }
      if (!known.has(instance)) service.registerWarmer(method.warmerOf(instance));
    }
    if (wrapper.instance) known.add(wrapper.instance as object);
  }

  #assertOneOfEachNamespace(): void {
    const setups = this.discovery
      .getProviders()
      .filter(({ token }) => token === CACHE_SETUP_TOKEN)
      .map(({ instance }) => instance as CacheSetup);
    const { namespace } = this.setup.config;
    if (setups.filter(({ config }) => config.namespace === namespace).length < 2) return;
    throw new CacheError(
      'CONFIG_INVALID',
      `CacheModule is imported twice for the namespace ${namespace ?? 'default'}: one would not hear of the invalidations of the other. Import it once, in the root module (it is global), or give each a namespace.`,
    );
  }
}

function typeOf({ instance, metatype, inject }: Wrapper): Type<object> | null {
  // Never a member of the instance itself: proxies may throw.
  const prototype = isObject(instance) ? (Object.getPrototypeOf(instance) as object | null) : null;
  const type: unknown = prototype?.constructor ?? (inject ? null : metatype);
  const isClass = typeof type === 'function' && typeof type.prototype === 'object';
  return isClass ? (type as Type<object>) : null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
