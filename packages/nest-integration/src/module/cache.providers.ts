import { Optional, type Provider } from '@nestjs/common';
import { Inject } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import {
  CacheService,
  mergePlugins,
  type CacheConfig,
  type ICacheProvider,
  type MergedPlugins,
} from '@vitalcache/core';

import { ADMIN_PROVIDERS } from '../admin/admin.providers.js';
import { CacheEventBridge } from '../events/cache-event.bridge.js';
import { HotKeysMiddleware } from '../dashboard/hot-keys.middleware.js';
import { UnmatchedInvalidationMiddleware } from '../invalidation/unmatched-invalidation.middleware.js';
import { METHOD_CONTEXT_TOKEN, type MethodContext } from '../decorator/method-context.js';
import { CacheReach } from '../http/cache-reach.js';
import { HandlerNeeds } from '../http/handler-needs.js';
import { RequestFollower } from '../http/request-follower.js';
import { RequestScopes } from '../http/request-scopes.js';
import { ResponseHeaders } from '../http/response-headers.js';
import { RequestSharing } from '../http/request-sharing.js';
import { ServedValuesMiddleware } from '../http/served-values.middleware.js';
import { CacheLifecycle } from './cache.lifecycle.js';
import {
  CACHE_CONFIG_TOKEN,
  CACHE_NAME_TOKEN,
  CACHE_PROVIDER_TOKEN,
  CACHE_SETUP_TOKEN,
  MERGED_PLUGINS_TOKEN,
  MODULE_OPTIONS_TOKEN,
} from './cache.module-definition.js';
import { CacheProviderFactory } from './cache-provider.factory.js';
import { createCacheSetup, type CacheSetup } from './cache-setup.js';
import { CachedClasses } from './cached-classes.js';
import { LogLevelFollower } from './log-level.follower.js';
import { OperationLog } from './operation-log.js';
import { RequestHookInterceptor } from './request-hook.interceptor.js';
import { StoreReporter } from './store-reporter.js';

// The class lives in a package that knows no framework. Without this Nest passes `undefined` for both parameters and
// says nothing.
Inject(CACHE_PROVIDER_TOKEN)(CacheService, undefined, 0);
Inject(CACHE_CONFIG_TOKEN)(CacheService, undefined, 1);
Optional()(CacheService, undefined, 1);

/** What a cache in Nest is made of; `forRoot` replaces the options. */
export const PARTS_OF_A_CACHE: Provider[] = [
  { provide: MODULE_OPTIONS_TOKEN, useValue: {} },
  { provide: CACHE_NAME_TOKEN, useValue: null },
  {
    provide: CACHE_SETUP_TOKEN,
    useFactory: createCacheSetup,
    inject: [MODULE_OPTIONS_TOKEN, CACHE_NAME_TOKEN],
  },
  {
    provide: StoreReporter,
    useFactory: ({ logger }: CacheSetup) => new StoreReporter(logger),
    inject: [CACHE_SETUP_TOKEN],
  },
  CacheProviderFactory,
  {
    provide: CACHE_PROVIDER_TOKEN,
    useFactory: (setup: CacheSetup, factory: CacheProviderFactory, reporter: StoreReporter) =>
      factory.create({
        given: setup.options.provider,
        name: setup.settings.provider,
        reader: setup.reader,
        context: { ...setup.provided, onStateChange: reporter.take },
      }),
    inject: [CACHE_SETUP_TOKEN, CacheProviderFactory, StoreReporter],
  },
  {
    provide: MERGED_PLUGINS_TOKEN,
    // Behind the store, whose variables belong into the same line.
    useFactory: ({ reader, config }: CacheSetup): MergedPlugins => {
      reader.assertValid(); // also when a test replaced the provider
      return mergePlugins(config.plugins ?? []);
    },
    inject: [CACHE_SETUP_TOKEN, CACHE_PROVIDER_TOKEN],
  },
  {
    provide: RequestScopes,
    useFactory: ({ config }: CacheSetup) => new RequestScopes(config.clock),
    inject: [CACHE_SETUP_TOKEN],
  },
  {
    provide: HotKeysMiddleware,
    useFactory: ({ protection }: MergedPlugins) => new HotKeysMiddleware(protection !== null),
    inject: [MERGED_PLUGINS_TOKEN],
  },
  {
    provide: UnmatchedInvalidationMiddleware,
    useFactory: ({ logger }: CacheSetup, { protection }: MergedPlugins) =>
      new UnmatchedInvalidationMiddleware(logger, protection !== null),
    inject: [CACHE_SETUP_TOKEN, MERGED_PLUGINS_TOKEN],
  },
  {
    provide: CacheService,
    useFactory: (
      provider: ICacheProvider,
      { config, reportsUnmatched }: CacheSetup,
      { cacheClass }: MergedPlugins,
      scopes: RequestScopes,
      hotKeys: HotKeysMiddleware,
      invalidations: UnmatchedInvalidationMiddleware,
    ) => {
      const middleware = [
        new ServedValuesMiddleware(scopes, config.clock),
        hotKeys,
        ...(reportsUnmatched ? [invalidations] : []),
        ...(config.middleware ?? []),
      ];
      const Service = (cacheClass ?? CacheService) as typeof CacheService;
      return new Service(provider, { ...config, middleware } as CacheConfig<never>);
    },
    inject: [
      CACHE_PROVIDER_TOKEN,
      CACHE_SETUP_TOKEN,
      MERGED_PLUGINS_TOKEN,
      RequestScopes,
      HotKeysMiddleware,
      UnmatchedInvalidationMiddleware,
    ],
  },
  {
    provide: METHOD_CONTEXT_TOKEN,
    useFactory: (scopes: RequestScopes, { options, logger }: CacheSetup): MethodContext => ({
      scopes,
      sharing: new RequestSharing(scopes, options.credentialHeaders),
      logger,
    }),
    inject: [RequestScopes, CACHE_SETUP_TOKEN],
  },
  CachedClasses,
  CacheLifecycle,
  LogLevelFollower,
  CacheEventBridge,
  OperationLog,
  ResponseHeaders,
  CacheReach,
  HandlerNeeds,
  RequestFollower,
  {
    provide: APP_INTERCEPTOR,
    useFactory: (merged: MergedPlugins) => RequestHookInterceptor.for(merged),
    inject: [MERGED_PLUGINS_TOKEN],
  },
];

/** What CacheModule is made of. */
export const CACHE_PROVIDERS: Provider[] = [...PARTS_OF_A_CACHE, ...ADMIN_PROVIDERS];
