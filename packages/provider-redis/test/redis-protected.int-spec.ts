import { CacheService, type CacheOptions } from '@vitalcache/core';
import {
  CANARY_MARKS,
  CANARY_PATIENT,
  CanarySweep,
  describeWithRedis,
  watchRedis,
  type RedisWatch,
} from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';
import { smallProtection } from './support/small-protection.js';

const { mrn } = CANARY_PATIENT;
const KEY = `patient:${mrn}:chart-of-canary`;
const OPTIONS: CacheOptions = {
  containsPHI: true,
  ttl: 600,
  subject: { patientId: mrn },
  tags: ['tag-of-canary', `doctor:${mrn}`],
  isolation: 'clone',
};

describeWithRedis(
  'protected data on a Redis',
  (store) => {
    let watch: RedisWatch;
    let caches: CacheService[];
    let count = 0;

    beforeEach(async () => {
      watch = await watchRedis(store().url);
      const namespace = `${store().prefix}-${++count}`;
      caches = [1, 2].map(
        () =>
          new CacheService(new RedisCacheProvider(new RedisService({ url: store().url })), {
            namespace,
            plugins: [smallProtection],
          }),
      );
      await Promise.all(caches.map((cache) => cache.start()));
    });
    afterEach(async () => {
      await Promise.all(caches.map((cache) => cache.close()));
      await watch.stop();
    });

    const [one, other] = [() => caches[0] as CacheService, () => caches[1] as CacheService];

    /** What a process gets, with all that follows from it done. */
    const read = async (cache: CacheService, value: unknown): Promise<unknown> => {
      const answer = await cache.cache(KEY, () => value, { ...OPTIONS, consistency: 'strong' });
      await cache.settled();
      return answer;
    };

    async function expectNothingInClear(): Promise<void> {
      const places = watch.places.filter(
        ({ name }) => !['RDB', 'AOF', 'server log'].includes(name),
      );
      const report = await new CanarySweep([
        ...CANARY_MARKS,
        'chart-of-canary',
        'tag-of-canary',
      ]).search(places);
      expect(report).toMatchObject({ findings: [], unread: [] });
      for (const place of ['MONITOR', 'streams', 'keyspace events']) {
        expect(report.searched[place]).toBeGreaterThan(200);
      }
    }

    it.each<[string, (cache: CacheService) => Promise<unknown>]>([
      ['key', (cache) => cache.invalidateCache(KEY)],
      ['several keys', (cache) => cache.batchDelete([KEY, `patient:${mrn}:labs`])],
      ['prefix', (cache) => cache.invalidateCacheByPattern(`patient:${mrn}:*`)],
      ['glob', (cache) => cache.invalidateCacheByPattern(`*${mrn}*canary`)],
      ['tag of the protection', (cache) => cache.invalidateCacheByTag(`patient:${mrn}`)],
      ['own tag', (cache) => cache.invalidateCacheByTag('tag-of-canary')],
      ['clear', (cache) => cache.clear()],
    ])('is covered by %s, and the server sees nothing in clear', async (_, invalidate) => {
      expect(await read(one(), CANARY_PATIENT)).toEqual(CANARY_PATIENT);
      expect(await read(other(), 'another')).toEqual(CANARY_PATIENT);
      expect((await new CanarySweep().search(watch.places)).searched.keys).toBeGreaterThan(100);
      await invalidate(other());
      expect(await read(one(), 'new')).toBe('new');
      expect(await read(other(), 'another')).toBe('new');
      await expectNothingInClear();
    });

    it('is set, updated, compressed and loaded by many with nothing in clear', async () => {
      await one().set(KEY, CANARY_PATIENT, { ...OPTIONS, compress: true });
      expect(await read(other(), 'another')).toEqual(CANARY_PATIENT);
      const change = (previous: object | null) => ({ ...previous, more: CANARY_PATIENT.note });
      expect((await other().update(KEY, change, OPTIONS)).stored).toBe(true);
      expect(await read(one(), 'another')).toMatchObject({
        ...CANARY_PATIENT,
        more: expect.any(String) as string,
      });
      const keys = [1, 2, 3].map((i) => `patient:${mrn}:visit:${i}`);
      const failing = (): Promise<never> => Promise.reject(new Error(CANARY_PATIENT.email));
      await expect(one().cache(`patient:${mrn}:down`, failing, OPTIONS)).rejects.toThrow();
      await other().cacheMany(keys, (missing) => missing.map(() => CANARY_PATIENT), OPTIONS);
      await other().settled();
      const again = await one().cacheMany(keys, () => ['loaded again'], OPTIONS);
      expect(again).toEqual([CANARY_PATIENT, CANARY_PATIENT, CANARY_PATIENT]);
      await one().cache('open', () => 'no secret', { tags: [`doctor:${mrn}`] });
      await one().settled();
      await expectNothingInClear();
    });

    it('is of no use to a process without the secret, which refuses the namespace', async () => {
      await read(one(), CANARY_PATIENT);
      const stranger = new CacheService(
        new RedisCacheProvider(new RedisService({ url: store().url })),
        { namespace: one().namespace },
      );
      await stranger.start();
      expect((await stranger.status()).journal.refusal).toContain('1;test');
      expect(await stranger.get(KEY)).toBeNull();
      await stranger.close();
    });
  },
  { needs: ['restart'] },
);
