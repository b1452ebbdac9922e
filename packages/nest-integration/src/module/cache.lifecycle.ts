import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  CacheError,
  CacheService,
  systemClock,
  type CacheStatus,
  type ICacheProvider,
  type MergedPlugins,
} from '@vitalcache/core';

import { METHOD_CONTEXT_TOKEN, type MethodContext } from '../decorator/method-context.js';
import {
  CACHE_PROVIDER_TOKEN,
  CACHE_SETUP_TOKEN,
  MERGED_PLUGINS_TOKEN,
} from './cache.module-definition.js';
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
    @Inject(MERGED_PLUGINS_TOKEN) private readonly merged: MergedPlugins,
  ) {}

  /**
   * @throws CacheError for cached methods that can't work: `OPTION_INVALID`, `FEATURE_MISSING`, `CONFIG_INVALID`; and
   * what a plugin refuses to start with; `STORE_UNAVAILABLE` where `startup: 'require'` insists on the store
   */
  async onModuleInit(): Promise<void> {
    const { logger, warnings } = this.setup;
    this.classes.connect({ service: this.service, context: this.context });
    for (const line of warnings()) logger.warn(line);
    const status = await this.#start();
    const isReachable = status !== null && isUsable(status);
    if (!isReachable) await this.#assertMayStart();
    this.reporter.started(isReachable);
    const { settings } = this.service;
    logger.log(summaryOf(this.setup, this.merged, this.provider, isReachable, settings));
  }

  async onApplicationShutdown(): Promise<void> {
    this.context.scopes.close();
    await this.service.close();
  }

  /** The status after the start; `null` when it took too long, and then the cache goes on trying. */
  async #start(): Promise<CacheStatus | null> {
    const { connectTimeoutMs, commandTimeoutMs } = this.setup.provided;
    const done = new AbortController();
    const limit = this.#clock.sleep(connectTimeoutMs + commandTimeoutMs, done.signal);
    const started = this.service.start().then(() => this.service.status());
    try {
      return this.#mayRefuse
        ? await started // whoever may refuse to start is heard, however long the store takes
        : await Promise.race([started, limit.then(() => null)]);
    } catch (error) {
      await this.service.close();
      throw error;
    } finally {
      done.abort();
    }
  }

  async #assertMayStart(): Promise<void> {
    if (this.setup.options.startup !== 'require') return;
    await this.service.close();
    throw new CacheError(
      'STORE_UNAVAILABLE',
      `The store of the cache can't be reached${this.reporter.detail}, and startup: 'require' insists on it. Check its address and credentials, or leave the option out to start without it.`,
    );
  }

  get #mayRefuse(): boolean {
    return this.merged.plugins.some((plugin) => 'start' in plugin || plugin.protection);
  }

  get #clock() {
    return this.setup.config.clock ?? systemClock;
  }
}

function isUsable({ store, journal }: CacheStatus): boolean {
  return store.connected && Number.isFinite(journal.linkAgeMs);
}
