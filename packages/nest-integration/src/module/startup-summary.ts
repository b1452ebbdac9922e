import type {
  EnvironmentReader,
  ICacheProvider,
  MergedPlugins,
  RuntimeSettings,
} from '@vitalcache/core';

import { FIXED_SWITCHES } from '../admin/admin.input.js';
import { versionOf } from './application.js';
import type { CacheSetup } from './cache-setup.js';

const MIB = 2 ** 20;

/** One line that says how the cache is set up. It holds no address, no user name and no secret. */
export function summaryOf(
  { config, settings, reader }: CacheSetup,
  merged: MergedPlugins,
  { name = 'custom', topology }: ICacheProvider,
  isReachable: boolean,
  inForce: RuntimeSettings,
): string {
  const { enabled, namespace, compression, defaults, middleware = [], strategies = [] } = config;
  const names = (parts: readonly { readonly name: string }[]): string =>
    parts.map((part) => part.name).join(', ') || 'none';
  const { compressor = 'none', thresholdBytes = 0 } = compression ?? {};
  return [
    `provider ${name}${topology ? `, ${topology}` : ''} (${isReachable ? 'connected' : 'unreachable'})`,
    `namespace ${namespace ?? 'default'}`,
    `cache ${enabled === false ? 'off' : 'on'}`,
    `default ttl ${(defaults?.ttlMs ?? 0) / 1_000} s`,
    `strategies ${names([...strategies, ...merged.strategies, { name: 'standard' }])}`,
    `middleware ${names([...middleware, ...merged.middleware])}`,
    ...(merged.plugins.length > 0 ? [`plugins ${names(merged.plugins)}`] : []),
    `compression ${compressor === 'none' ? 'off' : `${compressor} from ${thresholdBytes} bytes`}`,
    `own tier ${Math.floor((config.l1MaxBytes ?? 0) / MIB)} MiB`,
    `switched off ${switchedOff(inForce, reader).join(', ') || 'nothing'}`,
    `log level ${settings.logLevel}`,
    versions(name),
  ].join('; ');
}

/** Switches, those that can be changed while the process runs first. */
function switchedOff(inForce: RuntimeSettings, reader: EnvironmentReader): string[] {
  const changeable = Object.entries(inForce).filter(([, value]) => value === false);
  const fixed = [...FIXED_SWITCHES].filter(([, name]) => reader.boolean(name) === false);
  return [...changeable, ...fixed].map(([name]) => name);
}

function versions(provider: string): string {
  const packages = ['core', 'nest-integration', `provider-${provider}`];
  const known = packages.flatMap((name) => {
    const version = versionOf(`@vitalcache/${name}`);
    return version === null ? [] : [`${name} ${version}`];
  });
  return [...known, `Node ${process.versions.node}`].join(', ');
}
