import {
  isProtected,
  type CacheOperation,
  type ICacheMiddleware,
  type OperationResult,
  type ReadResult,
} from '@vitalcache/core';

import type { RequestScopes } from './request-scopes.js';

const FROM_CACHE: readonly string[] = ['hit', 'stale'];

/** Notes for each request which values went into its answer, and whether any is protected. */
export class ServedValuesMiddleware implements ICacheMiddleware {
  readonly name = 'served-values';

  constructor(private readonly scopes: RequestScopes) {}

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
