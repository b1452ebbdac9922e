import { describeWithRedis, startProxy, type FaultProxy } from '@vitalcache/testing';

import { declareFaults } from './describe-faults.js';

describeWithRedis('a network', (store) => {
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startProxy({ port: Number(new URL(store().url).port) });
  });
  afterEach(() => proxy.heal());
  afterAll(() => proxy.close());

  const redis = ({ host, port }: FaultProxy): { host: string; port: number } => ({ host, port });

  declareFaults(() => proxy, {
    'that passes nothing on open connections, that of the journal among them': {
      redis,
      fault: async ({ store: network, last }) => {
        network.stall();
        await last(1_500);
      },
    },
    'that passes no answers at all for a while': {
      redis,
      fault: async ({ store: network, last }) => {
        network.stallReplies({ new: true });
        await last(1_500);
        await network.heal();
      },
      expects: ({ queued }) => expect(queued).toBeGreaterThan(0),
    },
    'that is cut again and again': {
      redis,
      fault: async ({ store: network, last }) => {
        for (let n = 0; n < 10; n++) {
          network.cut();
          await last(100);
        }
      },
    },
    'that is slower than the budget of a read': {
      redis,
      fault: async ({ store: network, last }) => {
        network.delay(200);
        await last(1_500);
        await network.heal();
      },
    },
  });
});
