import {
  describeWithCluster,
  describeWithRedis,
  describeWithReplicaPair,
  describeWithSentinels,
  describeWithStore,
  startStore,
  type TestStore,
} from '@vitalcache/testing';

import { describeWholeContract } from './support/whole-contract.js';

const SHARDS = 3;

describeWithRedis('one Redis', (store, abilities) => {
  describeWholeContract('RedisCacheProvider', {
    connect: () => ({ url: store().url }),
    prefix: () => store().prefix,
    rounds: 10_000,
    restart: abilities.includes('restart')
      ? async () => void (await store().restart?.({ keepData: true }))
      : undefined,
  });
});

describeWithStore('valkey', 'one Valkey', (store) => {
  describeWholeContract('RedisCacheProvider', {
    connect: () => ({ url: store().url }),
    prefix: () => store().prefix,
  });
});

describeWithReplicaPair('Redis with a replica that answers reads', (pair) => {
  describeWholeContract('RedisCacheProvider', {
    connect: () => ({ host: pair().primary.host, port: pair().primary.port }),
    prefix: () => 'pair',
  });
});

describeWithSentinels('Redis behind Sentinels', (trio) => {
  describeWholeContract('RedisCacheProvider', {
    connect: () => ({ sentinels: { nodes: trio().sentinels, name: trio().name } }),
    prefix: () => 'trio',
  });
});

describeWithCluster('Redis Cluster', (cluster) => {
  describeWholeContract('RedisCacheProvider', {
    connect: () => ({ clusterNodes: cluster().nodes }),
    prefix: () => 'cluster',
  });
});

describeWithRedis('Redis in shards', (store) => {
  const others: TestStore[] = [];
  beforeAll(async () => {
    while (others.length < SHARDS - 1) others.push(await startStore('redis'));
  });
  afterAll(() => Promise.all(others.map((other) => other.stop())));

  describeWholeContract('RedisCacheProvider', {
    connect: () => ({
      shards: [store(), ...others].map(({ url }, i) => {
        const { hostname, port } = new URL(url);
        return { host: hostname, port: Number(port), name: `shard-${i}`, weight: i + 1 };
      }),
    }),
    prefix: () => store().prefix,
  });
});
