import { memoryOf, type BreakerState, type CacheStatus, type PartNumbers } from '@vitalcache/core';

import { ratio } from '../ratio.js';
import type { SignalReading } from './signal-reading.js';

const BREAKER: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };
/** Strategy and middleware of `@vitalcache/swr`, by the names that they have in the status. */
const REFRESHING = 'swr';
const PREDICTING = 'prediction';
const SHED = 'shed.';

/** Stores that have a label of their own: more than a topology has. */
const MAX_STORES = 256;

/** What the engine says of itself. */
export function addEngineSignals(reading: SignalReading, status: CacheStatus): void {
  const { enabled, counts, l1, faults, faultCodes, parts } = status;
  reading.add('enabled', Number(enabled));
  reading.add('loads', counts.loads, { reason: 'read' });
  reading.add('loads', counts.refreshes, { reason: 'refresh' });
  reading.add('stampedes.absorbed', counts.joined, { outcome: 'joined' });
  reading.add('stampedes.absorbed', counts.waited, { outcome: 'waited' });
  reading.add('lease.takeovers', counts.takeovers);
  reading.add('l1', l1.bytes);
  reading.add('l1.entries', l1.entries);
  reading.add('l1.evictions', l1.evictions);
  for (const [reason, count] of Object.entries(faults)) reading.add('faults', count, { reason });
  for (const [reason, count] of Object.entries(faultCodes)) {
    reading.add('fault.errors', count, { reason });
  }
  reading.add('seal.failures', sealFailures(status));
  addJournal(reading, status);
  addStore(reading, status);
  if (parts[REFRESHING]) addRefreshes(reading, parts[REFRESHING]);
  if (parts[PREDICTING]) addPredictions(reading, parts[PREDICTING]);
}

/** What plugins that seal say of it, added up. */
export function sealFailures({ parts }: Pick<CacheStatus, 'parts'>): number {
  return Object.values(parts).reduce((sum, { sealFailures: count = 0 }) => sum + count, 0);
}

function addJournal(reading: SignalReading, { journal, counts }: CacheStatus): void {
  reading.add('journal.position', journal.position / 1_000_000);
  reading.add('journal.lag', journal.lagMs / 1_000);
  reading.add('journal.link.age', journal.linkAgeMs / 1_000);
  reading.add('journal.blind', Number(journal.isBlind));
  reading.add('journal.refused', Number(journal.refusal !== null));
  reading.add('journal.epoch.changes', counts.epochChanges);
  reading.add('needless.misses', journal.needlessMisses.byCollision, { reason: 'collision' });
  reading.add('needless.misses', journal.needlessMisses.byFloor, { reason: 'floor' });
  reading.add('invalidations.queued', journal.queued);
  reading.add('invalidations.queued.age', journal.queuedForMs / 1_000);
}

function addStore(reading: SignalReading, { store, breakers }: CacheStatus): void {
  const { usedBytes, maxBytes } = memoryOf(store);
  reading.add('store.up', Number(store.connected));
  reading.add('store.memory', usedBytes);
  if (maxBytes !== null) reading.add('store.memory.limit', maxBytes);
  reading.add('pool.busy', store.pool.busy);
  reading.add('pool.open', store.pool.open);
  for (const [name, state] of Object.entries(breakers).slice(0, MAX_STORES)) {
    reading.add('breaker.state', BREAKER[state], { store: name });
  }
}

function addRefreshes(reading: SignalReading, numbers: PartNumbers): void {
  reading.add('refreshes.running', numbers['running'] ?? 0);
  reading.add('refreshes.queued', numbers['queued'] ?? 0);
  for (const outcome of ['changed', 'unchanged', 'elsewhere', 'failed']) {
    reading.add('refreshes', numbers[outcome] ?? 0, { outcome });
  }
  for (const [name, count] of Object.entries(numbers)) {
    if (!name.startsWith(SHED)) continue;
    reading.add('refreshes.shed', count, { reason: name.slice(SHED.length) });
  }
}

function addPredictions(reading: SignalReading, numbers: PartNumbers): void {
  for (const outcome of ['warmed', 'present', 'failed', 'used']) {
    reading.add('predictions', numbers[outcome] ?? 0, { outcome });
  }
  reading.add('prediction.gain.ratio', ratio(numbers['used'] ?? 0, numbers['warmed'] ?? 0));
}
