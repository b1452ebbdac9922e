import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { Tiers } from '../peers/peer.js';
import { messageOf } from './message-of.js';

/** What processes of a pool open at their start. */
export interface PoolTerms {
  readonly peers: readonly string[];
  readonly tiers: Tiers;
  readonly url: string;
}

/** So many callers that ask for one key at once. */
export interface PoolQuestion {
  readonly peer: string;
  readonly key: string;
  readonly callers: number;
  readonly loadMs: number;
}

/** When loads ended and callers had the value, in milliseconds of one clock for all processes of a machine. */
export interface PoolAnswer {
  readonly loadedAt: readonly number[];
  readonly answeredAt: readonly number[];
}

const WORKER = new URL('./worker.process.js', import.meta.url);

/** Processes that each have the same caches open, as the instances of an application do. */
export class WorkerPool {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async start(count: number, terms: PoolTerms): Promise<WorkerPool> {
    const words = [JSON.stringify(terms)];
    const children = Array.from({ length: count }, () =>
      fork(WORKER, words, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
    );
    await Promise.all(children.map((child) => messageOf(child)));
    return new WorkerPool(children);
  }

  /** Asks all processes at once. */
  ask(question: PoolQuestion): Promise<PoolAnswer[]> {
    const answers = this.children.map((child) => messageOf<PoolAnswer>(child));
    for (const child of this.children) child.send(question);
    return Promise.all(answers);
  }

  async close(): Promise<void> {
    const running = this.children.filter(({ exitCode }) => exitCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    for (const child of running) child.disconnect();
    await Promise.all(ended);
  }
}
