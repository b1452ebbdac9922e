import {
  CacheError,
  systemClock,
  VARIANT_SEPARATOR,
  type CacheLogger,
  type CachePlugin,
  type Clock,
  type ICacheProvider,
  type StoreKeeper,
} from '@vitalcache/core';

import { DEFAULT_TENANT } from './access/access-context.js';
import { AccessMiddleware } from './access/access-cache.middleware.js';
import { currentAccess } from './access/access-scope.js';
import { Authorizer } from './access/authorizer.js';
import { EntryAdmission } from './access/entry.admission.js';
import { tenantOfKey } from './access/entry-variant.js';
import { AuditUse } from './audit-use.js';
import { LocalAuditSigner } from './audit/audit.signer.js';
import { MemoryRecordBook } from './books/memory-record-book.js';
import { BreakGlass } from './break-glass/break-glass.js';
import { GrantSigner } from './break-glass/grant.signer.js';
import { EmergencyCacheStrategy } from './emergency/emergency-cache.strategy.js';
import { EraseGuard } from './erasure/erase.guard.js';
import { Erasure, type ErasableCache } from './erasure/erasure.js';
import { PurgeJob } from './erasure/purge.job.js';
import type { HealthcareEnvironment } from './healthcare.environment.js';
import type { HealthcareAudit, HealthcarePluginOptions } from './healthcare-plugin.options.js';
import { HealthcareProtection } from './healthcare.protection.js';
import { completeTtls, type HealthcareTtls } from './healthcare-ttl.js';
import { JournalShredChannel } from './journal-shred.channel.js';
import { DataKeys } from './keys/data-keys.js';
import { UrlKeyStore } from './keys/stores/url-key.store.js';
import type { HoldRecord } from './legal-hold/legal-hold.js';
import { LegalHolds } from './legal-hold/legal-holds.js';
import { KeyedNames } from './names/keyed-names.js';
import { PHICacheStrategy } from './phi-cache.strategy.js';
import { CompliancePolicy } from './policy/compliance.policy.js';
import { longestMs } from './seal/seal-caps.js';
import { PhiSeal } from './seal/phi.seal.js';
import { auditOf, keyringOf } from './start-requirements.js';
import { EntryIndex } from './subjects/entry-index.js';
import { subjectByConvention } from './subjects/key-convention.js';
import { KnownSubjects } from './subjects/known-subjects.js';
import { UndeclaredPhiMiddleware } from './undeclared-phi.middleware.js';
import { ValueStoresGuard } from './value-stores.guard.js';

/** How long an invalidation waits for the removal of what it has made invalid. */
const REMOVAL_MS = 2_000;

/** What the healthcare plugin consists of, for one cache, built of its options and the variables. */
export class HealthcareParts {
  readonly ttls: HealthcareTtls;
  readonly policy: CompliancePolicy;
  readonly audit: HealthcareAudit;
  readonly auditUse: AuditUse;
  readonly names: KeyedNames;
  readonly keys: DataKeys;
  readonly stores: ValueStoresGuard;
  readonly seal: PhiSeal;
  readonly protection: HealthcareProtection;
  readonly admission: EntryAdmission;
  readonly phi: PHICacheStrategy;
  readonly emergency: EmergencyCacheStrategy;
  readonly access: AccessMiddleware;
  readonly undeclared: UndeclaredPhiMiddleware | null;
  readonly breakGlass: BreakGlass | null;
  readonly holds: LegalHolds;
  readonly channel = new JournalShredChannel();
  /** Whether protected data is cached at all. */
  readonly isCaching: boolean;
  readonly clock: Clock;
  readonly logger: CacheLogger;
  readonly #guard: EraseGuard;
  readonly #signer: LocalAuditSigner | null;
  readonly #receiptsDirectory: string | null;
  #joined: Joined | null = null;

