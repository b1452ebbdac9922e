import { Module, type DynamicModule, type InjectionToken, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { CacheError, CacheService } from '@vitalcache/core';

import { cacheName, cacheToken, contextToken } from '../decorator/cache-injection.js';
import { METHOD_CONTEXT_TOKEN } from '../decorator/method-context.js';
import {
  CACHE_NAME_TOKEN,
  CACHE_SETUP_TOKEN,
  MODULE_OPTIONS_TOKEN,
} from './cache.module-definition.js';
import { PARTS_OF_A_CACHE } from './cache.providers.js';
import { renamedProviders } from './renamed.providers.js';

/** A cache beside the one without a name, of the same parts; only its own token leads to it. */
@Module({})
class NamedCacheModule {}

/** What keeps its name: what is private to the module, and what Nest and the start look for. */
const KEPT: readonly InjectionToken[] = [
  MODULE_OPTIONS_TOKEN,
  CACHE_NAME_TOKEN,
  CACHE_SETUP_TOKEN,
  APP_INTERCEPTOR,
];

/**
 * @param module what CacheModule would be with the same options
 * @param admin the option of that name
 * @throws CacheError `OPTION_INVALID` for a name that is none, `CONFIG_INVALID` for endpoints, which only the cache
 * without a name has
 */
export function namedModule(module: DynamicModule, given: string, admin: unknown): DynamicModule {
  const name = cacheName(given);
  if (admin) {
    throw new CacheError(
      'CONFIG_INVALID',
      `The cache ${name} has no endpoints for operators; admin is an option of the one without a name.`,
    );
  }
  const names = namesFor(name);
  return {
    module: NamedCacheModule,
    global: true,
    imports: [DiscoveryModule, ...(module.imports ?? [])],
    providers: [
      ...renamedProviders([...PARTS_OF_A_CACHE, ...(module.providers ?? [])], names),
      { provide: CACHE_NAME_TOKEN, useValue: name },
    ],
    exports: [cacheToken(name), contextToken(name), ...(module.exports ?? [])],
  };
}

function namesFor(name: string): ReadonlyMap<InjectionToken, InjectionToken> {
  const tokens = PARTS_OF_A_CACHE.map(tokenOf).filter((token) => !KEPT.includes(token));
  const names = new Map(tokens.map((token) => [token, `${textOf(token)} of the cache ${name}`]));
  return new Map<InjectionToken, InjectionToken>([
    ...names,
    [CacheService, cacheToken(name)],
    [METHOD_CONTEXT_TOKEN, contextToken(name)],
  ]);
}

function tokenOf(provider: Provider): InjectionToken {
  return typeof provider === 'function' ? provider : provider.provide;
}

function textOf(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : String(token);
}
