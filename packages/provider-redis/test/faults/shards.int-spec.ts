import {
  describeWithRedis,
  startProxy,
  startRedis,
  type FaultProxy,
  type TestStore,
} from '@vitalcache/testing';

import { declareFaults, type FaultStore } from './describe-faults.js';
import type { WorkerPlan } from './fault-plan.js';

/** Stores that share the keys; the journal is on the first, and reached through a proxy. */
interface Shards {
  readonly home: FaultStore;
  readonly others: readonly FaultStore[];
  readonly proxy: FaultProxy;
}

const portOf = ({ url }: TestStore): number => Number(new URL(url).port);

const redis = ({ others, proxy }: Shards): WorkerPlan['redis'] => ({
  shards: [
    { name: 'home', host: proxy.host, port: proxy.port },
    ...others.map((store, n) => ({ name: `shard-${n}`, host: '127.0.0.1', port: portOf(store) })),
  ],
  journal: 'home',
});

const restore = ({ proxy }: Shards): Promise<void> => proxy.heal();

describeWithRedis(
  'shards',
  (home) => {
    let others: FaultStore[];
    let proxy: FaultProxy;
    beforeAll(async () => {
      others = (await Promise.all([startRedis(), startRedis()])) as FaultStore[];
      proxy = await startProxy({ port: portOf(home()) });
    });
    afterAll(async () => {
      await proxy.close();
      await Promise.all(others.map((store) => store.stop()));
    });

    declareFaults((): Shards => ({ home: home() as FaultStore, others, proxy }), {
      'whose journal is on a half-open connection': {
        redis,
        restore,
        fault: async ({ store, last }) => {
          store.proxy.stall();
          await last(1_500);
        },
        expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(false),
      },
      'whose store of the journal is gone for a while, and comes back empty': {
        redis,
        restore,
        fault: async ({ store, last }) => {
          await store.home.kill();
          await last(2_500);
          await store.home.start({ keepData: false });
        },
        expects: ({ queued, hasNewEpoch }) => {
          expect(queued).toBeGreaterThan(0);
          expect(hasNewEpoch).toBe(true);
        },
      },
      'one of which comes back empty': {
        redis,
        restore,
        fault: async ({ store, last }) => {
          await store.others[0]?.kill();
          await last(1_000);
          await store.others[0]?.start({ keepData: false });
        },
        expects: ({ recorded, queued, hasNewEpoch }) => {
          expect(queued).toBeLessThan(recorded / 10);
          expect(hasNewEpoch).toBe(false);
        },
      },
      'one of which is gone for good': {
        redis,
        restore,
        fault: async ({ store }) => store.others[1]?.kill(),
        expects: ({ recorded, queued, hasNewEpoch }) => {
          expect(queued).toBeLessThan(recorded / 10);
          expect(hasNewEpoch).toBe(false);
        },
      },
    });
  },
  { needs: ['restart', 'kill', 'pause', 'snapshot'] },
);
