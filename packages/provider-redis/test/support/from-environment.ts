import {
  EnvironmentReader,
  readCacheSettings,
  type CacheSettings,
  type Environment,
} from '@vitalcache/core';

import { providerPackage, type RedisCacheProvider } from '../../src/index.js';

export interface FromEnvironment {
  readonly provider: RedisCacheProvider;
  readonly settings: CacheSettings;
  /** What the provider said of its stores. */
  readonly lines: string[];
}

/**
 * A provider as an application gets it that is configured by nothing but these variables.
 * @throws CacheError `CONFIG_INVALID`
 */
export function fromEnvironment(env: Environment): FromEnvironment {
  const reader = new EnvironmentReader({ CACHE_PROVIDER: 'redis', ...env });
  const settings = readCacheSettings(reader);
  const lines: string[] = [];
  const provider = providerPackage.fromEnvironment(reader, {
    ...settings.provided,
    onStateChange: (line) => lines.push(line),
  });
  reader.assertValid();
  return { provider: provider as RedisCacheProvider, settings, lines };
}

/** Runs a body with a connected provider, and closes it. */
export async function withProvider<T>(
  env: Environment,
  body: (provider: RedisCacheProvider, made: FromEnvironment) => Promise<T>,
): Promise<T> {
  const made = fromEnvironment(env);
  try {
    await made.provider.connect();
    return await body(made.provider, made);
  } finally {
    await made.provider.close();
  }
}
