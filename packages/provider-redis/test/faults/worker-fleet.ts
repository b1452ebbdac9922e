import { setTimeout as sleep } from 'node:timers/promises';

import { summarize, type HistorySummary, type IgnoranceWindows } from '@vitalcache/testing';

import type { WorkerPlan } from './fault-plan.js';
import { RemoteWorker, type Probe } from './remote-worker.js';

/** How long a cache may take to be well again once its store is: reconnecting, the breaker, a resync. */
const RECOVERY_BOUND_MS = 20_000;

/** What processes note beside what they see of the cache. */
export interface FleetNotes {
  /** What the caches have logged. */
  readonly log: readonly string[];
  /** The longest that a process was stopped, or had no processor, milliseconds. */
  readonly starvedMs: number;
}

/** Several processes that work one namespace. */
export class WorkerFleet {
  readonly workers: readonly RemoteWorker[];
  readonly #windows: IgnoranceWindows;

  constructor(plans: readonly WorkerPlan[]) {
    const { blindAfterMs = 5_000, blindMaxMs = 30_000 } = plans[0]?.cache ?? {};
    this.#windows = { blindAfterMs, blindMaxMs };
    this.workers = plans.map((plan) => new RemoteWorker(plan));
    for (const worker of this.workers) {
      worker.onToken = (token) => {
        for (const other of this.workers) if (other !== worker) other.learn(token);
      };
    }
  }

  start(): Promise<unknown> {
    return this.#all('start');
  }

  run(): Promise<unknown> {
    return this.#all('run');
  }

  /** Resolves with the milliseconds until every cache was well. @throws Error that tells which is not */
  async recovered(boundMs = RECOVERY_BOUND_MS): Promise<number> {
    const began = performance.now();
    for (;;) {
      const probes = await this.#all<Probe>('probe');
      const elapsedMs = performance.now() - began;
      if (probes.every(({ isWell }) => isWell)) return Math.round(elapsedMs);
      if (elapsedMs > boundMs) {
        throw new Error(`not well after ${boundMs} ms: ${JSON.stringify(probes)}`);
      }
      await sleep(50);
    }
  }

  /** Takes the mechanism away that the plan names, or gives it back. */
  setFlawed(isOn: boolean): Promise<unknown> {
    return this.#all('flaw', { isOn });
  }

  /** Epochs that the processes are in, as text; one if they agree. */
  async epochs(): Promise<readonly string[]> {
    const probes = await this.#all<Probe>('probe');
    const names = probes.map(({ epoch }) => (epoch ? `${epoch.stamp}-${epoch.nonce}` : 'none'));
    return [...new Set(names)];
  }

  /** Ends the load. */
  async stop(): Promise<FleetNotes> {
    const notes = await this.#all<FleetNotes>('stop');
    return {
      log: notes.flatMap(({ log }, worker) => log.map((line) => `w${worker} ${line}`)),
      starvedMs: Math.round(Math.max(...notes.map(({ starvedMs }) => starvedMs))),
    };
  }

  async close(): Promise<void> {
    await this.#all('close');
  }

  /** What all have seen so far. */
  summary(): HistorySummary {
    const events = this.workers.flatMap((worker) => worker.events);
    return summarize(events, this.#windows);
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
  }

  #all<T>(command: string, args?: object): Promise<T[]> {
    return Promise.all(this.workers.map((worker) => worker.call<T>(command, args)));
  }
}
