import { describeWithCluster, type TestCluster } from '@vitalcache/testing';

import { declareFaults } from './describe-faults.js';
import type { WorkerPlan } from './fault-plan.js';

const redis = ({ nodes }: TestCluster): WorkerPlan['redis'] => ({ clusterNodes: nodes });

async function restore(cluster: TestCluster): Promise<void> {
  for (const member of cluster.members) if (!member.isServing) await member.start();
  await cluster.settled();
}

describeWithCluster('a cluster', (cluster) => {
  declareFaults(cluster, {
    'whose journal moves to a replica in order': {
      redis,
      restore,
      fault: async ({ store, journal }) => {
        const [replica] = await store.replicasOf(await store.nodeOf(journal));
        if (replica) await store.failover(replica);
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'whose primary of the journal is killed': {
      redis,
      restore,
      fault: async ({ store, journal }) => {
        await (await store.nodeOf(journal)).kill();
        await store.settled();
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'that migrates slots of entries, and that of the journal': {
      redis,
      restore,
      fault: async ({ store, journal }) => {
        const primaries = await store.primaries();
        for (const key of ['item:g1:k1', 'item:g2:k2', journal]) {
          const slot = await store.slotOf(key);
          const from = await store.nodeOf(key);
          const to = primaries.find(({ port }) => port !== from.port);
          if (to) await store.migrateSlot(slot, to.port);
        }
      },
    },
  });
});
