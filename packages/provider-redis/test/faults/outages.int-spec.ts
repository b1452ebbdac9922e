import { describeFaults } from './describe-faults.js';

describeFaults('a server that is away', ['restart', 'pause'], {
  'killed and restarted empty': {
    fault: ({ store }) => Promise.resolve(store.restart?.()),
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'killed and restarted with its data': {
    fault: ({ store }) => Promise.resolve(store.restart?.({ keepData: true })),
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'paused for longer than every timeout': {
    fault: async ({ store, last }) => {
      store.pause?.();
      await last(3_000);
      store.resume?.();
    },
    expects: ({ queued, hasNewEpoch }) => {
      expect(queued).toBeGreaterThan(0);
      expect(hasNewEpoch).toBe(false);
    },
  },
});
