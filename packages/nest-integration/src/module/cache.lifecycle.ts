import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CacheService, systemClock, type CacheStatus, type ICacheProvider } from '@vitalcache/core';

import { METHOD_CONTEXT_TOKEN, type MethodContext } from '../decorator/method-context.js';
import { CACHE_PROVIDER_TOKEN, CACHE_SETUP_TOKEN } from './cache.module-definition.js';
import type { CacheSetup } from './cache-setup.js';
import { CachedClasses } from './cached-classes.js';
import { StoreReporter } from './store-reporter.js';
import { summaryOf } from './startup-summary.js';

/** Starts the cache before other modules are initialised, and closes it after they are. */
@Injectable()
export class CacheLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(CacheService) private readonly service: CacheService,
    @Inject(CACHE_PROVIDER_TOKEN) private readonly provider: ICacheProvider,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
    @Inject(StoreReporter) private readonly reporter: StoreReporter,
    @Inject(CachedClasses) private readonly classes: CachedClasses,
    @Inject(METHOD_CONTEXT_TOKEN) private readonly context: MethodContext,
  ) {}

  /** @throws CacheError for cached methods that can't work: `OPTION_INVALID`, `FEATURE_MISSING`, `CONFIG_INVALID`. */
  async onModuleInit(): Promise<void> {
    const { logger, warnings } = this.setup;
    this.classes.check(this.service, this.context);
    for (const line of warnings()) logger.warn(line);
    const status = await this.#start();
    const isReachable = status !== null && isUsable(status);
    this.reporter.started(isReachable);
    logger.log(summaryOf(this.setup, this.provider, isReachable));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.service.close();
  }

  /** The status after the start; `null` when it took too long or failed. The cache goes on trying either way. */
  async #start(): Promise<CacheStatus | null> {
    const { connectTimeoutMs, commandTimeoutMs } = this.setup.provided;
    const done = new AbortController();
    const limit = this.#clock.sleep(connectTimeoutMs + commandTimeoutMs, done.signal);
    const started = this.service.start().then(
      () => this.service.status(),
      () => null, // a provider that fails to connect is a store that can't be reached
    );
    try {
      return await Promise.race([started, limit.then(() => null)]);
    } finally {
      done.abort();
    }
  }

  get #clock() {
    return this.setup.config.clock ?? systemClock;
  }
}

function isUsable({ store, journal }: CacheStatus): boolean {
  return store.connected && Number.isFinite(journal.linkAgeMs);
}
