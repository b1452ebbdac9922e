import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithCluster, type TestCluster } from '@vitalcache/testing';

import { declareFaults } from './describe-faults.js';
import type { WorkerPlan } from './fault-plan.js';

const redis = ({ nodes }: TestCluster): WorkerPlan['redis'] => ({ clusterNodes: nodes });

/** Where an entry of the journal's namespace is stored. */
function entryKey(journal: string, key: string): string {
  const namespace = journal.replace(/.*\{(.+)\}.*/, '$1');
  return `vc:${namespace}:e:{${key}}`;
}

async function restore(cluster: TestCluster): Promise<void> {
  for (const member of cluster.members) if (!member.isServing) await member.start();
  await cluster.settled();
}

describeWithCluster('a cluster', (cluster) => {
  declareFaults(cluster, {
    'whose journal moves to a replica in order': {
      redis,
      restore,
      fault: async ({ store, journal, rounds }) => {
        for (let n = 0; n < rounds; n++) {
          const [replica] = await store.replicasOf(await store.nodeOf(journal));
          if (replica) await store.failover(replica);
          // Primaries don't vote for the same group of nodes again so soon.
          if (n + 1 < rounds) await sleep(4_000);
        }
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'whose primary of the journal is killed': {
      redis,
      restore,
      fault: async ({ store, journal, rounds }) => {
        for (let n = 0; n < rounds; n++) {
          await (await store.nodeOf(journal)).kill();
          await store.settled();
          if (n + 1 < rounds) await restore(store);
        }
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'that migrates slots of entries, and that of the journal': {
      redis,
      restore,
      fault: async ({ store, journal, rounds }) => {
        const primaries = await store.primaries();
        const entries = ['item:g0:k0', 'item:g1:k1'].map((key) => entryKey(journal, key));
        for (let n = 0; n < rounds; n++) {
          for (const key of [...entries, journal]) {
            const from = await store.nodeOf(key);
            const to = primaries.find(({ port }) => port !== from.port);
            if (to) await store.migrateSlot(await store.slotOf(key), to.port);
          }
        }
      },
    },
  });
});
