import { Inject, Injectable } from '@nestjs/common';

import { CacheHealthService, type ServiceState } from './cache-health.service.js';

/** What an indicator of `@nestjs/terminus` returns. */
export type CacheIndicatorResult<K extends string> = Record<
  K,
  { readonly status: 'up' | 'down' } & Omit<ServiceState, 'isUp'>
>;

/**
 * Indicators for `@nestjs/terminus`, which need not be there.
 *
 * @example
 * this.health.check([() => this.cacheIndicator.isReady('cache')]);
 */
@Injectable()
export class CacheHealthIndicator {
  constructor(@Inject(CacheHealthService) private readonly health: CacheHealthService) {}

  /** Up as long as the process answers, whatever became of the store. */
  async isLive<K extends string = 'cache'>(key?: K): Promise<CacheIndicatorResult<K>> {
    return resultOf(key, await this.health.liveness());
  }

  /** Down while the service starts or stops; with `needsCache` also while the cache is critical. */
  async isReady<K extends string = 'cache'>(
    key?: K,
    { needsCache = false }: { readonly needsCache?: boolean } = {},
  ): Promise<CacheIndicatorResult<K>> {
    return resultOf(key, await this.health.readiness(needsCache));
  }
}

function resultOf<K extends string>(
  key: K | undefined,
  { isUp, ...state }: ServiceState,
): CacheIndicatorResult<K> {
  const said = { status: isUp ? ('up' as const) : ('down' as const), ...state };
  return { [key ?? 'cache']: said } as CacheIndicatorResult<K>;
}
