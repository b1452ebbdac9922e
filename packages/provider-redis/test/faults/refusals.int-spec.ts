import { admin, openAdmin } from './admin.js';
import { describeFaults, type FaultStore } from './describe-faults.js';

const USER = { username: 'app', password: 'right' };
const asApp = ({ url }: FaultStore): { url: string } & typeof USER => ({ url, ...USER });
const setUser = ({ url }: FaultStore, ...rules: string[]): Promise<unknown> =>
  admin(url, 'ACL', 'SETUSER', 'app', ...rules);
const allowApp = (store: FaultStore): Promise<unknown> =>
  setUser(store, 'reset', 'on', '>right', '~*', '&*', '+@all');
const configure = ({ url }: FaultStore, ...pairs: (string | number)[]): Promise<unknown> =>
  admin(url, 'CONFIG', 'SET', ...pairs);

/** Changes one byte of each entry. */
const SPOIL = `
  for _, key in ipairs(redis.call('KEYS', '*:e:*')) do
    local length = redis.call('STRLEN', key)
    if length > 0 then redis.call('SETRANGE', key, math.random(length) - 1, string.char(math.random(256) - 1)) end
  end`;

describeFaults('a server that refuses', {
  'to store, because it is full and evicts nothing': {
    fault: async ({ store, last }) => {
      await configure(store, 'maxmemory', 1);
      await last(1_200);
      await configure(store, 'maxmemory', 0);
    },
    restore: (store) => configure(store, 'maxmemory', 0),
    expects: ({ queued, hasNewEpoch }) => {
      expect(queued).toBeGreaterThan(0);
      expect(hasNewEpoch).toBe(false);
    },
  },
  'to be written, because it has become a replica': {
    fault: async ({ store, last }) => {
      await admin(store.url, 'REPLICAOF', '127.0.0.1', 1);
      await last(1_200);
      await admin(store.url, 'REPLICAOF', 'NO', 'ONE');
    },
    restore: ({ url }) => admin(url, 'REPLICAOF', 'NO', 'ONE'),
    expects: ({ queued }) => expect(queued).toBeGreaterThan(0),
  },
  'everything, because its primary is down': {
    fault: async ({ store, last }) => {
      await configure(store, 'replica-serve-stale-data', 'no');
      await admin(store.url, 'REPLICAOF', '127.0.0.1', 1);
      await last(1_200);
      await admin(store.url, 'REPLICAOF', 'NO', 'ONE');
    },
    restore: async (store) => {
      await admin(store.url, 'REPLICAOF', 'NO', 'ONE');
      await configure(store, 'replica-serve-stale-data', 'yes');
    },
    expects: ({ queued }) => expect(queued).toBeGreaterThan(0),
  },
  'a password that was right': {
    prepare: allowApp,
    redis: asApp,
    fault: async ({ store, last }) => {
      await setUser(store, 'resetpass', '>other');
      await admin(store.url, 'CLIENT', 'KILL', 'USER', 'app');
      await last(1_200);
      await allowApp(store);
    },
    expects: ({ queued }) => expect(queued).toBeGreaterThan(0),
  },
  'one command after the other': {
    prepare: allowApp,
    redis: asApp,
    fault: async ({ store, last }) => {
      for (const command of ['evalsha', 'xread', 'xrevrange', 'mget', 'get', 'info', 'set']) {
        await setUser(store, `-${command}`);
        await last(350);
        await setUser(store, `+${command}`);
      }
    },
    restore: allowApp,
  },
  'more connections': {
    fault: async ({ store, last }) => {
      const connection = await openAdmin(store.url);
      await connection.run('CONFIG', 'SET', 'maxclients', 1);
      await connection.run('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await last(1_200);
      await connection.run('CONFIG', 'SET', 'maxclients', 10_000);
      connection.close();
    },
    expects: ({ queued }) => expect(queued).toBeGreaterThan(0),
  },
  'scripts, because it forgets them again and again': {
    fault: async ({ store, last }) => {
      for (let n = 0; n < 20; n++) {
        await admin(store.url, 'SCRIPT', 'FLUSH');
        await last(30);
      }
    },
    expects: ({ recorded, queued, hasNewEpoch }) => {
      expect(queued).toBeLessThan(recorded / 10);
      expect(hasNewEpoch).toBe(false);
    },
  },
  'nothing, but holds entries that somebody spoils': {
    fault: async ({ store, last }) => {
      for (let n = 0; n < 20; n++) {
        await admin(store.url, 'EVAL', SPOIL, 0);
        await last(50);
      }
    },
  },
  'nothing, and holds values of 10 MB': {
    load: { clients: 2, keys: 4, valueBytes: 10_000_000, thinkMs: 30, ttlMs: 3_000 },
    // What takes a processor to move a gigabyte is no fault: no more processes, and time enough.
    workers: 2,
    redis: ({ url }) => ({ url, commandTimeoutMs: 3_000 }),
    cache: { readBudgetMs: 1_000, invalidationDeadlineMs: 3_000 },
    bounds: { readMs: 20_000, invalidationMs: 20_000 },
    fault: async ({ store, last }) => {
      await last(1_000);
      await admin(store.url, 'FLUSHALL');
    },
  },
});
