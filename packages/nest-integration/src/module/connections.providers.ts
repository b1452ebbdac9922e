import { Scope, type DynamicModule, type Type } from '@nestjs/common';
import { CacheError, type ICacheProvider, type ProviderPackage } from '@vitalcache/core';

import { CACHE_PROVIDER_TOKEN } from './cache.module-definition.js';

/**
 * A module that makes the owner of a store's connections injectable.
 * @param name which package it is for
 * @throws CacheError `CONFIG_INVALID` for another package
 */
export function connectionsModule(
  module: Type<object>,
  name: string,
  { name: given, connections }: ProviderPackage,
): DynamicModule {
  if (given !== name || !connections) {
    throw new CacheError(
      'CONFIG_INVALID',
      `${module.name} is for the providerPackage of @vitalcache/provider-${name}; got that of ${given}.`,
    );
  }
  const { token } = connections;
  return {
    module,
    global: true,
    providers: [
      {
        provide: token,
        // Made when somebody asks for it: a test that replaces the store is not to fail where nobody does.
        scope: Scope.TRANSIENT,
        useFactory: (provider: ICacheProvider) => ownerOf(provider, name, connections.of(provider)),
        inject: [CACHE_PROVIDER_TOKEN],
      },
    ],
    exports: [token],
  };
}

function ownerOf(provider: ICacheProvider, name: string, owner: object | null): object {
  if (owner) return owner;
  throw new CacheError(
    'CONFIG_INVALID',
    `The connections to ${name} are asked for, but the cache is on ${provider.name ?? 'a provider of its own'}; accepted: CACHE_PROVIDER=${name}, or CacheModule.forRoot({ provider: providerPackage }).`,
  );
}
