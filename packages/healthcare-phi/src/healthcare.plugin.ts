import type {
  AdminAction,
  CacheClass,
  CachePlugin,
  DataProtection,
  EnvironmentReader,
  ICacheMiddleware,
  ICacheStrategy,
  OptionRule,
  PluginHealth,
  PluginRequest,
  PluginService,
} from '@vitalcache/core';

import { runWithAccess } from './access/access-scope.js';
import { BreakGlass } from './break-glass/break-glass.js';
import { assertHealthcare } from './assert-healthcare.js';
import { checkPluginOptions } from './check-plugin-options.js';
import { assertKeepsReceipts } from './erasure/receipt.file.js';
import { HealthcareCacheService } from './healthcare-cache.service.js';
import { healthcareActions } from './healthcare.actions.js';
import { readHealthcareEnvironment, type HealthcareEnvironment } from './healthcare.environment.js';
import type { HealthcarePluginOptions } from './healthcare-plugin.options.js';
import { HealthcareParts, type HasHealthcareParts } from './healthcare.parts.js';
import { LegalHolds } from './legal-hold/legal-holds.js';
import { withTopicTags } from './subjects/topic-tags.rule.js';

/** Injected where an application asks for the audit of protected data. */
export const HEALTHCARE_AUDIT = Symbol.for('@vitalcache/healthcare-phi/audit');

/** Everything for protected data: seal, names, keys, access, audit, emergency, erasure. For one cache. */
export class HealthcarePlugin implements CachePlugin, HasHealthcareParts {
  readonly name = 'healthcare';
  readonly cacheClass = HealthcareCacheService as unknown as CacheClass;
  readonly adminActions: readonly AdminAction[] = healthcareActions(() => this.parts.audit);
  readonly #options: HealthcarePluginOptions;
  #env: HealthcareEnvironment = { ttl: {} };
  #parts: HealthcareParts | null = null;

  constructor(options: HealthcarePluginOptions) {
    this.#options = options;
  }

  /** Built when they are first asked for, after the environment was read. @throws CacheError `CONFIG_INVALID` */
  get parts(): HealthcareParts {
    this.#parts ??= new HealthcareParts(this.#options, this.#env);
    return this.#parts;
  }

  get protection(): DataProtection {
    return this.parts.protection;
  }

  get optionRule(): OptionRule {
    const { optionRule } = this.parts.policy;
    return (written, resolved) => withTopicTags(optionRule(written, resolved));
  }

  get strategies(): readonly ICacheStrategy[] {
    return [this.parts.emergency, this.parts.phi];
  }

  get middleware(): readonly ICacheMiddleware[] {
    const { access, undeclared } = this.parts;
    return undeclared ? [access, undeclared] : [access];
  }

  /** Asked for before the environment is read: what they are made of comes later. */
  get services(): readonly PluginService[] {
    return [
      { token: HealthcareCacheService, create: (cache) => cache },
      { token: LegalHolds, create: () => this.parts.holds },
      { token: HEALTHCARE_AUDIT, create: () => this.parts.audit },
      ...(this.#options.breakGlass
        ? [{ token: BreakGlass, create: () => this.parts.breakGlass as BreakGlass }]
        : []),
    ];
  }

  readEnvironment(reader: EnvironmentReader): void {
    this.#env = readHealthcareEnvironment(reader);
  }

  async start(cache: object): Promise<void> {
    assertHealthcare(cache);
    const { receiptsDirectory } = this.#options;
    const { auditUse, breakGlass, channel, stores } = this.parts;
    await stores.look();
    if (receiptsDirectory !== undefined) await assertKeepsReceipts(receiptsDirectory);
    await auditUse.start();
    await breakGlass?.start();
    await channel.start(cache);
  }

  async close(): Promise<void> {
    const { auditUse, breakGlass, channel, index, stores } = this.parts;
    channel.close();
    breakGlass?.stop();
    await Promise.all([index.settled(), stores.settled()]);
    await auditUse.close();
  }

  health(): PluginHealth {
    const { audit, isCaching, keys, stores } = this.parts;
    const told = audit.health?.() ?? { status: 'healthy', reasons: [] };
    const warnings = [
      ...(stores.reason === null ? [] : [stores.reason]),
      ...(keys.reason === null ? [] : [keys.reason]),
      ...(isCaching ? [] : ['Protected data is not cached: sealing or the audit is switched off.']),
      ...(keys.shredding === 'available'
        ? []
        : ['There is no key store: erased data can be read in old copies of the store.']),
    ];
    if (warnings.length === 0) return told;
    const isCritical = told.status === 'critical' || stores.isRefused;
    const status = isCritical ? 'critical' : 'warning';
    return { status, reasons: [...told.reasons, ...warnings] };
  }

  metrics(): Readonly<Record<string, number>> {
    const { admission, audit, index, seal } = this.parts;
    return {
      sealFailures: seal.refusals,
      bypassed: admission.bypassed,
      indexSkipped: index.skipped,
      ...audit.metrics?.(),
    };
  }

  aroundRequest<T>(request: PluginRequest, next: () => T): T {
    const context = this.#options.resolveAccess?.(request) ?? null;
    return context ? runWithAccess(context, next) : next();
  }
}

/** @throws CacheError `CONFIG_INVALID` for an option that there is none of, and for a hook that is no function */
export function healthcarePlugin(options: HealthcarePluginOptions = {}): HealthcarePlugin {
  checkPluginOptions(options);
  return new HealthcarePlugin(options);
}
