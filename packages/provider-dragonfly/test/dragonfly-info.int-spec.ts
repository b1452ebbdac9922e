import { describeWithRedis, describeWithStore, until, type TestStore } from '@vitalcache/testing';
import type { Redis } from 'ioredis';

import {
  DragonflyCacheProvider,
  DragonflyService,
  type DragonflyServiceOptions,
} from '../src/index.js';
import { DRAGONFLY_INFO, infoOf, type DragonflyInfo } from './support/dragonfly-info.js';
import { infoRewritingProxy, type InfoRewritingProxy } from './support/info-rewriting.proxy.js';

const PAUSE_MS = 20;

/** A Redis that says of itself what a Dragonfly would say. It is a Redis in all else. */
class DressedRedis {
  said: DragonflyInfo = DRAGONFLY_INFO;
  readonly lines: string[] = [];
  #proxy: InfoRewritingProxy | null = null;
  readonly #opened: DragonflyCacheProvider[] = [];

  constructor(readonly store: () => TestStore) {}

  async open(options: DragonflyServiceOptions = {}) {
    const target = Number(new URL(this.store().url).port);
    this.#proxy ??= await infoRewritingProxy(target, (section) => infoOf(section, this.said));
    const service = new DragonflyService({
      host: '127.0.0.1',
      port: this.#proxy.port,
      retryDelayMs: PAUSE_MS,
      onStateChange: (line) => this.lines.push(line.replace(/127\S+\/0/, 'here')),
      ...options,
    });
    const provider = new DragonflyCacheProvider(service);
    this.#opened.push(provider);
    await provider.connect();
    return { provider, service };
  }

  cut(): void {
    this.#proxy?.cut();
  }

  async release(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((provider) => provider.close()));
    await this.#proxy?.close();
    this.#proxy = null;
    this.said = DRAGONFLY_INFO;
    this.lines.length = 0;
  }
}

/** Connections for commands, as the server counts them. */
async function connectionsOf(client: Redis): Promise<number> {
  const list = String(await client.client('LIST'));
  return list.split('\n').filter((line) => line.includes(' name=vitalcache ')).length;
}

describeWithRedis('a Redis behind a proxy that answers INFO as a Dragonfly does', (store) => {
  const dressed = new DressedRedis(store);
  afterEach(() => dressed.release());

  it.each<[string, DragonflyServiceOptions, number]>([
    ['as many connections as threads', {}, 8],
    ['no more than its pool may have', { poolSize: 3 }, 3],
    ['no more than the process may have', { maxConnections: 5 }, 5],
    ['all of its pool, if it does not scale', { poolSize: 10, tuning: { isScaling: false } }, 10],
  ])('gets %s', async (_, options, count) => {
    const { service } = await dressed.open(options);
    await until('all are open', () => service.pool.open === count);
    expect(await connectionsOf(service.client)).toBe(count);
  });

  it('is described as what it says, in a line at start and whenever that is asked for', async () => {
    const { provider } = await dressed.open();
    expect(await provider.describe()).toEqual([
      expect.objectContaining({
        isReachable: true,
        software: 'dragonfly',
        version: '1.40.1',
        role: 'primary',
        replicas: 0,
        threads: 8,
        clusterMode: 'off',
        evictionPolicy: 'noeviction',
        maxBytes: 536_870_912,
        idleTimeoutSeconds: 0,
        advice: [],
      }),
    ]);
    expect(dressed.lines).toEqual([
      'Dragonfly here: connected',
      'Dragonfly here: dragonfly 1.40.1, 8 threads, cluster mode off, noeviction.',
    ]);
  });

  it('is told what does not suit', async () => {
    dressed.said = { ...DRAGONFLY_INFO, version: '1.9.0', threads: 1 };
    await dressed.open();
    expect(dressed.lines[1]).toMatch(/dragonfly 1\.9\.0, 1 thread, .* is too old\. Use /);
  });

  it('is not used while it loads, which its INFO does not say by itself', async () => {
    dressed.said = { ...DRAGONFLY_INFO, isLoading: true };
    const { provider } = await dressed.open();
    await expect(provider.get('any')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('LOADING'),
    });
    expect(dressed.lines).toEqual(['Dragonfly here: not reachable (LOADING), trying again']);
    dressed.said = DRAGONFLY_INFO;
    await until('it is used', () => dressed.lines.length === 2);
    expect(await provider.get('any')).toBeNull();
  });

  it('takes no record for a journal that another server began', async () => {
    const { provider } = await dressed.open();
    const log = provider.journal(`${store().prefix}-replid`);
    const { record } = await log.open('1;x', 0);
    expect(record.incarnation).toBe(DRAGONFLY_INFO.id.slice(0, 16));
    expect(await log.append({ kind: 'clear' }, 1)).not.toBeNull();
    dressed.said = { ...DRAGONFLY_INFO, id: 'b'.repeat(40) };
    dressed.cut();
    await until('it was lost and is connected again', () => dressed.lines.length === 4);
    expect(await log.append({ kind: 'clear' }, 2)).toBeNull();
  });

  it('that takes keys of two slots at once emulates a cluster', async () => {
    dressed.said = { ...DRAGONFLY_INFO, isCluster: true };
    const { provider } = await dressed.open();
    expect(await provider.describe()).toMatchObject([{ clusterMode: 'emulated' }]);
  });
});

describeWithStore(
  'redis',
  'a node of a Redis Cluster behind that proxy',
  (store) => {
    const dressed = new DressedRedis(store);
    afterEach(() => dressed.release());

    it('is no emulation: it minds the slots', async () => {
      dressed.said = { ...DRAGONFLY_INFO, isCluster: true };
      const { provider, service } = await dressed.open();
      await service.client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await until('it serves', async () =>
        /cluster_state:ok/.test(String(await service.client.call('CLUSTER', 'INFO'))),
      );
      expect(await provider.describe()).toMatchObject([{ clusterMode: 'on' }]);
    });
  },
  { args: ['--cluster-enabled', 'yes'] },
);
