import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { messageOf } from './message-of.js';

/** What a process of tails opens. */
export interface TailTerms {
  readonly url: string;
  readonly namespace: string;
  readonly count: number;
  /** Tags that one of them listens to. */
  readonly tags: number;
}

const TAILS = new URL('./tail.process.js', import.meta.url);
const PROCESSES = 4;

export const fanOutTag = (index: number): string => `fan-out:${index}`;

/** Caches that follow one journal, spread over a few processes. */
export class TailPool {
  private constructor(private readonly children: readonly ChildProcess[]) {}

  static async start(terms: TailTerms): Promise<TailPool> {
    const counts = Array.from({ length: PROCESSES }, (_, i) =>
      Math.floor((terms.count + PROCESSES - 1 - i) / PROCESSES),
    );
    const children = counts
      .filter((count) => count > 0)
      .map((count) =>
        fork(TAILS, [JSON.stringify({ ...terms, count })], {
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        }),
      );
    await Promise.all(children.map((child) => messageOf(child)));
    return new TailPool(children);
  }

  /** When each process heard of each tag last, by the clock of this machine. */
  async heardAt(): Promise<Readonly<Record<number, number>>[]> {
    const answers = this.children.map((child) => messageOf<Record<number, number>>(child));
    for (const child of this.children) child.send('heard');
    return Promise.all(answers);
  }

  async close(): Promise<void> {
    const ended = this.children.map((child) => once(child, 'exit'));
    for (const child of this.children) child.disconnect();
    await Promise.all(ended);
  }
}
