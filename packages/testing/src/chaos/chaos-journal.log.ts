import {
  CacheError,
  type Clock,
  type Coverage,
  type Epoch,
  type IJournalLog,
  type JournalHead,
  type JournalRecord,
  type JournalSlice,
} from '@vitalcache/core';

import type { JournalHistory } from './journal.history.js';
import type { FaultBoard } from './fault.board.js';

/** The journal of a namespace as one connection sees it. It is polled, for only what is polled can be out of reach. */
export class ChaosJournalLog implements IJournalLog {
  #stop = new AbortController();

  constructor(
    private readonly history: JournalHistory,
    private readonly board: FaultBoard,
    private readonly clock: Clock,
  ) {}

  open(constants: string, atLeast: number): Promise<JournalHead> {
    return this.board.ask('open', {
      work: () => this.history.log.open(constants, atLeast),
      lie: () => this.#madeUpHead(constants, atLeast),
    });
  }

  append(coverage: Coverage, nonce: number, isDurable?: boolean): Promise<JournalRecord | null> {
    return this.board.ask('append', {
      work: () => this.history.log.append(coverage, nonce, isDurable),
      lie: () => this.#madeUpRecord(coverage, nonce),
    });
  }

  read(afterStamp: number, limit: number): Promise<JournalSlice> {
    return this.board.ask('read', {
      work: () => this.history.log.read(afterStamp, limit),
      lie: () => this.#nothing(),
    });
  }

  readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]> {
    return this.board.ask('readBackwards', {
      work: () => this.history.log.readBackwards(beforeStamp, limit),
      lie: () => [],
    });
  }

  advanceEpoch(expected: Epoch | null, constants: string, atLeast: number): Promise<JournalHead> {
    return this.board.ask('advance', {
      work: () => this.history.log.advanceEpoch(expected, constants, atLeast),
      lie: () => this.#madeUpHead(constants, atLeast),
    });
  }

  /** What breaks while it waits breaks its answer. */
  poll(afterStamp: number, limit: number, waitMs: number): Promise<JournalSlice> {
    const { signal } = this.#stop;
    const answer = async (): Promise<JournalSlice> => {
      if (!this.board.isFaulty('poll')) await this.#news(afterStamp, limit, waitMs, signal);
      return this.board.answer('poll', {
        work: () => this.history.log.read(afterStamp, limit),
        lie: async () => {
          await this.clock.sleep(waitMs, signal);
          return this.#nothing();
        },
      });
    };
    this.board.count('poll');
    return untilClosed(answer(), signal);
  }

  async stopPolling(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    await this.history.log.stopPolling?.();
  }

  /** Resolves when there may be a later record, after `waitMs` at the latest. */
  async #news(
    afterStamp: number,
    limit: number,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { log } = this.history;
    if (log.poll) return void (await log.poll(afterStamp, limit, waitMs));
    const over = new AbortController();
    const end = (): void => over.abort(null);
    const stops = [
      log.onAppend?.(({ stamp }) => (stamp > afterStamp ? end() : undefined)),
      this.history.onRewind(end),
    ];
    signal.addEventListener('abort', end, { once: true });
    const { records } = await log.read(afterStamp, 1);
    if (records.length === 0) await this.clock.sleep(waitMs, over.signal, 'background');
    for (const stop of stops) stop?.();
    signal.removeEventListener('abort', end);
  }

  /** The head as it is, without the records that lead there. */
  async #nothing(): Promise<JournalSlice> {
    return { ...(await this.history.log.read(Number.MAX_SAFE_INTEGER, 1)), records: [] };
  }

  async #madeUpRecord(coverage: Coverage, nonce: number): Promise<JournalRecord | null> {
    const { head } = await this.#nothing();
    if (!head) return null;
    const { stamp, nonce: last, ...rest } = head.record;
    const previous = { stamp, nonce: last };
    return { ...rest, stamp: stamp + 1, nonce, previous, body: coverage };
  }

  #madeUpHead(constants: string, atLeast: number): JournalHead {
    const epoch = { stamp: Math.max(this.clock.now() * 1_000, atLeast), nonce: 0 };
    const incarnation = 'made-up';
    const body = { kind: 'genesis' } as const;
    const record = { ...epoch, epoch, previous: null, incarnation, constants, body };
    return { record, incarnation };
  }
}

/** The answer, unless the signal fires before: then a rejection. */
async function untilClosed<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  let end = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    end = () => reject(new CacheError('CLOSED', 'Polling was stopped.'));
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([answer, closed]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
