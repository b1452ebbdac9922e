import { setTimeout as sleep } from 'node:timers/promises';

import { summarize, type HistorySummary } from '@vitalcache/testing';

import type { WorkerPlan } from './fault-plan.js';
import { RemoteWorker, type Probe } from './remote-worker.js';

/** How long a cache may take to be well again once its store is: reconnecting, the breaker, a resync. */
const RECOVERY_BOUND_MS = 20_000;

/** Several processes that work one namespace. */
export class WorkerFleet {
  readonly workers: readonly RemoteWorker[];
  readonly #plan: WorkerPlan;

  constructor(count: number, planOf: (worker: number) => WorkerPlan) {
    this.#plan = planOf(0);
    this.workers = Array.from({ length: count }, (_, n) => new RemoteWorker(planOf(n)));
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
  async recovered(): Promise<number> {
    const began = performance.now();
    for (;;) {
      const probes = await this.#all<Probe>('probe');
      const elapsedMs = performance.now() - began;
      if (probes.every(({ isWell }) => isWell)) return Math.round(elapsedMs);
      if (elapsedMs > RECOVERY_BOUND_MS) {
        throw new Error(`not well after ${RECOVERY_BOUND_MS} ms: ${JSON.stringify(probes)}`);
      }
      await sleep(50);
    }
  }

  /** Epochs that the processes are in, as text; one if they agree. */
  async epochs(): Promise<readonly string[]> {
    const probes = await this.#all<Probe>('probe');
    const names = probes.map(({ epoch }) => (epoch ? `${epoch.stamp}-${epoch.nonce}` : 'none'));
    return [...new Set(names)];
  }

  /** Ends the load; resolves with what the caches have logged. */
  async stop(): Promise<readonly string[]> {
    const answers = await this.#all<{ readonly log: readonly string[] }>('stop');
    return answers.flatMap(({ log }, worker) => log.map((line) => `w${worker} ${line}`));
  }

  async close(): Promise<void> {
    await this.#all('close');
  }

  /** What all have seen so far. */
  summary(): HistorySummary {
    const { blindAfterMs = 5_000, blindMaxMs = 30_000 } = this.#plan.cache;
    const events = this.workers.flatMap((worker) => worker.events);
    return summarize(events, { blindAfterMs, blindMaxMs });
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
  }

  #all<T>(command: string): Promise<T[]> {
    return Promise.all(this.workers.map((worker) => worker.call<T>(command)));
  }
}
