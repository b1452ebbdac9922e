import {
  describeWithReplicaPair,
  startProxy,
  type FaultProxy,
  type ReplicaPair,
} from '@vitalcache/testing';

import { admin, breakReplication, leap, mendReplication } from './admin.js';
import { declareFaults } from './describe-faults.js';
import type { FaultScenario } from './under-load.js';

const HOUR_US = 3_600_000_000;

/** A pair whose clients reach whichever server an operator points them to. */
interface Pair extends ReplicaPair {
  readonly proxy: FaultProxy;
}

async function switchOver({ replica, proxy, promote }: Pair): Promise<void> {
  await promote(replica);
  proxy.target({ port: replica.port });
  proxy.cut();
}

async function restore({ primary, replica, proxy, inSync }: Pair): Promise<void> {
  await mendReplication(primary.url);
  await admin(replica.url, 'REPLICAOF', primary.host, primary.port);
  proxy.target({ port: primary.port });
  proxy.cut();
  await inSync();
}

const scenario = (fault: FaultScenario<Pair>['fault']): FaultScenario<Pair> => ({
  redis: ({ proxy: { host, port } }) => ({ host, port }),
  restore,
  fault,
  expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
});

describeWithReplicaPair('a replica that is promoted', (pair) => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startProxy({ port: pair().primary.port });
  });
  afterAll(() => proxy.close());

  declareFaults((): Pair => ({ ...pair(), proxy }), {
    'and has everything': scenario(async ({ store }) => {
      await store.inSync();
      await switchOver(store);
    }),
    'and lacks the last records': scenario(async ({ store, last }) => {
      await breakReplication(store.primary.url);
      await last(600);
      await switchOver(store);
    }),
    'and has records that are ahead of its clock': scenario(async ({ store, journal, last }) => {
      await leap(store.primary.url, journal, HOUR_US);
      await store.inSync();
      await last(300);
      await switchOver(store);
    }),
    'and lacks the last records, which are ahead of its clock': scenario(
      async ({ store, journal, last }) => {
        await breakReplication(store.primary.url);
        await leap(store.primary.url, journal, HOUR_US);
        await last(600);
        await switchOver(store);
      },
    ),
  });
});
