import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { describeWithRedis } from '@vitalcache/testing';

import { generateKeyring } from '../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../src/keys/keyring/keyring.js';
import { MemoryKeyStore } from '../src/keys/stores/memory-key.store.js';
import { clinicCache } from './support/clinic-cache.js';

type Clinic = Awaited<ReturnType<typeof clinicCache>>;

describeWithRedis('erasing what several processes store', (store) => {
  const keyring = Keyring.parse(generateKeyring());
  const keyStore = new MemoryKeyStore();
  const open: Clinic[] = [];
  let count = 0;
  let namespace = '';
  beforeEach(() => (namespace = `${store().prefix}-${++count}`));
  afterEach(async () => {
    await Promise.all(open.splice(0).map(({ cache }) => cache.close()));
  });

  const joined = async (): Promise<Clinic> => {
    const provider = new RedisCacheProvider(new RedisService({ url: store().url }));
    const config = { namespace, readBudgetMs: 30_000, invalidationDeadlineMs: 30_000 };
    const clinic = await clinicCache({ keyring, keyStore, provider, config });
    open.push(clinic);
    return clinic;
  };
  const entries = async (): Promise<readonly string[]> => {
    const service = new RedisService({ url: store().url });
    await service.connect();
    const names = await service.client.keys(`vc:${namespace}:e:*`);
    await service.close();
    return names;
  };

  it('removes what was stored again after another process had removed it', async () => {
    const [one, other] = [await joined(), await joined()];
    let loads = 0;
    const read = async (): Promise<void> => {
      await one.as(() => one.cache.cachePatientRecords('7', 'c-1', () => ++loads));
      await one.cache.settled();
    };
    await read();
    await other.as(() => other.cache.invalidatePatientCache('7'));
    while (loads < 2) await read();
    expect(await entries()).toHaveLength(1);
    const { removed } = await other.as(() => other.cache.erasePatient('7'));
    expect({ removed, left: await entries() }).toEqual({ removed: 1, left: [] });
  });

  it('removes what its loader keeps for longer than the call said', async () => {
    const { cache, as, plugin } = await joined();
    await as(() =>
      cache.cachePatientRecords(
        '7',
        'c-1',
        ({ setTtl }) => {
          setTtl(600);
          return 1;
        },
        { ttl: 1 },
      ),
    );
    await cache.settled();
    await plugin.parts.index.settled();
    const service = new RedisService({ url: store().url });
    await service.connect();
    const [entry = ''] = await entries();
    const sets = await service.client.keys(`vc:${namespace}:i*`);
    const times = await Promise.all([entry, ...sets].map((name) => service.client.pttl(name)));
    await service.close();
    expect(sets.length).toBeGreaterThan(3);
    expect(Math.min(...times)).toBe(times[0]);
  });

  it('removes all of a patient of whom very many entries are stored at once', async () => {
    const { cache, as } = await joined();
    const keys = Array.from({ length: 1_500 }, (_, i) => `patient:7:note-${i}`);
    await as(() =>
      cache.cacheMany(keys, (missing) => new Map(missing.map((key) => [key, key])), {
        ttl: 60,
        containsPHI: true,
      }),
    );
    await cache.settled();
    expect(await entries()).toHaveLength(1_500);
    const { removed } = await as(() => cache.erasePatient('7'));
    expect({ removed, left: await entries() }).toEqual({ removed: 1_500, left: [] });
  });
});
