import {
  isCacheError,
  type CacheOperation,
  type ICacheMiddleware,
  type OperationResult,
  type SettingChanged,
} from '@vitalcache/core';

import type { MeasuredOutcome } from './recording/measured-operation.js';
import type { OperationRecorder } from './recording/operation.recorder.js';

/**
 * Records kind, template, strategy, outcome, tier, level and duration of every operation; keys and tags go nowhere.
 * Results and errors pass as they are. `CacheMetricsService` makes it; first in the list, it measures what later
 * middleware takes too.
 */
export class MetricsCacheMiddleware implements ICacheMiddleware {
  readonly name = 'metrics';
  readonly #recorder: OperationRecorder;
  readonly #onSetting: (change: Pick<SettingChanged, 'name' | 'new'>) => void;

  constructor(
    recorder: OperationRecorder,
    onSetting: (change: Pick<SettingChanged, 'name' | 'new'>) => void,
  ) {
    this.#recorder = recorder;
    this.#onSetting = onSetting;
  }

  onFreshHit(template: string, strategy: string, key: string, nowMs: number): void {
    this.#recorder.freshHit(template, strategy, key, nowMs);
  }

  onSharedHit(template: string, strategy: string, key: string, ms: number): void {
    this.#recorder.sharedHit(template, strategy, key, ms);
  }

  settingChanged(change: SettingChanged): void {
    this.#onSetting(change);
  }

  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    return this.#recorder.isCounting ? this.#measured(operation, next) : next();
  }

  async #measured<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    const startedAt = this.#recorder.start(operation.lookedForMs);
    let result: R;
    try {
      result = await next();
    } catch (error) {
      const outcome = outcomeOfError(operation, error);
      this.#recorder.end(startedAt, operation, outcome, null, undefined);
      throw error;
    }
    this.#recorder.end(startedAt, operation, result.outcome, result.tier, result.items);
    return result;
  }
}

/** What a `read` rejects with is its loader's, unless it is an error of a cache: no cache could have prevented it. */
function outcomeOfError({ kind, options }: CacheOperation, error: unknown): MeasuredOutcome {
  if (kind !== 'read' || isCacheError(error)) return 'failed';
  return options?.ttlMs === 0 ? 'bypass' : 'rejected';
}
