export type { AccessContext, PurposeOfUse } from './access/access-context.js';
export type { AuditEvent, AuditEventType, AuditOutcome, IAudit } from './audit/audit-event.js';
