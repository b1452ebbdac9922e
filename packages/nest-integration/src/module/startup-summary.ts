import type { ICacheProvider, MergedPlugins } from '@vitalcache/core';

import { versionOf } from './application.js';
import type { CacheSetup } from './cache-setup.js';

const MIB = 2 ** 20;

/** One line that says how the cache is set up. It holds no address, no user name and no secret. */
export function summaryOf(
  { config, settings }: CacheSetup,
  merged: MergedPlugins,
  { name = 'custom' }: ICacheProvider,
  isReachable: boolean,
): string {
  const { enabled, namespace, compression, defaults, middleware = [], strategies = [] } = config;
  const names = (parts: readonly { readonly name: string }[]): string =>
    parts.map((part) => part.name).join(', ') || 'none';
  const { compressor = 'none', thresholdBytes = 0 } = compression ?? {};
  return [
    `provider ${name} (${isReachable ? 'connected' : 'unreachable'})`,
    `namespace ${namespace ?? 'default'}`,
    `cache ${enabled === false ? 'off' : 'on'}`,
    `default ttl ${(defaults?.ttlMs ?? 0) / 1_000} s`,
    `strategies ${names([...strategies, ...merged.strategies, { name: 'standard' }])}`,
    `middleware ${names([...middleware, ...merged.middleware])}`,
    ...(merged.plugins.length > 0 ? [`plugins ${names(merged.plugins)}`] : []),
    `compression ${compressor === 'none' ? 'off' : `${compressor} from ${thresholdBytes} bytes`}`,
    `own tier ${Math.floor((config.l1MaxBytes ?? 0) / MIB)} MiB`,
    `log level ${settings.logLevel}`,
    versions(name),
  ].join('; ');
}

function versions(provider: string): string {
  const packages = ['core', 'nest-integration', `provider-${provider}`];
  const known = packages.flatMap((name) => {
    const version = versionOf(`@vitalcache/${name}`);
    return version === null ? [] : [`${name} ${version}`];
  });
  return [...known, `Node ${process.versions.node}`].join(', ');
}
