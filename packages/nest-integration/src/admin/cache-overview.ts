import { hostname } from 'node:os';

import { Inject, Injectable } from '@nestjs/common';
import {
  CacheError,
  CacheService,
  type AdminAction,
  type CacheHealth,
  type CacheStats,
  type CacheStatus,
  type HealthcareCacheMetrics,
  type ICacheMetrics,
  type MergedPlugins,
  type PerformanceMetrics,
  type RuntimeSettings,
} from '@vitalcache/core';

import { MERGED_PLUGINS_TOKEN } from '../module/cache.module-definition.js';

/** The store and what stands before it, in this process. */
type ProviderOverview = Pick<CacheStatus, 'breaker' | 'breakers' | 'l1' | 'namespace'> &
  CacheStatus['store'] & { readonly name: string };

/** What `GET /cache` answers. */
export interface CacheOverview {
  /** Names the process whose numbers these are. */
  readonly instance: string;
  /** `null` while nothing counts. */
  readonly stats: CacheStats | null;
  /** `null` while nothing counts. */
  readonly metrics: PerformanceMetrics | null;
  /** With a plugin that protects data. */
  readonly healthcare?: HealthcareCacheMetrics;
  readonly health: CacheHealth;
  readonly provider: ProviderOverview;
  readonly config: RuntimeSettings;
  /** Numbers of strategies, middleware and plugins, by their names. */
  readonly parts: CacheStatus['parts'];
}

/** Puts together what the cache says of itself. */
@Injectable()
export class CacheOverviews {
  readonly #measures: ICacheMetrics | null;
  readonly #isHealthcare: boolean;
  /** What plugins bring for operators. */
  readonly actions: readonly AdminAction[];
  readonly instance: string;

  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(MERGED_PLUGINS_TOKEN) { measures, protection, adminActions }: MergedPlugins,
  ) {
    this.#measures = measures;
    this.#isHealthcare = protection !== null;
    this.actions = adminActions;
    this.instance = measures?.instance ?? `${hostname()}:${process.pid}`;
  }

  /** `null` while nothing counts. */
  get measures(): ICacheMetrics | null {
    return this.cache.settings.metrics ? this.#measures : null;
  }

  async overview(): Promise<CacheOverview> {
    const { cache, measures } = this;
    const [health, status, metrics] = await Promise.all([
      cache.getCacheHealth(),
      cache.status(),
      measures?.performance() ?? null,
    ]);
    return {
      instance: this.instance,
      stats: measures?.stats() ?? null,
      metrics,
      ...(measures && this.#isHealthcare && { healthcare: measures.healthcare() }),
      health,
      provider: providerOf(status),
      config: cache.settings,
      parts: status.parts,
    };
  }

  /** @throws CacheError `FEATURE_MISSING` naming what to switch on */
  async metrics(): Promise<PerformanceMetrics & { readonly instance: string }> {
    if (!this.cache.settings.metrics) {
      throw new CacheError(
        'FEATURE_MISSING',
        'CACHE_ENABLE_METRICS is false, or metrics were switched off at run time: POST /cache/config {"metrics": true} switches them on.',
      );
    }
    return { instance: this.instance, ...(await this.cache.getCacheMetrics()) };
  }
}

function providerOf(status: CacheStatus): ProviderOverview {
  const { provider, namespace, store, breaker, breakers, l1 } = status;
  return { name: provider, namespace, ...store, breaker, breakers, l1 };
}
