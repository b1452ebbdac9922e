import {
  describeCacheProvider,
  describeInvalidationRace,
  describeJournalLog,
  FakeClock,
} from '@vitalcache/testing';

import { MemoryCacheProvider } from '../src/index.js';

describeCacheProvider(
  'MemoryCacheProvider',
  () => {
    const clock = new FakeClock();
    const provider = new MemoryCacheProvider({ maxBytes: 64 * 2 ** 20, now: clock.now });
    return { provider, prefix: 'contract', advance: (ms) => clock.advance(ms) };
  },
  { lacks: ['tagIndex', 'fencedBatch', 'partitions', 'tuning'] },
);

describeJournalLog(
  'journal of MemoryCacheProvider',
  () => {
    const provider = new MemoryCacheProvider();
    const log = provider.journal('contract');
    return { logs: [log, log], release: () => provider.close() };
  },
  { lacks: ['poll', 'wipe', 'trim', 'restart'] },
);

const shared = new MemoryCacheProvider();
describeInvalidationRace('MemoryCacheProvider', { open: () => shared });
