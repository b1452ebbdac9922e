import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { SealTerms } from '@vitalcache/core';
import {
  describeWithRedis,
  startStore,
  until,
  type OwnedStore,
  type TestStore,
} from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { ownersOf } from '../src/keys/key-owner.js';
import type { ShredReceipt } from '../src/keys/shred-receipt.js';
import { RedisKeyStore } from '../src/keys/stores/redis-key.store.js';
import { KeyWorld, PAYLOAD, terms, type KeyProcess } from './support/key-world.js';

const FORGETFUL = ['--save', '', '--appendonly', 'no'];
const PATIENTS = ['patient:1', 'patient:2', 'patient:3'];

/** Values in one Redis that saves to disk in both ways, keys in another one that saves nothing. */
describeWithRedis(
  'copies of a store from before a shred',
  (store) => {
    let keyServer: TestStore;
    let world: KeyWorld;
    let keys: RedisKeyStore;
    let client: Redis;
    const owned = (): OwnedStore => store() as OwnedStore;

    beforeAll(async () => {
      keyServer = await startStore('redis', { args: FORGETFUL });
    });
    afterAll(() => keyServer.stop());
    beforeEach(async () => {
      await keyServer.flush();
      await store().flush();
      client = new Redis(store().url);
      keys = await RedisKeyStore.connect(keyServer.url);
      world = new KeyWorld({ store: keys });
      world.clock.advance(Date.now() - world.clock.now()); // servers have clocks of their own
    });
    afterEach(async () => {
      client.disconnect();
      await keys.close();
    });

    const of = (subject: string): SealTerms => terms({ level: 'restricted', subject });

    async function store3(one: KeyProcess): Promise<void> {
      for (const subject of PATIENTS) {
        await client.set(subject, await world.sealed(one, of(subject)));
      }
    }

    /** Whose data can be read from what is in the store, by a process that has just started. */
    async function readable(): Promise<string[]> {
      const fresh = await world.process();
      const found: string[] = [];
      for (const subject of PATIENTS) {
        const bytes = await client.getBuffer(subject);
        const opened = bytes && (await world.opened(fresh, bytes, of(subject)));
        if (opened?.equals(PAYLOAD)) found.push(subject);
      }
      return found;
    }

    it('hold nothing that can be read, once the keys of the tenant are destroyed', async () => {
      const one = await world.process();
      await store3(one);
      const snapshot = await owned().snapshot();
      expect(await readable()).toEqual(PATIENTS);
      expect(await destroyTenant(one)).toMatchObject({ shredded: true });
      await owned().restore(snapshot);
      client = await again(client);
      expect(await client.dbsize()).toBe(3);
      expect(await readable()).toEqual([]);
    });

    it('hold nothing of a patient whose own keys are destroyed, and all of the others', async () => {
      const one = await world.process();
      await store3(one);
      const snapshot = await owned().snapshot();
      await destroyPatient2(one);
      await client.del('patient:2');
      await owned().restore(snapshot);
      client = await again(client);
      expect(await client.exists('patient:2')).toBe(1);
      expect(await readable()).toEqual(['patient:1', 'patient:3']);
    });

    it('hold nothing that can be read in their append-only file either', async () => {
      await client.config('SET', 'appendfsync', 'always'); // or it may write later, on a busy disk
      await client.config('SET', 'appendonly', 'yes');
      await until('all goes to the file', async () =>
        /aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0/.test(
          await client.info('persistence'),
        ),
      );
      const one = await world.process();
      await store3(one);
      await client.del(...PATIENTS); // which leaves the values in the file
      const [, folder] = (await client.config('GET', 'dir')) as [string, string];
      const files = join(folder, 'appendonlydir');
      const bytes = Buffer.concat(
        readdirSync(files).map((name) => readFileSync(join(files, name))),
      );
      expect(bytes.includes(PAYLOAD)).toBe(false);
      const sealed: Buffer[] = [];
      const start = Buffer.from('PC\x01\x01');
      for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 1)) {
        sealed.push(bytes.subarray(at, at + 108 + 256));
      }
      const opened = async (): Promise<(Buffer | null)[]> => {
        const fresh = await world.process();
        return Promise.all(
          sealed.map((each, index) => world.opened(fresh, each, of(PATIENTS[index] as string))),
        );
      };
      expect(await opened()).toEqual([PAYLOAD, PAYLOAD, PAYLOAD]);
      await destroyTenant(one);
      expect(await opened()).toEqual([null, null, null]);
      await client.config('SET', 'appendonly', 'no');
    });

    it('cost misses, nothing else, when it is the keys that are lost', async () => {
      const one = await world.process();
      await store3(one);
      await keyServer.flush();
      expect(await readable()).toEqual([]);
      const fresh = await world.process();
      await client.set('patient:1', await world.sealed(fresh, of('patient:1')));
      expect(await readable()).toEqual(['patient:1']);
    });

    it('leave no key in the files of a key server that saves nothing', async () => {
      const one = await world.process();
      await store3(one);
      const admin = new Redis(keyServer.url);
      const [, folder] = (await admin.config('GET', 'dir')) as [string, string];
      await admin.quit();
      const saved = readdirSync(folder).filter((name) => /rdb|aof|appendonly/.test(name));
      expect(saved).toEqual([]);
    });
  },
  { needs: ['snapshot', 'restart', 'configure'] },
);

function destroyTenant({ keys, names }: KeyProcess): Promise<ShredReceipt> {
  return keys.shredder.destroyTenant(ownersOf(names, 'a', null));
}

function destroyPatient2({ keys, names }: KeyProcess): Promise<ShredReceipt> {
  return keys.shredder.destroySubject(ownersOf(names, 'a', 'patient:2'));
}

async function again(client: Redis): Promise<Redis> {
  const { host, port } = client.options as { host: string; port: number };
  client.disconnect();
  return new Redis({ host, port });
}
