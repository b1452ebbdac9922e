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

import { INJECTED_CONTEXT, INJECTED_SERVICE, type Injected } from '../decorator/cache.decorator.js';
import type { CachedMethod } from '../decorator/cached-method.js';
import { cachedMethodsOf } from '../decorator/cached-methods.js';
import type { MethodContext } from '../decorator/method-context.js';
import { assertAlone, assertDistinctKeys, missingStrategy } from './cached-class.rules.js';
import { CACHE_SETUP_TOKEN, MERGED_PLUGINS_TOKEN } from './cache.module-definition.js';
import type { CacheSetup } from './cache-setup.js';

type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** The classes of the application that have cached methods. */
@Injectable()
export class CachedClasses {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
    @Inject(MERGED_PLUGINS_TOKEN) private readonly merged: MergedPlugins,
  ) {}

  /**
   * Finds at start what would otherwise go wrong at the first call, and connects what factories built.
   * @throws CacheError `OPTION_INVALID`, `FEATURE_MISSING`, `CONFIG_INVALID`
   */
  check(service: CacheService, context: MethodContext): void {
    this.#assertOneOfEachNamespace();
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const types = new Set<Type<object>>();
    const factoryBuilt = new Map<Type<object>, object>();
    for (const wrapper of wrappers) {
      const type = typeOf(wrapper);
      const methods = type ? cachedMethodsOf(type) : [];
      if (!type || methods.length === 0) continue;
      const bound = this.#bind(wrapper, service, context);
      if (bound !== service) continue; // another CacheModule's
      if (!types.has(type)) this.#assertUsable(type, methods);
      types.add(type);
      if (wrapper.inject) assertAlone(wrapper.instance as object, type, methods, factoryBuilt);
    }
    assertDistinctKeys(types);
  }

  #assertUsable(type: Type<object>, methods: readonly CachedMethod[]): void {
    const { strategies = [], defaults } = this.setup.config;
    const { plugins, protection, strategies: added } = this.merged;
    const manager = new CacheStrategyManager([
      ...strategies,
      ...added,
      new StandardCacheStrategy(),
    ]);
    const rules = plugins.flatMap(({ optionRule }) => optionRule ?? []);
    const own = { ...CACHE_DEFAULTS, ...defaults };
    const options = new OptionsResolver(own, true, rules, protection !== null);
    for (const method of methods) {
      method.assertUsableOn(type);
      try {
        manager.select(options.resolve(method.options));
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
  #bind(wrapper: Wrapper, service: CacheService, context: MethodContext): CacheService | null {
    const instance = wrapper.instance as (object & Injected) | undefined;
    const isBuiltByNest = !wrapper.inject && wrapper.metatype !== null;
    if (isBuiltByNest || !instance) return instance?.[INJECTED_SERVICE] ?? service;
    const isFactory = Boolean(wrapper.inject);
    if (isFactory && instance[INJECTED_SERVICE] === undefined) {
      Reflect.set(instance, INJECTED_SERVICE, service);
      Reflect.set(instance, INJECTED_CONTEXT, context);
    }
    if (instance[INJECTED_SERVICE] === undefined) {
      this.setup.logger.warn(
        `${instance.constructor.name} is given as a value, so its @Cache() has no effect: let Nest build it.`,
      );
    }
    return instance[INJECTED_SERVICE] ?? null;
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
