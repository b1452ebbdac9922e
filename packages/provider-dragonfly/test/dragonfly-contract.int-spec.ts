import { journalKey } from '@vitalcache/provider-redis';
import {
  describeProviderSuites,
  describeWithStore,
  type OpenedProvider,
  type StoreTests,
} from '@vitalcache/testing';

import {
  DragonflyCacheProvider,
  DragonflyService,
  type DragonflyServiceOptions,
} from '../src/index.js';

function open(options: DragonflyServiceOptions): OpenedProvider {
  const service = new DragonflyService(options);
  return {
    provider: new DragonflyCacheProvider(service),
    wipe: async (namespace) => {
      const key = journalKey(namespace);
      await service.runAtHome(key, (client) => client.del(key));
    },
    trim: async (namespace, keep) => {
      const key = journalKey(namespace);
      await service.runAtHome(key, (client) => client.xtrim(key, 'MAXLEN', '~', keep));
    },
  };
}

/** Every suite, on what `connect` makes of the store's URL. */
const suites =
  (connect: (url: URL) => DragonflyServiceOptions): StoreTests =>
  (store, abilities) =>
    describeProviderSuites('DragonflyCacheProvider', {
      open: () => open(connect(new URL(store().url))),
      prefix: () => store().prefix,
      lacks: ['tagIndex'],
      restart: abilities.includes('restart')
        ? async () => void (await store().restart?.({ keepData: true }))
        : undefined,
    });

const plainly = suites(({ href }) => ({ url: href }));
const asCluster = suites(({ hostname, port }) => ({
  clusterNodes: [{ host: hostname, port: Number(port) }],
}));
const emulated = { clusterMode: 'emulated' } as const;

describeWithStore('dragonfly', 'one Dragonfly', plainly);
describeWithStore('dragonfly', 'a Dragonfly that emulates a cluster', plainly, emulated);
describeWithStore('dragonfly', 'the same, taken for a cluster', asCluster, emulated);
