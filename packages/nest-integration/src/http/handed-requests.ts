import { Inject, Injectable, Req, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { MergedPlugins } from '@vitalcache/core';

import { CachedMethod } from '../decorator/cached-method.js';
import { declaredMethodsOf } from '../decorator/declared-methods.js';
import { isStandIn } from '../decorator/written-method.js';
import { CACHE_NAME_TOKEN, MERGED_PLUGINS_TOKEN } from '../module/cache.module-definition.js';

/** Where `@RouteConfig()` of @nestjs/platform-fastify, which need not be installed, keeps what Fastify is told. */
const ROUTE_CONFIG = '__fastify_route_config__';

/**
 * Has Nest hand the request to handlers with `@Cache()`, as one argument more than they declare, so that a hit needs no
 * async context to know whose request it answers. In an application that protects data all that a request does runs in
 * one all the same: what guards and interceptors read counts there, too.
 */
@Injectable()
export class HandedRequests {
  /** In the configuration of a Fastify route: the cache of this name needs no more than the argument. */
  readonly #suffices: symbol;

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(CACHE_NAME_TOKEN) private readonly name: string | null,
    @Inject(MERGED_PLUGINS_TOKEN) private readonly merged: MergedPlugins,
  ) {
    this.#suffices = Symbol.for(`@vitalcache/nest-integration/handed-request ${name ?? ''}`);
  }

  /** To be called before Nest looks at the parameters of handlers. */
  declare(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype === 'function') this.#declareOn(metatype as Type<object>);
    }
  }

  /** Whether the handler of a Fastify route works for its request without an async context. */
  suffice(config: object | undefined): boolean {
    return config !== undefined && this.#suffices in config && this.merged.protection === null;
  }

  #declareOn(type: Type<object>): void {
    const prototype = type.prototype as object;
    for (const method of declaredMethodsOf({ prototype })) {
      if (!(method instanceof CachedMethod) || method.requestAt === null) continue;
      if (method.slot.name !== this.name || method.kindOn(prototype) !== 'http') continue;
      const handler = (prototype as Record<string | symbol, unknown>)[method.name];
      if (!isStandIn(handler)) continue; // another decorator calls it, with what it likes
      Req()(prototype, method.name, method.requestAt);
      const config = Reflect.getMetadata(ROUTE_CONFIG, handler) as object | undefined;
      Reflect.defineMetadata(ROUTE_CONFIG, { ...config, [this.#suffices]: true }, handler);
    }
  }
}
