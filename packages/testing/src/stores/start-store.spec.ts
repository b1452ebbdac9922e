import { Paths } from '../../test/path-with.js';
import { redisSources, startRedis, startStore, storeSources } from './start-store.js';
import type { StoreProduct } from './test-store.js';

const paths = new Paths();
afterAll(() => paths.remove());

const kinds = (product: StoreProduct, env: NodeJS.ProcessEnv): string[] =>
  storeSources(product, { env }).map(({ kind }) => kind);

describe('storeSources', () => {
  it.each([
    ['redis', 'VITALCACHE_TEST_REDIS_URL'],
    ['valkey', 'VITALCACHE_TEST_VALKEY_URL'],
    ['dragonfly', 'VITALCACHE_TEST_DRAGONFLY_URL'],
  ] as const)('takes a given address of %s and nothing else', (product, variable) => {
    const path = paths.with('redis-server', 'valkey-server', 'dragonfly');
    const env = { PATH: path['PATH'], DOCKER_HOST: 'tcp://nowhere', [variable]: 'redis://x' };
    for (const each of ['redis', 'valkey', 'dragonfly'] as const) {
      expect(kinds(each, env)).toEqual(each === product ? ['address'] : ['docker', 'binary']);
    }
  });

  it('prefers Docker to a binary, unless it is off', () => {
    const { PATH } = paths.with('redis-server');
    const env = { PATH, DOCKER_HOST: 'tcp://nowhere' };
    expect(kinds('redis', env)).toEqual(['docker', 'binary']);
    expect(kinds('redis', { ...env, VITALCACHE_TEST_DOCKER: 'off' })).toEqual(['binary']);
  });

  it('finds the socket of a Docker without root', () => {
    const { PATH } = paths.with('docker.sock');
    expect(kinds('redis', { PATH, XDG_RUNTIME_DIR: PATH })).toEqual(['docker']);
  });

  it('finds a binary on the PATH, a Valkey also for Redis but not the other way round', () => {
    const on = (binary: string): string[] =>
      (['redis', 'valkey', 'dragonfly'] as const).filter((product) =>
        kinds(product, paths.with(binary)).includes('binary'),
      );
    expect(on('redis-server')).toEqual(['redis']);
    expect(on('valkey-server')).toEqual(['redis', 'valkey']);
    expect(on('dragonfly')).toEqual(['dragonfly']);
  });

  it('promises nothing of a given address and everything of others', () => {
    const [given] = redisSources({ VITALCACHE_TEST_REDIS_URL: 'redis://x' });
    const [own] = redisSources(paths.with('redis-server'));
    expect(given?.abilities).toEqual([]);
    expect(own?.abilities).toEqual(['restart', 'kill', 'pause', 'snapshot', 'configure']);
  });

  it('knows the cluster mode of Dragonfly alone', () => {
    const env = paths.with();
    expect(storeSources('dragonfly', { clusterMode: 'emulated', env })).toEqual([]);
    // @ts-expect-error -- Redis has no such mode
    expect(storeSources('redis', { clusterMode: 'emulated', env })).toEqual([]);
  });
});

describe('startStore', () => {
  it('names what was tried and why it failed', async () => {
    await expect(startRedis({ VITALCACHE_TEST_REDIS_URL: 'http://127.0.0.1:1' })).rejects.toThrow(
      /^no Redis could be started \(address: /,
    );
  }, 30_000);

  it('does not wait for a server that ended at once', async () => {
    const env = paths.with('valkey-server');
    await expect(startStore('valkey', { env })).rejects.toThrow(/binary: /);
  }, 30_000);

  it('does not pretend to have given arguments to a given address', async () => {
    const options = {
      args: ['--maxmemory', '8mb'],
      env: { VITALCACHE_TEST_REDIS_URL: 'redis://x' },
    };
    await expect(startStore('redis', options)).rejects.toThrow("can't take --maxmemory 8mb");
  });

  it('says what would help where there is nothing', async () => {
    await expect(startStore('dragonfly', { env: paths.with() })).rejects.toThrow(
      'no Dragonfly: set VITALCACHE_TEST_DRAGONFLY_URL, start Docker, or put dragonfly on the PATH',
    );
  });
});
