import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  describeViolation,
  describeWithRedis,
  type HistorySummary,
  type StoreAbility,
  type TestStore,
} from '@vitalcache/testing';
import { Redis } from 'ioredis';

import {
  BOUNDS,
  IS_TOLD,
  LOAD,
  QUICK_CACHE,
  QUICK_REDIS,
  SCALE,
  type LoadPlan,
  type CallBounds,
  type WorkerPlan,
} from './fault-plan.js';
import { WorkerFleet } from './worker-fleet.js';

/** What a fault is made with. */
export interface FaultContext {
  readonly store: TestStore;
  readonly fleet: WorkerFleet;
  readonly namespace: string;
  /** Key of the stream that holds the journal. */
  readonly journal: string;
  /** Runs a command on the server, on a connection of its own. */
  admin(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** Waits for as long as a step of a fault lasts: longer in the long version. */
  last(ms: number): Promise<void>;
}

export interface FaultOutcome extends HistorySummary {
  readonly recoveryMs: number;
  readonly log: readonly string[];
  /** Whether a new epoch began. */
  readonly hasNewEpoch: boolean;
}

/** One fault, under load. */
export interface FaultScenario {
  readonly cache?: Partial<WorkerPlan['cache']>;
  readonly redis?: (store: TestStore) => Partial<WorkerPlan['redis']>;
  readonly load?: Partial<LoadPlan>;
  readonly bounds?: Partial<CallBounds>;
  readonly flaw?: string;
  /** Before there are workers. */
  prepare?(context: Omit<FaultContext, 'fleet'>): Promise<unknown>;
  /** Makes the fault, lets it last, and ends it. */
  fault(context: FaultContext): Promise<unknown>;
  /** Beyond what every scenario expects: that the fault was felt, say. */
  expects?(outcome: FaultOutcome): void;
}

const BOUND_MS = 120_000 * SCALE.stretch;

/**
 * Declares one test per fault: several processes work one namespace before, during and after it, and what all of them
 * saw is held against the promises. Expects of every fault: nothing stale after a resolved invalidation, no call that hangs
 * or fails because of the cache, nothing unhandled, and caches that are well again without a restart.
 */
export function describeFaults(
  name: string,
  needs: readonly StoreAbility[],
  scenarios: Readonly<Record<string, FaultScenario>>,
): void {
  describeWithRedis(
    name,
    (store) => {
      it.each(Object.entries(scenarios))(
        '%s',
        async (fault, scenario) => {
          const outcome = await underLoad(store(), scenario);
          if (IS_TOLD) console.log(`${name}: ${fault}\n${told(outcome)}`);
          expectPromises(outcome);
          scenario.expects?.(outcome);
        },
        BOUND_MS,
      );
    },
    { needs },
  );
}

/** Works the cache through one fault, and tells what was seen. */
export async function underLoad(store: TestStore, scenario: FaultScenario): Promise<FaultOutcome> {
  const namespace = `faults-${randomUUID().slice(0, 8)}`;
  const context = {
    store,
    namespace,
    journal: `vc:{${namespace}}:journal`,
    admin: (command: string, ...args: (string | number)[]) => run(store.url, command, args),
    last: (ms: number) => sleep(ms * SCALE.stretch),
  };
  await scenario.prepare?.(context);
  const fleet = new WorkerFleet(SCALE.workers, (worker) =>
    planOf(worker, namespace, store, scenario),
  );
  try {
    await fleet.start();
    await fleet.run();
    await fleet.recovered();
    const [before] = await fleet.epochs();
    await sleep(SCALE.calmMs);
    await scenario.fault({ ...context, fleet });
    const recoveryMs = await fleet.recovered();
    await sleep(SCALE.calmMs);
    const after = await fleet.epochs();
    const log = await fleet.stop();
    await fleet.close();
    return { ...fleet.summary(), recoveryMs, log, hasNewEpoch: !after.includes(before ?? '') };
  } finally {
    await fleet.end();
  }
}

function planOf(
  worker: number,
  namespace: string,
  store: TestStore,
  { cache, redis, load, bounds, flaw }: FaultScenario,
): WorkerPlan {
  return {
    worker,
    redis: { url: store.url, ...QUICK_REDIS, ...redis?.(store) },
    // Every other process keeps nothing itself, so that also the store's tier is worked.
    cache: { ...QUICK_CACHE, ...(worker % 2 === 1 && { l1MaxBytes: 0 }), ...cache, namespace },
    load: { ...LOAD, ...load },
    boundsMs: { ...BOUNDS, ...bounds },
    ...(flaw !== undefined && { flaw }),
  };
}

/** What holds whatever happens. */
export function expectPromises({ violations, troubles, log, outcomes }: FaultOutcome): void {
  const broken = violations.slice(0, 5).map((one) => describeViolation(one));
  expect({ count: violations.length, broken }).toEqual({ count: 0, broken: [] });
  const found = troubles
    .slice(0, 5)
    .map(({ kind, worker, text }) => `${kind} in w${worker}: ${text}`);
  expect({ found, log: found.length > 0 ? log : [] }).toEqual({ found: [], log: [] });
  expect(outcomes['hit']).toBeGreaterThan(0);
}

function told({ violations, troubles, log, ...numbers }: FaultOutcome): string {
  const counts = { violations: violations.length, troubles: troubles.length };
  return JSON.stringify({ ...counts, ...numbers, log: log.length }, null, 1);
}

async function run(url: string, command: string, args: (string | number)[]): Promise<unknown> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
