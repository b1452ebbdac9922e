import {
  isProtected,
  StandardCacheStrategy,
  STRATEGY_PRECEDENCE,
  type ICacheStrategy,
  type ReadRequest,
  type ReadResult,
  type ResolvedCacheOptions,
  type StrategyEngine,
} from '@vitalcache/core';

import { SystemEngine, type BackgroundAudit } from './access/system.engine.js';

export interface PHICacheStrategyOptions extends BackgroundAudit {
  /**
   * Serves `standard` data whose options have `enableSwr`, such as the `SWRCacheStrategy` that the cache has anyway. Ended
   * by whoever made it. Absent: nothing protected is ever stale.
   */
  readonly swr?: Pick<ICacheStrategy, 'read'>;
}

/**
 * Serves protected data until its time to live is over, then loads. Only `standard` data may be stale, and only where a
 * strategy for that was given; whether somebody may have it at all is decided before, by the `AccessMiddleware`.
 */
export class PHICacheStrategy extends StandardCacheStrategy {
  override readonly name = 'phi';
  override readonly precedence = STRATEGY_PRECEDENCE.phi;
  /** Protected data never takes the short way, which this is about; that of others may. */
  override readonly isPlainOnFresh = true;
  readonly #options: PHICacheStrategyOptions;

  constructor(options: PHICacheStrategyOptions) {
    super();
    this.#options = options;
  }

  override when(options: ResolvedCacheOptions): boolean {
    return isProtected(options);
  }

  override read<T>(request: ReadRequest<T>, engine: StrategyEngine): Promise<ReadResult<T>> {
    const { swr } = this.#options;
    const { enableSwr, complianceLevel, emergencyData } = request.options;
    const isStaleAllowed = enableSwr && complianceLevel === 'standard' && !emergencyData;
    if (!swr || !isStaleAllowed) return super.read(request, engine); // which refreshes nothing in the background
    return swr.read(request, new SystemEngine(engine, this.#options));
  }
}
