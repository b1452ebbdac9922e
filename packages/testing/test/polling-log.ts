import { setTimeout as delay } from 'node:timers/promises';

import {
  CacheError,
  InProcessJournalLog,
  type IJournalLog,
  type JournalSlice,
} from '@vitalcache/core';

/** The in-process log, followed by `poll` instead of `onAppend`. */
export class PollingLog extends InProcessJournalLog implements IJournalLog {
  override onAppend = undefined as unknown as InProcessJournalLog['onAppend'];
  #stop = new AbortController();

  async poll(afterStamp: number, limit: number, waitMs: number): Promise<JournalSlice> {
    const endsAt = performance.now() + waitMs;
    const { signal } = this.#stop;
    for (;;) {
      const slice = await this.read(afterStamp, limit);
      if (slice.records.length > 0 || performance.now() >= endsAt) return slice;
      await delay(5);
      if (signal.aborted) throw new CacheError('CLOSED', 'closed');
    }
  }

  async stopPolling(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
  }
}
