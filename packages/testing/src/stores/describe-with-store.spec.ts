import { outcomeOf } from '../../test/collecting-runner.js';
import { Paths } from '../../test/path-with.js';
import { describeWithCluster } from './cluster.js';
import {
  describeWithRedis,
  describeWithStore,
  type DescribeWithRedisOptions,
} from './describe-with-store.js';
import { describeWithReplicaPair } from './replica-pair.js';
import { describeWithSentinels } from './sentinels.js';
import { NO_REDIS } from './start-store.js';
import type { StoreProduct } from './test-store.js';

const paths = new Paths();
afterAll(() => paths.remove());

const body = (): void => undefined;

describe('describeWithRedis', () => {
  const declare = (options: DescribeWithRedisOptions) => () =>
    describeWithRedis('suite', body, options);

  it('skips, with the reason, where there is no way to a Redis', async () => {
    const { skipped } = await outcomeOf(declare({ env: paths.with() }));
    expect(skipped).toEqual([`suite (skipped: ${NO_REDIS})`]);
  });

  it('throws instead when CI is set', async () => {
    const env = { ...paths.with(), CI: '1' };
    await expect(outcomeOf(declare({ env }))).rejects.toThrow(/CI is set/);
  });

  it('skips what the only store is not able to do, also when CI is set', async () => {
    const env = { VITALCACHE_TEST_REDIS_URL: 'redis://x', CI: '1' };
    const { skipped } = await outcomeOf(declare({ env, needs: ['restart', 'pause'] }));
    expect(skipped).toEqual(["suite (skipped: a Redis from address can't restart or pause)"]);
  });

  it('takes arguments for a need', async () => {
    const env = { VITALCACHE_TEST_REDIS_URL: 'redis://x' };
    const { skipped } = await outcomeOf(declare({ env, args: ['--appendonly', 'yes'] }));
    expect(skipped).toEqual(["suite (skipped: a Redis from address can't configure)"]);
  });
});

describe('describeWithStore', () => {
  it.each([
    ['valkey', 'Valkey', 'VALKEY', 'valkey-server'],
    ['dragonfly', 'Dragonfly', 'DRAGONFLY', 'dragonfly'],
  ] as const)(
    'skips %s with the reason, also when CI is set',
    async (product, label, name, binary) => {
      const env = { ...paths.with('redis-server'), CI: '1' };
      const { skipped } = await outcomeOf(() => describeWithStore(product, 'suite', body, { env }));
      const help = `set VITALCACHE_TEST_${name}_URL, start Docker, or put ${binary} on the PATH`;
      expect(skipped).toEqual([`suite (skipped: no ${label}: ${help})`]);
    },
  );

  it('skips the emulated cluster mode at an address', async () => {
    const env = { VITALCACHE_TEST_DRAGONFLY_URL: 'redis://x' };
    const options = { env, clusterMode: 'emulated' } as const;
    const { skipped } = await outcomeOf(() =>
      describeWithStore('dragonfly', 'suite', body, options),
    );
    expect(skipped).toEqual(["suite (skipped: a Dragonfly from address can't configure)"]);
  });
});

describe.each([
  ['describeWithReplicaPair', describeWithReplicaPair],
  ['describeWithSentinels', describeWithSentinels],
  ['describeWithCluster', describeWithCluster],
])('%s', (_, describeWithTopology) => {
  const skippedWith = async (env: NodeJS.ProcessEnv, product?: StoreProduct) =>
    (await outcomeOf(() => describeWithTopology('suite', body, { env, product } as object)))
      .skipped;
  const REASON =
    'no servers of Redis: put redis-server or valkey-server on the PATH, or start Docker';

  it('skips, with the reason, where no server can be started', async () => {
    expect(await skippedWith(paths.with())).toEqual([`suite (skipped: ${REASON})`]);
  });

  it('throws when CI is set, unless there is an address or the servers are not of Redis', async () => {
    const env = { ...paths.with(), CI: '1' };
    await expect(skippedWith(env)).rejects.toThrow(/CI is set/);
    const given = { ...env, VITALCACHE_TEST_REDIS_URL: 'redis://x' };
    expect(await skippedWith(given)).toEqual([`suite (skipped: ${REASON})`]);
    expect(await skippedWith(env, 'valkey')).toHaveLength(1);
  });
});
