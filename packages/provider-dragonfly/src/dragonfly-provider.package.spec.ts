import { EnvironmentReader, type Environment, type ProviderContext } from '@vitalcache/core';

import { DragonflyCacheProvider } from './dragonfly-cache.provider.js';
import { providerPackage } from './dragonfly-provider.package.js';

const context: ProviderContext = {
  maxBytes: 1,
  connectTimeoutMs: 1_000,
  commandTimeoutMs: 1_000,
  poolSize: 4,
  maxConnections: 8,
  retryAttempts: 0,
  retryDelayMs: 100,
  tuning: { isBatching: true, isBalanced: true, isScaling: true },
  isReplicated: true,
  shards: undefined,
  onStateChange: () => undefined,
};

function build(env: Environment, more: Partial<ProviderContext> = {}) {
  const reader = new EnvironmentReader(env);
  const provider = providerPackage.fromEnvironment(reader, { ...context, ...more });
  return { reader, provider };
}

/** The names of the stores that a process with these variables has. */
async function storesOf(env: Environment, more: Partial<ProviderContext> = {}) {
  const lines: string[] = [];
  const { reader, provider } = build(env, { ...more, onStateChange: (line) => lines.push(line) });
  reader.assertValid();
  await provider.connect?.();
  await provider.close?.();
  return lines.map((line) => line.split(': ')[0]);
}

describe('providerPackage', () => {
  it('builds a provider of its name', () => {
    const { provider } = build({});
    expect(provider).toBeInstanceOf(DragonflyCacheProvider);
    expect(provider.name).toBe('dragonfly');
    expect(providerPackage.name).toBe('dragonfly');
  });

  it('reads the variables of Dragonfly, not those of Redis', async () => {
    const env = { DRAGONFLY_URL: 'redis://127.0.0.1:1/2', REDIS_URL: 'redis://127.0.0.1:2' };
    expect(await storesOf(env)).toEqual(['Dragonfly 127.0.0.1:1/2']);
    const parts = { DRAGONFLY_HOST: '127.0.0.1', DRAGONFLY_PORT: '1', DRAGONFLY_DB: '3' };
    expect(await storesOf(parts)).toEqual(['Dragonfly 127.0.0.1:1/3']);
    const sentinels = { DRAGONFLY_SENTINELS: 'main@127.0.0.1:1' };
    expect(await storesOf(sentinels)).toEqual(['Dragonfly main']);
  });

  it('takes the shards that all providers share', async () => {
    const shards = [1, 2].map((port) => ({ host: '127.0.0.1', port, name: `shard-${port}` }));
    const names = await storesOf({ DRAGONFLY_USERNAME: 'app' }, { shards });
    expect(names.sort()).toEqual(['Dragonfly shard-1', 'Dragonfly shard-2']);
  });

  it.each<[Environment, string]>([
    [{ DRAGONFLY_URL: 'nonsense' }, 'DRAGONFLY_URL'],
    [{ DRAGONFLY_PORT: '0' }, 'DRAGONFLY_PORT'],
    [{ DRAGONFLY_USERNAME: 'a', DRAGONFLY_URL: 'redis://b@host' }, 'DRAGONFLY_USERNAME'],
    [{ DRAGONFLY_PASSWORD: 'a', DRAGONFLY_URL: 'redis://:b@host' }, 'DRAGONFLY_PASSWORD'],
    [{ DRAGONFLY_TLS: 'perhaps' }, 'DRAGONFLY_TLS'],
    [{ DRAGONFLY_TLS_CA_FILE: '/ca.pem' }, 'DRAGONFLY_TLS_CA_FILE'],
    [{ DRAGONFLY_SENTINELS: 'nonsense' }, 'DRAGONFLY_SENTINELS'],
    [{ DRAGONFLY_CLUSTER_NODES: 'a:1', DRAGONFLY_DB: '1' }, 'DRAGONFLY_DB'],
  ])('notes what is wrong with %j in the reader', (env, name) => {
    const { reader } = build(env);
    expect(() => reader.assertValid()).toThrow(name);
  });
});
