import type { InProcessJournalLog } from '../../src/journal/in-process-journal.log.js';
import type { Coverage } from '../../src/journal/journal-record.js';
import type { IJournalLog, JournalSlice } from '../../src/journal/journal-log.js';

/**
 * A journal as another process would see it: the same records, but only what was polled. Polls answer when the test
 * says so.
 */
export function polledLog(
  log: InProcessJournalLog,
): IJournalLog & { deliver(): void; isCut: boolean } {
  let wake: (() => void) | null = null;
  const assertReachable = (): void => {
    if (view.isCut) throw new Error('unreachable');
  };
  const view = {
    isCut: false,
    deliver: (): void => wake?.(),
    open: async (...args: Parameters<IJournalLog['open']>) => {
      assertReachable();
      return log.open(...args);
    },
    append: async (coverage: Coverage, nonce: number) => {
      assertReachable();
      return log.append(coverage, nonce);
    },
    read: async (...args: Parameters<IJournalLog['read']>) => {
      assertReachable();
      return log.read(...args);
    },
    readBackwards: async (...args: Parameters<IJournalLog['readBackwards']>) => {
      assertReachable();
      return log.readBackwards(...args);
    },
    advanceEpoch: async (...args: Parameters<IJournalLog['advanceEpoch']>) => {
      assertReachable();
      return log.advanceEpoch(...args);
    },
    poll: async (after: number, limit: number): Promise<JournalSlice> => {
      await new Promise<void>((resolve) => (wake = resolve));
      assertReachable();
      return log.read(after, limit);
    },
    stopPolling: async (): Promise<void> => {
      view.isCut = true;
      wake?.();
    },
  };
  return view;
}
