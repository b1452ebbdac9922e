import { Inject, Injectable, Req } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { MergedPlugins } from '@vitalcache/core';

import { CachedMethod } from '../decorator/cached-method.js';
import { declaredMethodsOf } from '../decorator/declared-methods.js';
import { handlerKindOf } from '../decorator/handler-kind.js';
import { isStandIn, type Method } from '../decorator/written-method.js';
import { CACHE_NAME_TOKEN, MERGED_PLUGINS_TOKEN } from '../module/cache.module-definition.js';
import { CacheReach, type Wrapper } from './cache-reach.js';

/** Where `@RouteConfig()` of @nestjs/platform-fastify, which need not be installed, keeps what Fastify is told. */
const ROUTE_CONFIG = '__fastify_route_config__';

/**
 * What it takes to know whose request a handler answers: nothing where it reads from no cache; the `request` itself, which
 * Nest hands to handlers with `@Cache()` as one argument more than they declare; otherwise an async `context`.
 */
export type HandlerNeed = 'nothing' | 'request' | 'context';

/** What is known of a handler. */
interface Known {
  /** Controllers that have it: classes inherit handlers. */
  readonly controllers: Wrapper[];
  /** `undefined` until somebody asks. */
  need: HandlerNeed | undefined;
}

/**
 * Knows what the handlers of an application need, before they run. In one that protects data all that a request does runs
 * in a context: what guards and interceptors read counts there, too.
 */
@Injectable()
export class HandlerNeeds {
  /** In the configuration of a Fastify route: its handler, for the cache of this name. */
  readonly #mark: symbol;
  readonly #known = new Map<Method, Known>();

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(CACHE_NAME_TOKEN) private readonly name: string | null,
    @Inject(MERGED_PLUGINS_TOKEN) private readonly merged: MergedPlugins,
    @Inject(CacheReach) private readonly reach: CacheReach,
  ) {
    this.#mark = Symbol.for(`@vitalcache/nest-integration/handler ${name ?? ''}`);
  }

  /** To be called before Nest looks at the parameters of handlers. */
  declare(): void {
    for (const controller of this.discovery.getControllers()) {
      const { prototype } = controller.metatype as { readonly prototype: object };
      for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
        this.#note(controller, Reflect.get(prototype, name) as Method);
      }
      for (const method of declaredMethodsOf({ prototype })) {
        if (method instanceof CachedMethod) this.#hand(prototype, method);
      }
    }
  }

  /** @param config of a Fastify route; that of one which is not of a controller says nothing */
  of(config: object | undefined): HandlerNeed {
    const handler = (config as Record<symbol, Method | undefined> | undefined)?.[this.#mark];
    const known = handler && this.#known.get(handler);
    if (!known || this.merged.protection !== null) return 'context';
    return (known.need ??= this.reach.includes(handler, known.controllers) ? 'context' : 'nothing');
  }

  #note(controller: Wrapper, handler: Method): void {
    if (handlerKindOf(handler) !== 'http') return;
    const known = this.#known.get(handler);
    if (known) return void known.controllers.push(controller);
    this.#known.set(handler, { controllers: [controller], need: undefined });
    const config = Reflect.getMetadata(ROUTE_CONFIG, handler) as object | undefined;
    Reflect.defineMetadata(ROUTE_CONFIG, { ...config, [this.#mark]: handler }, handler);
  }

  #hand(prototype: object, { name, requestAt, slot }: CachedMethod): void {
    const handler = Reflect.get(prototype, name) as Method;
    const known = this.#known.get(handler);
    // Where another decorator stands above, it calls the method with what it likes.
    if (!known || requestAt === null || slot.name !== this.name || !isStandIn(handler)) return;
    Req()(prototype, name, requestAt);
    known.need = 'request';
  }
}
