import {
  describeCacheProvider,
  describeInvalidationRace,
  describeJournalLog,
  type JournalHarness,
} from '@vitalcache/testing';

import {
  journalKey,
  RedisCacheProvider,
  RedisService,
  type RedisServiceOptions,
} from '../../src/index.js';

export interface WholeContractOptions {
  /** How a provider reaches the stores; called when they run. */
  readonly connect: () => RedisServiceOptions;
  /** Begins every key and namespace. */
  readonly prefix: () => string;
  /** How often the quick race is run; 500 if absent. */
  readonly rounds?: number;
  /** Restarts the journal's store with its data, if it can be. */
  readonly restart?: (() => Promise<void>) | undefined;
}

/** Every suite that a provider must pass: bytes, journal, races. */
export function describeWholeContract(
  name: string,
  { connect, prefix, rounds = 500, restart }: WholeContractOptions,
): void {
  const open = (
    more: RedisServiceOptions = {},
  ): { provider: RedisCacheProvider; service: RedisService } => {
    const service = new RedisService({ ...connect(), ...more });
    return { service, provider: new RedisCacheProvider(service) };
  };

  // What a replica answers may be of a moment ago, which only the whole cache can judge.
  const exact = { readsReplicas: false };
  describeCacheProvider(name, () => ({ provider: open(exact).provider, prefix: prefix() }), {
    lacks: ['tagIndex'],
  });

  let count = 0;
  const makeJournal = (): JournalHarness => {
    const namespace = `${prefix()}-journal-${++count}`;
    const [one, two] = [open(), open()];
    const key = journalKey(namespace);
    return {
      logs: [one.provider.journal(namespace), two.provider.journal(namespace)],
      wipe: () => one.service.runAtHome(key, async (client) => void (await client.del(key))),
      trim: (keep) =>
        one.service.runAtHome(
          key,
          async (client) => void (await client.xtrim(key, 'MAXLEN', '~', keep)),
        ),
      ...(restart && { restart }),
      release: async () => {
        await Promise.all([one.provider.close(), two.provider.close()]);
      },
    };
  };
  describeJournalLog(name, makeJournal, {
    lacks: restart ? ['onAppend'] : ['onAppend', 'restart'],
  });

  describeInvalidationRace(name, { open: () => open().provider, rounds });
}