  /** @throws CacheError `CONFIG_INVALID` saying what is missing, and how to come by it */
  constructor(options: HealthcarePluginOptions, env: HealthcareEnvironment) {
    const isSealed = options.encryption ?? env.encryption ?? true;
    const isAudited = options.auditLogging ?? env.auditLogging ?? true;
    const clock = (this.clock = options.clock ?? systemClock);
    const logger = (this.logger = options.logger ?? console);
    const warn = (message: string): void => logger.warn(message);
    this.isCaching = isSealed && isAudited;
    this.ttls = completeTtls({ ...env.ttl, ...options.ttl });
    const hasSwr = options.swr !== undefined;
    const policy = (this.policy = new CompliancePolicy({ ...options.policy, warn, hasSwr }));
    const keyring = keyringOf(options.keyring ?? env.keyring, isSealed, warn);
    const { index: indexKeys, retiredMarks } = keyring;
    const names = (this.names = new KeyedNames({ keys: indexKeys, retiredMarks, slotOf, clock }));
    const keyRef = (key: string): string => names.pseudonym('key', '', key);
    const signingKey = keyring.audit[0]?.key ?? null;
    this.#signer = signingKey && new LocalAuditSigner(signingKey);
    this.#receiptsDirectory = options.receiptsDirectory ?? null;
    const audit = (this.audit = auditOf({
      isAudited,
      given: options.audit,
      path: env.auditFile,
      signingKey,
      clock,
      warn,
    }));
    this.auditUse = new AuditUse(audit);
    const store =
      options.keyStore ?? (env.keyStoreUrl === undefined ? null : new UrlKeyStore(env.keyStoreUrl));
    const keys = (this.keys = new DataKeys({
      keyring,
      store,
      longestMs: longestMs(policy.caps),
      channel: this.channel,
      clock,
      warn,
      ...(options.keyProvider && { provider: options.keyProvider }),
      ...(options.subjectKeys && { subjectKeys: options.subjectKeys }),
    }));
    for (const level of options.levels ?? []) keys.assertServes(level);
    const seal = (this.seal = new PhiSeal({
      keys,
      names,
      caps: policy.caps,
      clock,
      onSealed: (terms, notAfter) => this.protection.onSealed(terms, notAfter),
    }));
    const subjects = new KnownSubjects(clock);
    const admission = (this.admission = new EntryAdmission({
      subjects,
      clock,
      isCaching: () => this.isCaching && this.stores.isSafe,
      warn: (message) => {
        if (!this.isCaching) warn(message); // else it is the stores, of which their guard tells
      },
    }));
    this.stores = new ValueStoresGuard({
      keys,
      values: () => this.#own,
      wantsEncryption: this.isCaching && !options.allowPlaintextConnection,
      clock,
      logger,
    });
    const index = (): EntryIndex | null => this.#joined?.index ?? null;
    this.protection = new HealthcareProtection({ names, seal, keys, admission, policy, index });
    this.phi = new PHICacheStrategy({ audit, keyRef, ...(options.swr && { swr: options.swr }) });
    this.emergency = new EmergencyCacheStrategy({ audit, keyRef, clock, ...options.emergency });
    this.breakGlass = options.breakGlass
      ? new BreakGlass({ ...options.breakGlass, audit, signer: new GrantSigner(names), clock })
      : null;
    const grants = this.breakGlass ? { grants: this.breakGlass } : {};
    const authorize = options.authorize ? { authorize: options.authorize } : {};
    const authorizer = new Authorizer({ policy, clock, ...authorize, ...grants });
    this.#guard = new EraseGuard(authorizer, audit);
    const whose = { keyRef, subjects, clock };
    this.access = new AccessMiddleware({ audit, authorizer, ...whose, ...grants });
    const { roles = [], book = new MemoryRecordBook<HoldRecord>() } = options.legalHold ?? {};
    this.holds = new LegalHolds({ book, audit, roles, clock });
    const reports = options.reportsUndeclared ?? process.env['NODE_ENV'] !== 'production';
    this.undeclared = reports ? new UndeclaredPhiMiddleware(() => logger) : null;
  }

