import type { PluginHealth } from '../plugin/cache-plugin.js';
import type { CacheStatus } from '../service/cache-results.js';
import type { HealthLimits } from './health-limits.js';
import type { StoreMemory } from './store-memory.js';

/** How the cache is, for whoever asks from outside. */
export interface CacheHealth {
  status: 'healthy' | 'warning' | 'critical';
  /** Bytes, as in `PerformanceMetrics`. */
  memoryUsage: number;
  /** 0 to 1, since start; 0 without metrics. */
  hitRate: number;
  /** Whether the store answers. */
  connectionStatus: boolean;
  lastHealthCheck: Date;
}

/** {@link CacheHealth} with what is wrong, for those who run the cache. */
export interface CacheHealthReport extends CacheHealth {
  /** A sentence for everything that is beyond its limit, the critical first; empty when healthy. */
  reasons: readonly string[];
}

/** What health is judged by. */
export interface HealthSignals {
  readonly cache: CacheStatus;
  readonly memory: StoreMemory;
  /** Share of the last minute's requests that failed; 0 without metrics. */
  readonly errorRate: number;
  /** What plugins say of themselves. */
  readonly parts: readonly PluginHealth[];
}

/** Fewer connections are either idle or all busy at any one moment, which says nothing. */
const MIN_POOL = 3;

type Rule = (signals: HealthSignals, limits: HealthLimits) => string | false;

const CRITICAL: readonly Rule[] = [
  ({ cache }) =>
    !cache.store.connected && 'The store cannot be reached; reads go to their loaders.',
  ({ cache: { breaker, store } }) =>
    breaker === 'open' &&
    store.connected &&
    'A store failed too often in a row and is not asked now; reads of its keys go to their loaders.',
  ({ cache }) =>
    cache.journal.refusal !== null && `This process must not cache here: ${cache.journal.refusal}`,
  ({ cache: { journal } }, { maxQueuedMs }) =>
    journal.queuedForMs > maxQueuedMs &&
    `An invalidation has been waiting for the store for ${seconds(journal.queuedForMs)} (limit: ${seconds(maxQueuedMs)}): other processes may serve what it covers. Do not restart this one.`,
];

const WARNING: readonly Rule[] = [
  ({ cache: { enabled, journal } }) =>
    enabled &&
    journal.isBlind &&
    'The journal cannot be read: what other processes invalidated lately is not known here.',
  ({ cache: { enabled, journal } }, { maxLagMs }) =>
    enabled &&
    journal.lagMs > maxLagMs &&
    `This process is ${seconds(journal.lagMs)} behind with what was invalidated (limit: ${seconds(maxLagMs)}).`,
  ({ cache: { breaker } }) =>
    breaker === 'half-open' && 'A store that failed is being tried again.',
  ({ errorRate }, { maxErrorRate }) =>
    errorRate > maxErrorRate &&
    `The cache failed ${percent(errorRate)} of the requests of the last minute (limit: ${percent(maxErrorRate)}).`,
  ({ memory: { usedBytes, maxBytes } }, { maxMemoryRatio }) =>
    maxBytes !== null &&
    maxBytes > 0 &&
    usedBytes / maxBytes > maxMemoryRatio &&
    `${percent(usedBytes / maxBytes)} of the memory is in use (limit: ${percent(maxMemoryRatio)}).`,
  ({ cache: { store } }, { maxPoolUtilization }) =>
    store.pool.open >= MIN_POOL &&
    store.pool.busy / store.pool.open > maxPoolUtilization &&
    `${store.pool.busy} of ${store.pool.open} connections are busy (limit: ${percent(maxPoolUtilization)}).`,
];

/**
 * The worst level that any signal stands for, and why. A cache that is switched off serves nothing, so that news from
 * the journal do not matter to it.
 */
export function judgeHealth(
  signals: HealthSignals,
  limits: HealthLimits,
): Pick<CacheHealthReport, 'status' | 'reasons'> {
  const broken = (rules: readonly Rule[], level: 'critical' | 'warning'): string[] => [
    ...rules.map((rule) => rule(signals, limits)).filter((reason) => reason !== false),
    ...signals.parts.flatMap(({ status, reasons }) => (status === level ? reasons : [])),
  ];
  const critical = broken(CRITICAL, 'critical');
  const warnings = broken(WARNING, 'warning');
  const isSaid = (level: PluginHealth['status']): boolean =>
    signals.parts.some(({ status }) => status === level);
  const isCritical = critical.length > 0 || isSaid('critical');
  const isWarning = warnings.length > 0 || isSaid('warning');
  const status = isCritical ? 'critical' : isWarning ? 'warning' : 'healthy';
  return { status, reasons: [...critical, ...warnings] };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
