import { admin, leap, openAdmin } from './admin.js';
import { describeFaults } from './describe-faults.js';
import { QUICK_CACHE } from './fault-plan.js';

type Entry = readonly [id: string, fields: readonly string[]];

describeFaults('a journal that is lost', {
  'deleted, three times': {
    fault: async ({ store, journal, last }) => {
      for (let n = 0; n < 3; n++) {
        await admin(store.url, 'DEL', journal);
        await last(150);
      }
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'trimmed to nothing': {
    fault: ({ store, journal }) => admin(store.url, 'XTRIM', journal, 'MAXLEN', 0),
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'recreated with lower ids, and records that say they are of the same epoch': {
    fault: async ({ store, journal, last }) => {
      const [[, fields]] = (await admin(store.url, 'XREVRANGE', journal, '+', '-')) as [Entry];
      await recreate(store.url, journal, [['5-0', fields]]);
      await last(300);
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'recreated by a stranger': {
    fault: ({ store, journal }) => recreate(store.url, journal, [['5-0', ['k', 's', 'x', 'y']]]),
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'recreated as it was a while ago': {
    fault: async ({ store, journal, last }) => {
      const early = (await admin(store.url, 'XRANGE', journal, '-', '+', 'COUNT', 500)) as Entry[];
      await last(500);
      await recreate(store.url, journal, early);
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'trimmed past a reader that stands still': {
    fault: async ({ store, journal, fleet, last }) => {
      fleet.workers[0]?.pause();
      await last(200);
      // As if it had stood still for two minutes: of what it missed, nothing is held off any more.
      const oldest = await leap(store.url, journal, 120_000_000);
      await last(200);
      await admin(store.url, 'XTRIM', journal, 'MINID', String(oldest));
      fleet.workers[0]?.resume();
      await last(400);
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(false),
  },
  'evicted, with everything else': {
    fault: async ({ store, last }) => {
      await admin(store.url, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru', 'maxmemory', 1);
      await last(300);
      await admin(store.url, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', 0);
    },
    restore: ({ url }) =>
      admin(url, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', 0),
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'gone with a FLUSHALL, three times': {
    fault: async ({ store, last }) => {
      for (let n = 0; n < 3; n++) {
        await admin(store.url, 'FLUSHALL');
        await last(150);
      }
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(true),
  },
  'not lost, but its server has been an hour ahead': {
    fault: async ({ store, journal, last }) => {
      await leap(store.url, journal, 3_600_000_000);
      await last(500);
    },
  },
  'not lost, but unread by a process that is paused until it must be blind': {
    fault: async ({ fleet, last }) => {
      for (const worker of fleet.workers.slice(0, 2)) {
        worker.pause();
        await last(QUICK_CACHE.blindMaxMs + 300);
        worker.resume();
        await last(200);
      }
    },
    expects: ({ hasNewEpoch }) => expect(hasNewEpoch).toBe(false),
  },
});

/** In one step, so that nobody finds the journal missing. */
async function recreate(url: string, journal: string, entries: readonly Entry[]): Promise<void> {
  const connection = await openAdmin(url);
  try {
    await connection.run('MULTI');
    await connection.run('DEL', journal);
    for (const [id, fields] of entries) await connection.run('XADD', journal, id, ...fields);
    await connection.run('EXEC');
  } finally {
    connection.close();
  }
}
