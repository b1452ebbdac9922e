import {
  isProtected,
  systemClock,
  type CacheOperation,
  type Clock,
  type HitTimes,
  type ICacheMiddleware,
  type OperationResult,
  type ReadResult,
  type Tier,
} from '@vitalcache/core';

import type { RequestScopes, ServedValue } from './request-scopes.js';

const FROM_CACHE: readonly string[] = ['hit', 'stale'];

/** Notes for each request which values went into its answer, and whether any is protected. */
export class ServedValuesMiddleware implements ICacheMiddleware {
  readonly name = 'served-values';

  constructor(
    private readonly scopes: RequestScopes,
    private readonly clock: Clock = systemClock,
  ) {}

  onFreshHit(
    _template: string,
    _strategy: string,
    _key: string,
    nowMs: number,
    entry: HitTimes,
  ): void {
    this.scopes.current?.served.push(servedAt(nowMs, 'l1', entry));
  }

  onSharedHit(
    _template: string,
    _strategy: string,
    _key: string,
    _ms: number,
    entry: HitTimes,
  ): void {
    this.scopes.current?.served.push(servedAt(this.clock.now(), 'l2', entry));
  }

  async handle<R extends OperationResult>(
    operation: CacheOperation,
    next: () => Promise<R>,
  ): Promise<R> {
    const record = this.scopes.current;
    if (record && isOnProtectedData(operation)) record.privacy.isPrivate = true;
    if (!record || (operation.kind !== 'read' && operation.kind !== 'get')) return next();
    const [result, inner] = await this.scopes.nested(record, next);
    if (!FROM_CACHE.includes(result.outcome)) record.served.push(...inner);
    if (isRead(result)) {
      const { outcome, tier, ageMs, freshForMs } = result;
      record.served.push({ outcome, tier, ageMs, freshForMs });
    }
    return result;
  }
}

function isOnProtectedData({ options, each = [] }: CacheOperation): boolean {
  return options ? isProtected(options) : each.some(isProtected);
}

/** Reads resolve with more than the contract of middleware says. */
function isRead(result: OperationResult): result is ReadResult<unknown> {
  return 'freshForMs' in result && 'ageMs' in result;
}

/** A fresh value of a tier, as its entry tells. */
function servedAt(nowMs: number, tier: Tier, { createdAt, staleAt }: HitTimes): ServedValue {
  const ageMs = Math.max(0, nowMs - createdAt);
  return { outcome: 'hit', tier, ageMs, freshForMs: staleAt - nowMs };
}
