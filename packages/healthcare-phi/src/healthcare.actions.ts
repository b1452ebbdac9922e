import { CacheError, type AdminAction, type AdminCall } from '@vitalcache/core';

import { DEFAULT_TENANT, type AccessContext } from './access/access-context.js';
import { currentAccess, runWithAccess } from './access/access-scope.js';
import type { IAudit } from './audit/audit-event.js';
import { assertHealthcare } from './assert-healthcare.js';

/** Endpoints for operators; each is recorded before it acts, and answers with counts. */
export function healthcareActions(audit: () => IAudit): readonly AdminAction[] {
  return [
    {
      method: 'DELETE',
      path: 'phi',
      needsReason: true,
      async run(cache, call) {
        assertHealthcare(cache);
        const { tenant, shred, patientId } = inputOf(call.input);
        return asOperator(call, tenant, async () => {
          assertOwnTenant(patientId === undefined ? undefined : tenant);
          await recordCall(audit(), call);
          if (patientId !== undefined) {
            const { id, removed, stamp, keys } = await cache.erasePatient(patientId, {
              reason: call.reason ?? '',
            });
            return { receipt: id, removed, recorded: true, stamp, shredded: keys.shredded };
          }
          const scope = { shred, ...(tenant !== undefined && { tenant }) };
          return { removed: await cache.clearPHICache(scope), recorded: true };
        });
      },
    },
    {
      method: 'POST',
      path: 'purge',
      async run(cache, call) {
        assertHealthcare(cache);
        return asOperator(call, undefined, () => cache.purge());
      },
    },
  ];
}

/** Before anything is done, and with the reason that was given. */
function recordCall(audit: IAudit, { reason }: AdminCall): Promise<void> {
  const { actor, tenant, roles } = currentAccess() as AccessContext;
  return audit.record({
    event: 'clear',
    action: 'E',
    outcome: 0,
    actor,
    roles,
    tenant,
    template: 'admin',
    level: 'restricted',
    detail: { act: 'requested', reason: reason ?? '' },
  });
}

/** Who calls is who is recorded; an operator without a context of their own works in the tenant that they name. */
function asOperator<T>(
  { actor }: AdminCall,
  tenant: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (currentAccess()) return work();
  const context = {
    tenant: tenant ?? DEFAULT_TENANT,
    actor: actor ?? 'operator',
    roles: ['operator'],
    purpose: 'SYSADMIN',
  } as const;
  return runWithAccess(context, work);
}

/** A patient is erased in the tenant of whoever asks: of the same id in another it would only be said. */
function assertOwnTenant(tenant: string | undefined): void {
  if (tenant === undefined || tenant === currentAccess()?.tenant) return;
  throw new CacheError(
    'OPTION_INVALID',
    'tenant is another than that of whoever asks; a patient is erased by somebody who works in their tenant.',
  );
}

interface PhiInput {
  readonly tenant: string | undefined;
  readonly patientId: string | undefined;
  readonly shred: boolean;
}

/** @throws CacheError `OPTION_INVALID` */
function inputOf(input: Readonly<Record<string, unknown>>): PhiInput {
  const { tenant, patientId, shred } = input;
  for (const [name, value] of Object.entries({ tenant, patientId })) {
    if (value === undefined || (typeof value === 'string' && value !== '')) continue;
    throw new CacheError('OPTION_INVALID', `${name} must be a string that is not empty.`);
  }
  if (shred !== undefined && !['true', 'false', true, false].includes(shred as string)) {
    throw new CacheError('OPTION_INVALID', 'shred must be true or false.');
  }
  return {
    tenant: tenant as string | undefined,
    patientId: patientId as string | undefined,
    shred: shred === true || shred === 'true',
  };
}
