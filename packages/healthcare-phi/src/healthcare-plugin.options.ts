import type {
  CacheLogger,
  Clock,
  ComplianceLevel,
  ICacheStrategy,
  PluginHealth,
  PluginRequest,
} from '@vitalcache/core';

import type { AccessContext } from './access/access-context.js';
import type { Authorize } from './access/authorizer.js';
import type { IAudit } from './audit/audit-event.js';
import type { IRecordBook } from './books/record-book.js';
import type { BreakGlassOptions } from './break-glass/break-glass.js';
import type { EmergencyCacheStrategyOptions } from './emergency/emergency-cache.strategy.js';
import type { AuditPosition } from './erasure/erasure-receipt.js';
import type { HealthcareTtls } from './healthcare-ttl.js';
import type { Keyring } from './keys/keyring/keyring.js';
import type { KeyProvider } from './keys/providers/key-provider.js';
import type { KeyStore } from './keys/stores/key-store.js';
import type { HoldRecord } from './legal-hold/legal-hold.js';
import type { CompliancePolicyOptions } from './policy/compliance.policy.js';

/** An audit with a life of its own, such as `PhiAudit`. */
export interface HealthcareAudit extends IAudit {
  /** Rejects with a `CacheError` to keep the application down. */
  start?(): Promise<void>;
  /** Resolves within bounds. */
  close?(): Promise<unknown>;
  health?(): PluginHealth;
  metrics?(): Readonly<Record<string, number>>;
  /** Where its log stands. */
  position?(): Promise<AuditPosition | null>;
}

/** How a deployment protects its data. What is not given comes from the environment, or has a default. */
export interface HealthcarePluginOptions {
  /** Default: CACHE_KEYRING or CACHE_KEYRING_FILE. */
  readonly keyring?: Keyring;
  /** What wraps the keys of tenants. Default: the keyring's own `kek`. */
  readonly keyProvider?: KeyProvider;
  /** Default: CACHE_KEY_STORE_URL; without one data is sealed all the same, and no key can be destroyed. */
  readonly keyStore?: KeyStore;
  /** See `DataKeysOptions`. Default: `derived`. */
  readonly subjectKeys?: 'derived' | 'stored';
  /** Default: files, by CACHE_AUDIT_FILE, signed with the keyring's `audit` key. */
  readonly audit?: HealthcareAudit;
  /** Levels that are used here; `restricted` needs a key store. Default: all that can be served. */
  readonly levels?: readonly ComplianceLevel[];
  readonly policy?: Omit<CompliancePolicyOptions, 'warn' | 'hasSwr'>;
  readonly authorize?: Authorize;
  /** Who is asking, for each request; `null`: nobody who may see protected data. Throws to refuse the request. */
  readonly resolveAccess?: (request: PluginRequest) => AccessContext | null;
  /** Seconds to live by kind of data, before what variables say. */
  readonly ttl?: Partial<HealthcareTtls>;
  readonly emergency?: Pick<EmergencyCacheStrategyOptions, 'staleIfErrorMs' | 'originTimeoutMs'>;
  /** Absent: nobody may break the glass. */
  readonly breakGlass?: Omit<BreakGlassOptions, 'audit' | 'signer' | 'clock' | 'newId'>;
  /** Absent: nobody may place holds, and there are none. */
  readonly legalHold?: {
    readonly roles: readonly string[];
    readonly book: IRecordBook<HoldRecord>;
  };
  /** Where receipts of erasures are kept. Absent: only whoever asks for the erasure gets it. */
  readonly receiptsDirectory?: string;
  /** Lets `standard` data be served while it is refreshed: an `SWRCacheStrategy` that the cache has anyway. */
  readonly swr?: Pick<ICacheStrategy, 'read'>;
  /** Before CACHE_ENCRYPTION_ENABLED. False: protected data is not cached. */
  readonly encryption?: boolean;
  /** Before CACHE_AUDIT_LOGGING_ENABLED. False: protected data is not cached. */
  readonly auditLogging?: boolean;
  /** Accepts a store that is reached over a network without encryption. Default: false. */
  readonly allowPlaintextConnection?: boolean;
  /** Reports data of patients that is not declared as such. Default: unless NODE_ENV is production. */
  readonly reportsUndeclared?: boolean;
  readonly logger?: CacheLogger;
  readonly clock?: Clock;
}
