import { AsyncLocalStorage } from 'node:async_hooks';

import { CacheError } from '@vitalcache/core';

import { checkAccess } from './access.check.js';
import { DEFAULT_TENANT, SYSTEM_ACTOR, type AccessContext } from './access-context.js';

const SLOT = Symbol.for('@vitalcache/healthcare-phi/access');

/** One for the process, also with several copies of this package in it: each would miss what another opened. */
function storage(): AsyncLocalStorage<AccessContext> {
  const slots = globalThis as { [SLOT]?: AsyncLocalStorage<AccessContext> };
  return (slots[SLOT] ??= new AsyncLocalStorage());
}

/**
 * Runs `fn`, and all that it awaits or starts, for who is named in `context`. A context inside another one replaces it.
 * @throws CacheError `ACCESS_MISSING` naming what is wrong with the context, never what it holds
 */
export function runWithAccess<R>(context: AccessContext, fn: () => R): R {
  const checked = checkAccess(context);
  if (checked.actor === SYSTEM_ACTOR) {
    throw new CacheError(
      'ACCESS_MISSING',
      `The actor is ${SYSTEM_ACTOR}, which the library's own work has; give a job of yours a name of its own.`,
    );
  }
  return storage().run(checked, fn);
}

/** Who is asking, as {@link runWithAccess} was told; `null` outside. */
export function currentAccess(): AccessContext | null {
  return storage().getStore() ?? null;
}

/** Runs the library's own work, such as a refresh: in the tenant and clinic of what caused it, and on nobody's account. */
export function runAsSystem<R>(cause: AccessContext | null, fn: () => R): R {
  return storage().run(systemAccess(cause), fn);
}

/** The library itself; without a cause in the tenant `default`. */
export function systemAccess(cause: AccessContext | null): AccessContext {
  return Object.freeze({
    tenant: cause?.tenant ?? DEFAULT_TENANT,
    actor: SYSTEM_ACTOR,
    roles: [],
    ...(cause?.clinicId !== undefined && { clinicId: cause.clinicId }),
    ...(cause?.requestId !== undefined && { requestId: cause.requestId }),
  });
}
