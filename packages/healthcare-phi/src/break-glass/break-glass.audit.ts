import type { AccessContext } from '../access/access-context.js';
import type { AuditEvent, IAudit } from '../audit/audit-event.js';

/** Whose grant it is, as far as that is known. */
export interface GrantBearer {
  readonly id: string;
  readonly actor: string;
  readonly tenant: string;
  readonly patientId?: string | undefined;
}

/** Records what becomes of grants; when the audit is down, in the spool for emergencies. */
export class BreakGlassAudit {
  readonly #audit: IAudit;

  constructor(audit: IAudit) {
    this.#audit = audit;
  }

  /** @param context of whoever causes it; `null`: nobody does, it expires */
  record(
    event: Extract<AuditEvent['event'], 'btg-start' | 'btg-stop' | 'btg-review' | 'authz-deny'>,
    { id: grantId, actor, tenant, patientId }: GrantBearer,
    context: AccessContext | null,
    detail: NonNullable<AuditEvent['detail']>,
  ): Promise<void> {
    return this.#audit.record({
      event,
      action: 'E',
      outcome: event === 'authz-deny' ? 4 : 0,
      actor,
      tenant,
      template: 'break-glass',
      level: 'restricted',
      isEmergency: true,
      purpose: 'BTG',
      grantId,
      detail,
      ...(patientId !== undefined && { patientId }),
      ...(context && placeOf(context)),
    });
  }
}

function placeOf({
  roles,
  clinicId,
  requestId,
  address,
}: AccessContext): Pick<AuditEvent, 'roles' | 'clinicId' | 'requestId' | 'address'> {
  return {
    roles,
    ...(clinicId !== undefined && { clinicId }),
    ...(requestId !== undefined && { requestId }),
    ...(address !== undefined && { address }),
  };
}
