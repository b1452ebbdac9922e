import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { HistorySummary } from '@vitalcache/testing';

import {
  BOUNDS,
  LOAD,
  QUICK_CACHE,
  QUICK_REDIS,
  SCALE,
  type CallBounds,
  type LoadPlan,
  type WorkerPlan,
} from './fault-plan.js';
import { WorkerFleet, type FleetNotes } from './worker-fleet.js';

/** What a fault is made with. */
export interface FaultContext<S> {
  readonly store: S;
  readonly fleet: WorkerFleet;
  /** Key of the stream that holds the journal. */
  readonly journal: string;
  /** How often a fault that is over at once is made: more than once in the long version. */
  readonly rounds: number;
  /** Something to be told beside what the caches have logged. */
  note(line: string): void;
  /** Waits for as long as a step of a fault lasts: longer in the long version. */
  last(ms: number): Promise<void>;
}

/** What was seen of a fault. */
export interface FaultOutcome extends HistorySummary, FleetNotes {
  /** Milliseconds from the end of the fault until every cache was well. */
  readonly recoveryMs: number;
  readonly hasNewEpoch: boolean;
  /**
   * What 99 of 100 reads stay below: the budget for the store, two loads, and for each of their steps the longest time for
   * which a process had no processor, so that a busy machine is not taken for a slow cache.
   */
  readonly readLimitMs: number;
}

/** One fault, under load. */
export interface FaultScenario<S> {
  /** Processes; as many as the version of the tests has, if absent. */
  readonly workers?: number;
  readonly cache?: Partial<WorkerPlan['cache']>;
  /** How the workers reach the store; by its URL if absent. */
  redis?(store: S): Partial<WorkerPlan['redis']>;
  readonly load?: Partial<LoadPlan>;
  readonly bounds?: Partial<CallBounds>;
  /** How long the caches may take to be well again, milliseconds; 20 000 if absent. */
  readonly recoveryBoundMs?: number;
  /** A mechanism that can be taken away from the workers; see worker/provider.mjs. */
  readonly flaw?: string;
  /** Before there are workers. */
  prepare?(store: S): Promise<unknown>;
  /** Makes the fault, lets it last, and ends it. */
  fault(context: FaultContext<S>): Promise<unknown>;
  /** After all, also after a failure. */
  restore?(store: S): Promise<unknown>;
  /** Beyond what every scenario expects: that the fault was felt, say. */
  expects?(outcome: FaultOutcome): void;
}

/** Works the cache through one fault, and tells what was seen. */
export async function underLoad<S>(store: S, scenario: FaultScenario<S>): Promise<FaultOutcome> {
  const namespace = `faults-${randomUUID().slice(0, 8)}`;
  await scenario.prepare?.(store);
  const plans = Array.from({ length: scenario.workers ?? SCALE.workers }, (_, n) =>
    planOf(n, namespace, store, scenario),
  );
  const fleet = new WorkerFleet(plans);
  const noted: string[] = [];
  try {
    await fleet.start();
    await fleet.run();
    await fleet.recovered();
    const before = await fleet.epochs();
    await sleep(SCALE.calmMs);
    await scenario.fault({
      store,
      fleet,
      journal: `vc:{${namespace}}:journal`,
      rounds: SCALE.stretch,
      note: (line) => noted.push(line),
      last: (ms) => sleep(ms * SCALE.stretch),
    });
    const recoveryMs = await fleet.recovered(scenario.recoveryBoundMs);
    await sleep(SCALE.calmMs);
    const after = await fleet.epochs();
    const { log, starvedMs } = await fleet.stop();
    await fleet.close();
    const hasNewEpoch = !after.some((epoch) => before.includes(epoch));
    const { cache, load } = plans[0] as WorkerPlan;
    const promisedMs = (cache.readBudgetMs ?? 250) + 2 * (2 * load.loadMs);
    const readLimitMs = promisedMs + 4 * starvedMs + 100;
    return {
      ...fleet.summary(),
      log: [...noted, ...log],
      starvedMs,
      recoveryMs,
      hasNewEpoch,
      readLimitMs,
    };
  } finally {
    await fleet.end();
    await scenario.restore?.(store);
  }
}

function planOf<S>(
  worker: number,
  namespace: string,
  store: S,
  { cache, redis, load, bounds, flaw }: FaultScenario<S>,
): WorkerPlan {
  const { url } = store as { readonly url?: string };
  return {
    worker,
    redis: { ...QUICK_REDIS, ...(redis ? redis(store) : { url }) },
    // Every other process keeps nothing itself, so that the store's tier is worked, too.
    cache: { ...QUICK_CACHE, ...(worker % 2 === 1 && { l1MaxBytes: 0 }), ...cache, namespace },
    load: { ...LOAD, ...load },
    boundsMs: { ...BOUNDS, ...bounds },
    ...(flaw !== undefined && { flaw }),
  };
}
