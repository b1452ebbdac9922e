export {
  AccessMiddleware,
  type AccessMiddlewareOptions,
} from './access/access-cache.middleware.js';
export { SYSTEM_ACTOR, type AccessContext, type PurposeOfUse } from './access/access-context.js';
export { AccessDeniedError, AccessMissingError } from './access/access.errors.js';
export { currentAccess, runAsSystem, runWithAccess } from './access/access-scope.js';
export {
  Authorizer,
  type AccessRequest,
  type Authorize,
  type AuthorizerOptions,
  type IGrants,
  type Refusal,
} from './access/authorizer.js';
export { EntryAdmission, type EntryAdmissionOptions } from './access/entry.admission.js';
export { tenantOfKey } from './access/entry-variant.js';
export { FileRecordBook } from './books/file-record-book.js';
export { MemoryRecordBook } from './books/memory-record-book.js';
export type { IRecordBook } from './books/record-book.js';
export type {
  BreakGlassGrant,
  BreakGlassRecord,
  BreakGlassRequest,
  BreakGlassReview,
  Part2Emergency,
} from './break-glass/break-glass-grant.js';
export { BreakGlass, type BreakGlassOptions } from './break-glass/break-glass.js';
export type { BreakGlassReviews } from './break-glass/break-glass.reviews.js';
export { GrantSigner } from './break-glass/grant.signer.js';
export {
  EmergencyCacheStrategy,
  type EmergencyCacheStrategyOptions,
} from './emergency/emergency-cache.strategy.js';
export type { EmergencyResult } from './emergency/emergency-result.js';
export type { HoldRecord, HoldScope, ILegalHold } from './legal-hold/legal-hold.js';
export { LegalHolds, type LegalHoldsOptions } from './legal-hold/legal-holds.js';
export {
  overviewOfPatient,
  type OverviewKind,
  type PatientOverview,
  type PatientOverviewRequest,
} from './patient.overview.js';
export { PHICacheStrategy, type PHICacheStrategyOptions } from './phi-cache.strategy.js';
export { CompliancePolicy, type CompliancePolicyOptions } from './policy/compliance.policy.js';
export { LEVEL_RULES, RESTRICTED_PURPOSES, type LevelRules } from './policy/level-rules.js';
export { isHealthInformation } from '@vitalcache/core';
export { levelOfLabels, type SecurityLabel } from './policy/sensitivity.labels.js';
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
export type { DataKey, DataKeySource, KeyOwner } from './keys/data-key.js';
export { DataKeys, type DataKeysOptions } from './keys/data-keys.js';
export { ownersOf } from './keys/key-owner.js';
export { KeyShredder, type KeyShredderOptions } from './keys/key-shredder.js';
export {
  generateKeyring,
  generateRingKey,
  type KeyringItem,
  type KeyringList,
} from './keys/keyring/generate-keyring.js';
export { Keyring } from './keys/keyring/keyring.js';
export { destroyRingKey, enableRingKey } from './keys/keyring/keyring-steps.js';
export { readSecretFile } from './keys/keyring/keyring-file.js';
export { loadKeyring, readKeyring } from './keys/keyring/read-keyring.js';
export type { RingKey, RingKeyState, UsableRingKey } from './keys/keyring/ring-key.js';
export {
  AwsKmsProvider,
  type AwsKmsClient,
  type AwsKmsOptions,
} from './keys/providers/aws-kms.provider.js';
export type { KeyProvider, KeyProviderHealth, WrapContext } from './keys/providers/key-provider.js';
export { LocalKeyringProvider } from './keys/providers/local-keyring.provider.js';
export { MultiProvider } from './keys/providers/multi.provider.js';
export {
  VaultTransitProvider,
  type VaultTransitOptions,
} from './keys/providers/vault-transit.provider.js';
export type { IShredChannel, ShredNotice } from './keys/shred-channel.js';
export type { ShredReceipt } from './keys/shred-receipt.js';
export { FileKeyStore } from './keys/stores/file-key.store.js';
export type { KeyRow, KeyRowInfo, KeyStore } from './keys/stores/key-store.js';
export { MemoryKeyStore } from './keys/stores/memory-key.store.js';
export type { RedisKeyClient } from './keys/stores/redis-key.client.js';
export { RedisKeyStore, type RedisKeyStoreOptions } from './keys/stores/redis-key.store.js';
export {
  SQL_KEY_STORE_DDL,
  SqlKeyStore,
  type SqlKeyStoreOptions,
  type SqlRunner,
} from './keys/stores/sql-key.store.js';
export { KeyedNames, type KeyedNamesOptions } from './names/keyed-names.js';
export type { Pseudonyms } from './names/pseudonyms.js';
export { PhiSeal, type PhiSealOptions } from './seal/phi.seal.js';
export { SEAL_CAPS, SKEW_MS, longestMs, type SealCaps } from './seal/seal-caps.js';
export type { AuditAlarm, AuditAlarmKind, AuditAlarmListener } from './audit/audit-alarm.js';
export { AUDIT_LIMITS, type AuditLimits } from './audit/audit-limits.js';
export type { IAuditSigner } from './audit/audit.signer.js';
export { PhiAudit } from './audit/phi.audit.js';
export type { PhiAuditOptions } from './audit/phi-audit-options.js';
export type {
  AuditBatch,
  AuditSession,
  AuditSink,
  AuditSinkHealth,
} from './audit-sinks/audit-sink.js';
export { FileAuditSink, type FileAuditSinkOptions } from './audit-sinks/file.sink.js';
export { MemoryAuditSink } from './audit-sinks/memory.sink.js';
export type { AuditRetention } from './audit-sinks/retention.js';
export type { TimeRange } from './data-parts.js';
export type { ErasableCache } from './erasure/erasure.js';
export {
  erasureText,
  verifyErasureReceipt,
  type AuditPosition,
  type ErasureFacts,
  type ErasureReceipt,
} from './erasure/erasure-receipt.js';
export type { PurgeResult } from './erasure/purge.job.js';
export { HealthcareCacheService } from './healthcare-cache.service.js';
export type { ClearOptions, EraseReason } from './erasure/erasure.js';
export type {
  AppointmentOptions,
  EmergencyDataOptions,
  MedicalHistoryOptions,
  PatientRecordsOptions,
} from './healthcare-options.js';
export type { HealthcareAudit, HealthcarePluginOptions } from './healthcare-plugin.options.js';
export type { HealthcareTtlName, HealthcareTtls } from './healthcare-ttl.js';
export { HEALTHCARE_AUDIT, healthcarePlugin, HealthcarePlugin } from './healthcare.plugin.js';
export { UrlKeyStore } from './keys/stores/url-key.store.js';
export { HEALTHCARE_TEMPLATES, HealthcareKeyFactory } from './subjects/healthcare-key.factory.js';
export { auditPaths, type AuditPaths } from './audit/audit-paths.js';
export { FileAuditAnchor } from './audit-sinks/file.anchor.js';
export { FhirAuditSink, type FhirAuditSinkOptions } from './audit-sinks/fhir.sink.js';
export { connectRedisAudit, type RedisAuditClient } from './audit-sinks/redis-audit.client.js';
export { RedisAuditAnchor, type RedisAuditAnchorOptions } from './audit-sinks/redis.anchor.js';
export { RedisAuditSink, type RedisAuditSinkOptions } from './audit-sinks/redis.sink.js';
export { TeeAuditSink, type TeeAuditSinkOptions } from './audit-sinks/tee.sink.js';
export { saveRedisAudit } from './audit-trail/save-redis-audit.js';
