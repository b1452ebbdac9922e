import { AsyncLocalStorage } from 'node:async_hooks';

import type { AuditContext } from '@vitalcache/core';

/** Who does what in the administration, and why. */
export interface AdminCaller {
  /** `null` where the guard did not say. */
  readonly actor: string | null;
  /** `null` where none was given. */
  readonly reason: string | null;
}

const callers = new AsyncLocalStorage<AdminCaller>();

export function runAsCaller<R>(caller: AdminCaller, work: () => R): R {
  return callers.run(caller, work);
}

/** Who calls the administration now; `undefined` outside of its calls. */
export function currentCaller(): AdminCaller | undefined {
  return callers.getStore();
}

/**
 * Who and why, for the records of calls of operators: `new AuditCacheMiddleware({ sink, context: adminAuditContext })`.
 * Empty outside of such calls.
 */
export function adminAuditContext(): AuditContext {
  const { actor = null, reason = null } = callers.getStore() ?? {};
  return { ...(actor !== null && { actor }), ...(reason !== null && { reason }) };
}