  /** Takes the cache that all of this is for. @throws CacheError `CONFIG_INVALID` for a second one */
  join(cache: ErasableCache, provider: ICacheProvider, keeper: StoreKeeper): void {
    if (this.#joined) {
      throw new CacheError(
        'CONFIG_INVALID',
        'This healthcare plugin is that of another cache; each cache needs a healthcarePlugin() of its own.',
      );
    }
    const { audit, clock, holds, keys, logger, names } = this;
    const index = new EntryIndex(keeper, clock);
    const signer = this.#signer ?? unsigned();
    const guard = this.#guard;
    const erasure = new Erasure({
      cache,
      index,
      guard,
      forgetOwn: () => keeper.forgetOwn(),
      names,
      shredder: keys.shredder,
      holds,
      audit,
      auditPosition: async () => (await audit.position?.().catch(() => null)) ?? null,
      signer,
      directory: this.#receiptsDirectory,
      clock,
    });
    this.#joined = {
      provider,
      namespace: cache.namespace,
      index,
      erasure,
      purge: new PurgeJob({ keeper, index, guard, holds, audit, logger }),
    };
  }

  get erasure(): Erasure {
    return this.#own.erasure;
  }

  get purge(): PurgeJob {
    return this.#own.purge;
  }

  get provider(): ICacheProvider {
    return this.#own.provider;
  }

  get index(): EntryIndex {
    return this.#own.index;
  }

  /** Removes what is in the index of whoever asks, under these tags. */
  remove(tags: readonly string[]): Promise<number | null> {
    return this.#own.index.remove(tags, currentAccess()?.tenant ?? DEFAULT_TENANT, REMOVAL_MS);
  }

  /**
   * Removes what is in the index of whoever asks under these keys, with all their variants.
   * @param others how many others were removed; resolves with the sum, `null` where that is not known
   */
  async removeKeys(keys: readonly string[], others: number | null): Promise<number | null> {
    const context = currentAccess();
    const bases = new Set(keys.filter((key) => !key.includes(VARIANT_SEPARATOR)));
    if (!context || bases.size === 0) return others;
    const kept = await this.#own.index.removeKeys([...bases], context.tenant, REMOVAL_MS);
    return kept === null || others === null ? null : others + kept;
  }

  get #own(): Joined {
    if (this.#joined) return this.#joined;
    throw new CacheError('CONFIG_INVALID', 'The healthcare plugin was given to no cache yet.');
  }
}

interface Joined {
  readonly provider: ICacheProvider;
  readonly namespace: string;
  readonly index: EntryIndex;
  readonly erasure: Erasure;
  readonly purge: PurgeJob;
}

/** A plugin that has them. */
export interface HasHealthcareParts {
  readonly parts: HealthcareParts;
}

/** @throws CacheError `CONFIG_INVALID` where no plugin has them */
export function partsIn(plugins: readonly CachePlugin[]): HealthcareParts {
  const [first] = plugins.flatMap((plugin) =>
    'parts' in plugin && plugin.parts instanceof HealthcareParts ? [plugin.parts] : [],
  );
  if (first) return first;
  throw new CacheError(
    'CONFIG_INVALID',
    'A HealthcareCacheService needs plugins: [healthcarePlugin({ … })], made for it alone.',
  );
}

/** What a tenant has of a patient stands together. */
function slotOf(key: string): string | null {
  const { patientId } = subjectByConvention(key);
  return patientId === undefined ? null : JSON.stringify([tenantOfKey(key), patientId]);
}

function unsigned(): LocalAuditSigner {
  throw new CacheError(
    'CONFIG_INVALID',
    'The keyring has no audit key, which signs receipts of erasures; add one (generateRingKey("audit") makes it).',
  );
}
