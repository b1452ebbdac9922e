import {
  isCacheError,
  type CacheOperation,
  type ICacheMiddleware,
  type OperationResult,
} from '@vitalcache/core';

import type { MeasuredOutcome } from './operation-counts.js';
import type { OperationRecorder } from './operation.recorder.js';

/**
 * Records kind, strategy, outcome, tier and duration of every operation; keys and tags go nowhere. Results and errors
 * pass as they are. {@link CacheMetricsService} makes it; first in the list, it measures what later middleware takes too.
 */
export class MetricsCacheMiddleware implements ICacheMiddleware {
  readonly name = 'metrics';
  readonly #recorder: OperationRecorder;

  constructor(recorder: OperationRecorder) {
    this.#recorder = recorder;
  }

  onFreshHit(_template: string, strategy: string): void {
    this.#recorder.freshHit(strategy);
  }

  async handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    const startedAt = this.#recorder.start();
    try {
      const result = await next();
      this.#recorder.end(startedAt, operation, result.outcome, result.tier);
      return result;
    } catch (error) {
      this.#recorder.end(startedAt, operation, outcomeOfError(operation, error), null);
      throw error;
    }
  }
}

/** What a `read` rejects with is its loader's, unless it is an error of a cache: no cache could have prevented it. */
function outcomeOfError({ kind, options }: CacheOperation, error: unknown): MeasuredOutcome {
  if (kind !== 'read' || isCacheError(error)) return 'failed';
  return options?.ttlMs === 0 ? 'bypass' : 'rejected';
}
