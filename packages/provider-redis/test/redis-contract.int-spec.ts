import {
  describeCacheProvider,
  describeJournalLog,
  describeWithRedis,
  type JournalHarness,
} from '@vitalcache/testing';

import { journalKey, RedisCacheProvider, RedisService } from '../src/index.js';

describeWithRedis('Redis', (store, abilities) => {
  const makeProvider = (): { provider: RedisCacheProvider; service: RedisService } => {
    const service = new RedisService({ url: store().url });
    return { service, provider: new RedisCacheProvider(service) };
  };

  describeCacheProvider(
    'RedisCacheProvider',
    () => ({ provider: makeProvider().provider, prefix: store().prefix }),
    { lacks: ['tagIndex'] },
  );

  const canRestart = abilities.includes('restart');
  let count = 0;
  const makeJournal = (): JournalHarness => {
    const namespace = `${store().prefix}-journal-${++count}`;
    const [one, two] = [makeProvider(), makeProvider()];
    const key = journalKey(namespace);
    return {
      logs: [one.provider.journal(namespace), two.provider.journal(namespace)],
      wipe: async () => void (await one.service.client.del(key)),
      trim: async (keep) => void (await one.service.client.xtrim(key, 'MAXLEN', '~', keep)),
      ...(canRestart && { restart: () => Promise.resolve(store().restart?.({ keepData: true })) }),
      release: async () => {
        await Promise.all([one.provider.close(), two.provider.close()]);
      },
    };
  };
  describeJournalLog('RedisJournalLog', makeJournal, {
    lacks: canRestart ? ['onAppend'] : ['onAppend', 'restart'],
  });
});
