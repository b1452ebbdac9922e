export type { AccessContext, PurposeOfUse } from './access/access-context.js';
export type { AuditEvent, AuditEventType, AuditOutcome, IAudit } from './audit/audit-event.js';
export { NO_CLINIC, ownerOf, subjectOf, type SubjectOwner } from './subjects/entry-subject.js';
export type { EntrySubject, Topic } from './subjects/key-convention.js';
export { PHI_TAG, tagsOf, type TagTerms } from './subjects/subject-tags.js';
