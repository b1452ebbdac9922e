import type { AccessContext } from '../access/access-context.js';
import type { AuditEvent } from '../audit/audit-event.js';

/** What an erasure, or the end of a key, is recorded as; `more` says of whom, and how it went. */
export function erasureEvent(
  { actor, tenant, roles, purpose, requestId }: AccessContext,
  event: 'erase' | 'key-destroy',
  more: Partial<AuditEvent> = {},
): AuditEvent {
  return {
    event,
    action: 'D',
    outcome: 0,
    actor,
    roles,
    tenant,
    template: 'erasure',
    level: 'restricted',
    ...(purpose !== undefined && { purpose }),
    ...(requestId !== undefined && { requestId }),
    ...more,
  };
}
