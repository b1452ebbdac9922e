import { until } from '@vitalcache/testing';

import { admin } from './admin.js';
import { describeFaults } from './describe-faults.js';

describeFaults('a server that is away', {
  'killed and started again empty': {
    fault: async ({ store, last }) => {
      await store.kill();
      await last(700);
      await store.start({ keepData: false });
    },
    expects: ({ hasNewEpoch, log }) => {
      expect(hasNewEpoch).toBe(true);
      expect(log.join()).toMatch(/cannot be reached.*answers again/s);
    },
  },
  'killed, and started again with what it had saved a moment before': {
    fault: async ({ store, last }) => {
      await admin(store.url, 'SAVE');
      await last(100);
      await store.kill();
      await last(100);
      await store.start();
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'started again from an old snapshot, twice': {
    fault: async ({ store, last }) => {
      const old = await store.snapshot();
      await last(400);
      await store.restore(old);
      await last(400);
      await store.restore(old);
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'paused for longer than every timeout': {
    fault: async ({ store, last }) => {
      await store.pause();
      await last(2_500);
      await store.resume();
    },
    expects: ({ queued, hasNewEpoch }) => {
      expect(queued).toBeGreaterThan(0);
      expect(hasNewEpoch).toBe(false);
    },
  },
});

// A key takes so long to load that the server is LOADING for about a second.
const SLOW = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];

describeFaults(
  'a server that loads slowly',
  {
    'answers LOADING for a while': {
      prepare: async ({ url }) => {
        for (let n = 0; n < 500; n++) await admin(url, 'SET', `filler:${n}`, 'x'.repeat(1_000));
      },
      fault: async ({ store }) => {
        await admin(store.url, 'SAVE');
        await store.kill();
        const loaded = store.start();
        await until('the server is LOADING', async () => {
          const refusal = await admin(store.url, 'GET', 'any').catch(String);
          return String(refusal).includes('LOADING');
        });
        await loaded;
      },
      expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
    },
  },
  { args: SLOW },
);
