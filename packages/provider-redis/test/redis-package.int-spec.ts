import { capabilitiesOf, EnvironmentReader, type ProviderContext } from '@vitalcache/core';
import { describeWithRedis } from '@vitalcache/testing';

import { providerPackage } from '../src/index.js';

const lines: string[] = [];
const context: ProviderContext = {
  maxBytes: 1,
  connectTimeoutMs: 1_000,
  commandTimeoutMs: 1_000,
  poolSize: 4,
  maxConnections: 8,
  retryAttempts: 1,
  retryDelayMs: 100,
  tuning: { isBatching: true, isBalanced: true, isScaling: true },
  isReplicated: true,
  shards: undefined,
  onStateChange: (line) => lines.push(line),
};

describe('providerPackage', () => {
  it('builds a provider without connecting, also from an environment with mistakes', () => {
    const reader = new EnvironmentReader({ REDIS_PORT: 'x', REDIS_URL: 'nonsense' });
    const provider = providerPackage.fromEnvironment(reader, context);
    expect(provider.name).toBe(providerPackage.name);
    expect(() => reader.assertValid()).toThrow(/REDIS_PORT.*REDIS_URL|REDIS_URL.*REDIS_PORT/);
  });

  describeWithRedis('with REDIS_URL', (store) => {
    it('gives a provider that works, with all capabilities but the tag index', async () => {
      const reader = new EnvironmentReader({ REDIS_URL: store().url });
      const provider = providerPackage.fromEnvironment(reader, context);
      reader.assertValid();
      await provider.connect?.();
      await provider.set(`${store().prefix}:x`, Uint8Array.of(1), 1_000);
      expect(await provider.get(`${store().prefix}:x`)).toEqual(Uint8Array.of(1));
      await provider.close?.();
      expect(lines).toEqual([expect.stringMatching(/^Redis .*: connected$/)]);
      expect(Object.keys(capabilitiesOf(provider))).not.toContain('tagIndex');
    });
  });
});
