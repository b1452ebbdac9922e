export type { AccessContext, PurposeOfUse } from './access/access-context.js';
export type { AuditEvent, AuditEventType, AuditOutcome, IAudit } from './audit/audit-event.js';
export { NO_CLINIC, ownerOf, subjectOf, type SubjectOwner } from './subjects/entry-subject.js';
export type { EntrySubject, Topic } from './subjects/key-convention.js';
export { PHI_TAG, tagsOf, type TagTerms } from './subjects/subject-tags.js';
export { generateAuditKeys, type AuditKeyInput, type AuditKeyPair } from './audit/audit-keys.js';
export type { AuditCheckpoint, SignedCheckpoint } from './audit/audit-checkpoint.js';
export type { AuditHead, AuditRecord } from './audit/audit-record.js';
export type { AuditAnchor } from './audit-sinks/audit-anchor.js';
export type { FhirAuditEvent } from './audit-sinks/fhir-audit-event.js';
export { toFhirAuditEvent, type FhirMappingOptions } from './audit-sinks/fhir-mapping.js';
export type { AuditFinding, AuditVerification, FindingKind } from './audit-trail/audit-finding.js';
export { exportFhir, type ExportFhirOptions } from './audit-trail/export-fhir.js';
export type { FoundRecord } from './audit-trail/log-records.js';
export { renderAuditReport } from './audit-trail/render-report.js';
export {
  reportAudit,
  type AuditReport,
  type AuditReportSelection,
} from './audit-trail/report-audit.js';
export { verifyAudit, type VerifyAuditOptions } from './audit-trail/verify-audit.js';
