import type { InjectionToken, Provider } from '@nestjs/common';
import {
  CacheError,
  type CachePlugin,
  type CacheService,
  type MergedPlugins,
} from '@vitalcache/core';

import { MERGED_PLUGINS_TOKEN } from './cache.module-definition.js';

type Plugins = readonly CachePlugin[];

/** The classes and names that plugins bring for injection: known before anything else of them may be asked for. */
export function tokensOf(plugins: Plugins = []): readonly InjectionToken[] {
  const tokens = plugins.flatMap(({ cacheClass, services = [] }) => [
    ...(cacheClass ? [cacheClass] : []),
    ...services.map(({ token }) => token),
  ]);
  return [...new Set(tokens)];
}

/** A provider for each token; the class of the cache stands for the one cache, what else there is is made once. */
export function pluginProviders(
  tokens: readonly InjectionToken[],
  cacheToken: InjectionToken,
): Provider[] {
  return tokens.map((token) => ({
    provide: token,
    useFactory: (merged: MergedPlugins, cache: CacheService) => serviceOf(token, merged, cache),
    inject: [MERGED_PLUGINS_TOKEN, cacheToken],
  }));
}

function serviceOf(token: InjectionToken, merged: MergedPlugins, cache: CacheService): object {
  if (token === merged.cacheClass) return cache;
  const service = merged.services.find((one) => one.token === token);
  if (service) return service.create(cache);
  const name = typeof token === 'function' ? token.name : String(token);
  throw new CacheError(
    'CONFIG_INVALID',
    `CacheModule.forRootAsync provides ${name}, which none of the plugins brings; leave it out of provides, or add the plugin.`,
  );
}
