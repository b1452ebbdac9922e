import type { IJournalLog } from '@vitalcache/core';

import { describeJournalLog } from '../../src/contract/journal-log.contract.js';
import { SimulatedJournal } from './simulated-journal.js';

/** The journal of the simulated store, asked without any delay. */
function logOf(journal: SimulatedJournal): IJournalLog {
  return {
    open: async (...args) => journal.open(...args),
    append: async (...args) => journal.append(...args),
    read: async (...args) => journal.read(...args),
    readBackwards: async (...args) => journal.readBackwards(...args),
    advanceEpoch: async (...args) => journal.advanceEpoch(...args),
    onAppend: (listener) => {
      journal.listeners.add(listener);
      return () => journal.listeners.delete(listener);
    },
  };
}

describeJournalLog(
  'the simulated journal',
  () => {
    const journal = new SimulatedJournal(Date.now, Math.random);
    const log = logOf(journal);
    return {
      logs: [log, log],
      wipe: async () => journal.wipe(),
      trim: async (keep) => journal.trim(keep),
      restart: async () => journal.restart(),
      release: () => Promise.resolve(),
    };
  },
  { lacks: ['poll'] },
);
