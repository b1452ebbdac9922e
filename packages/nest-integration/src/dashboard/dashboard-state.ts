import { Inject, Injectable } from '@nestjs/common';
import {
  CacheService,
  type CacheHealth,
  type CacheStats,
  type CacheStatus,
  type OperationLatency,
  type PerformanceMetrics,
} from '@vitalcache/core';

import { CacheOverviews } from '../admin/cache-overview.js';
import { CacheHealthService } from '../health/cache-health.service.js';
import { HotKeysMiddleware, type HotKey } from './hot-keys.middleware.js';

/** What the dashboard shows; all of one process. */
export interface DashboardState {
  readonly instance: string;
  readonly namespace: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly enabled: boolean;
  readonly health: CacheHealth['status'];
  readonly reasons: readonly string[];
  /** `null` while nothing counts. */
  readonly stats: CacheStats | null;
  readonly performance: PerformanceMetrics | null;
  readonly latencies: readonly OperationLatency[];
  readonly store: CacheStatus['store'] & { readonly name: string };
  readonly breakers: CacheStatus['breakers'];
  readonly journal: Omit<CacheStatus['journal'], 'epoch'>;
  readonly l1: CacheStatus['l1'];
  readonly counts: CacheStatus['counts'];
  /** `null` without a strategy that refreshes. */
  readonly refreshes: {
    readonly running: number;
    readonly queued: number;
    readonly shed: number;
  } | null;
  readonly hotKeys: readonly HotKey[];
}

/** Puts together what the dashboard shows. */
@Injectable()
export class DashboardStates {
  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CacheOverviews) private readonly overviews: CacheOverviews,
    @Inject(CacheHealthService) private readonly health: CacheHealthService,
    @Inject(HotKeysMiddleware) private readonly hotKeys: HotKeysMiddleware,
  ) {}

  async read(): Promise<DashboardState> {
    const { measures, instance } = this.overviews;
    const [report, status, performance] = await Promise.all([
      this.health.report(),
      this.cache.status(),
      measures?.performance() ?? null,
    ]);
    const { epoch: _epoch, ...journal } = status.journal;
    return {
      instance,
      namespace: status.namespace,
      at: Date.now(),
      enabled: status.enabled,
      health: report.status,
      reasons: report.reasons,
      stats: measures?.stats() ?? null,
      performance,
      latencies: measures?.latencies?.() ?? [],
      store: { name: status.provider, ...status.store },
      breakers: status.breakers,
      journal,
      l1: status.l1,
      counts: status.counts,
      refreshes: refreshesOf(status.parts),
      hotKeys: this.hotKeys.hottest(),
    };
  }
}

function refreshesOf({ swr }: CacheStatus['parts']): DashboardState['refreshes'] {
  if (!swr) return null;
  const shed = Object.entries(swr).filter(([name]) => name.startsWith('shed.'));
  return {
    running: swr.running ?? 0,
    queued: swr.queued ?? 0,
    shed: shed.reduce((sum, [, count]) => sum + count, 0),
  };
}
