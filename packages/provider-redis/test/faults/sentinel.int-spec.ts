import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithSentinels, type Sentinels } from '@vitalcache/testing';

import { breakReplication } from './admin.js';
import { declareFaults } from './describe-faults.js';
import type { WorkerPlan } from './fault-plan.js';

const redis = ({ sentinels, name }: Sentinels): WorkerPlan['redis'] => ({
  sentinels: { nodes: sentinels.map(({ host, port }) => ({ host, port })), name },
});

/** Everything up, and in its place. */
async function restore(trio: Sentinels): Promise<void> {
  for (const node of trio.nodes) if (!node.isServing) await node.start();
  await trio.settled();
}

describeWithSentinels('sentinels', (trio) => {
  declareFaults(trio, {
    'that are ordered to fail over': {
      redis,
      restore,
      fault: async ({ store, rounds }) => {
        for (let n = 0; n < rounds; n++) await store.failover();
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'that replace a primary which is killed': {
      redis,
      restore,
      fault: async ({ store, rounds }) => {
        for (let n = 0; n < rounds; n++) {
          await (await store.primary()).kill();
          await store.settled();
          if (n + 1 < rounds) await restore(store);
        }
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'that promote a replica which lacks the last records': {
      redis,
      restore,
      fault: async ({ store, rounds }) => {
        for (let n = 0; n < rounds; n++) {
          const primary = await store.primary();
          await breakReplication(primary.url);
          await sleep(600);
          await primary.kill();
          await store.settled();
          if (n + 1 < rounds) await restore(store);
        }
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
    'that replace a primary which hangs, and goes on later': {
      redis,
      restore,
      fault: async ({ store }) => {
        const primary = await store.primary();
        await primary.pause();
        await store.settled();
        await primary.resume();
        await store.settled();
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
  });
});
