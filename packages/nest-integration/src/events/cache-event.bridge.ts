import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { CacheService, onCacheEvent } from '@vitalcache/core';

import { CACHE_SETUP_TOKEN } from '../module/cache.module-definition.js';
import type { CacheSetup } from '../module/cache-setup.js';
import { payloadOf } from './cache-event.payload.js';
import { isEventEmitter, type EventEmitterLike } from './event-emitter.js';

/**
 * Hands what the cache does to the event emitters of the application (`EventEmitterModule.forRoot()` of
 * `@nestjs/event-emitter`), under the names of `onCacheEvent`. Without one, nothing is subscribed to and nothing costs.
 */
@Injectable()
export class CacheEventBridge implements OnModuleInit, OnApplicationShutdown {
  #end: () => void = () => undefined;

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
  ) {}

  onModuleInit(): void {
    if (this.setup.options.events === false) return;
    const emitters = this.#findEmitters();
    if (emitters.length === 0) return;
    this.#end = onCacheEvent((name, event) => {
      const payload = payloadOf(name, event);
      for (const emitter of emitters) emitter.emit(name, payload);
    }, this.cache.namespace);
  }

  onApplicationShutdown(): void {
    this.#end();
  }

  /** One, unless the application has several; each once, whatever it is injected as. */
  #findEmitters(): readonly EventEmitterLike[] {
    const found = new Set<EventEmitterLike>();
    for (const { instance } of this.discovery.getProviders()) {
      if (isEventEmitter(instance)) found.add(instance);
    }
    return [...found];
  }
}
