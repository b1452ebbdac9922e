import {
  assertOptionNames,
  CacheError,
  isProtected,
  projecting,
  type ComplianceLevel,
  type OptionNames,
  type OptionRule,
  type ResolvedCacheOptions,
} from '@vitalcache/core';

import type { PurposeOfUse } from '../access/access-context.js';
import { SEAL_CAPS, type SealCaps } from '../seal/seal-caps.js';
import { LEVEL_RULES, LEVELS, RESTRICTED_PURPOSES, type LevelRules } from './level-rules.js';
import { applyLevel, assertTagsWithin } from './option-rules.js';
import { levelOfLabels, type SecurityLabel } from './sensitivity.labels.js';

/** What a deployment says about its levels. */
export interface CompliancePolicyOptions {
  /** Longest times to live in seconds. Default: 14 400, 3 600, 900. A higher one works, and is warned about. */
  readonly maxTtl?: Partial<Readonly<Record<ComplianceLevel, number>>>;
  /** What `restricted` data may be read for. Default: TREAT, ETREAT, BTG, PATRQT. */
  readonly restrictedPurposes?: readonly PurposeOfUse[];
  /** Levels of an application's own security labels; ours can't be made milder. */
  readonly labels?: Readonly<Record<string, ComplianceLevel>>;
  /** Whether the `PHICacheStrategy` was given a strategy for `enableSwr`. Default: false. */
  readonly hasSwr?: boolean;
  /**
   * Members that are kept of the values of a template, by template, as `project` names them for one call: what is needed
   * there and no more. Where a call has `project` as well, what both name is kept.
   */
  readonly projections?: Readonly<Record<string, readonly string[]>>;
  /** Told once of what is milder than the default. */
  readonly warn?: (message: string) => void;
}

const NAMES: OptionNames<CompliancePolicyOptions> = {
  maxTtl: true,
  restrictedPurposes: true,
  labels: true,
  hasSwr: true,
  projections: true,
  warn: true,
};

/** The compliance levels of one deployment: what each allows, and what it makes of options. */
export class CompliancePolicy {
  /** For the plugin. */
  readonly optionRule: OptionRule;
  readonly #rules: Readonly<Record<ComplianceLevel, LevelRules>>;
  readonly #purposes: ReadonlySet<string>;
  readonly #labels: Readonly<Record<string, ComplianceLevel>>;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: CompliancePolicyOptions = {}) {
    assertOptionNames('CompliancePolicy', options, NAMES);
    const {
      maxTtl = {},
      restrictedPurposes,
      labels,
      hasSwr = false,
      projections = {},
      warn,
    } = options;
    this.#rules = rulesOf(maxTtl, warn ?? (() => undefined));
    this.#purposes = new Set(restrictedPurposes ?? RESTRICTED_PURPOSES);
    this.#labels = { ...labels };
    for (const fields of Object.values(projections)) projecting(fields, null);
    const levels = {
      hasSwr,
      rules: (level: ComplianceLevel) => this.rules(level),
      levelOf: (given: readonly SecurityLabel[]) => this.levelOf(given),
    };
    this.optionRule = (written, resolved) =>
      projected(applyLevel(written, resolved, levels), projections);
  }

  rules(level: ComplianceLevel): LevelRules {
    return this.#rules[level];
  }

  /** How long what is sealed may be readable at most: for the seal. */
  get caps(): SealCaps {
    const { standard, sensitive, restricted } = this.#rules;
    return {
      standard: standard.maxTtlMs,
      sensitive: sensitive.maxTtlMs,
      restricted: restricted.maxTtlMs,
      emergency: SEAL_CAPS.emergency,
    };
  }

  /** The level of data with these labels, such as a FHIR resource's `meta.security`; an unknown one is `restricted`. */
  levelOf(labels: readonly SecurityLabel[]): ComplianceLevel {
    return levelOfLabels(labels, this.#labels);
  }

  /** @throws CacheError `OPTION_INVALID` where tags that a value told ask for a higher level than its options have */
  assertTags(tags: readonly string[], options: ResolvedCacheOptions): void {
    assertTagsWithin(tags, options, (labels) => this.levelOf(labels));
  }

  /** Why data of a level may not be read for a purpose; `null` if nothing speaks against it. */
  purposeRefusal(
    level: ComplianceLevel,
    purpose: PurposeOfUse | undefined,
  ): 'purpose-missing' | 'purpose-refused' | null {
    const { purpose: wanted } = this.#rules[level];
    if (wanted === 'optional') return null;
    if (purpose === undefined) return 'purpose-missing';
    return wanted === 'required' || this.#purposes.has(purpose) ? null : 'purpose-refused';
  }
}

function projected(
  options: ResolvedCacheOptions,
  projections: Readonly<Record<string, readonly string[]>>,
): ResolvedCacheOptions {
  const { template, serializer } = options;
  const fields = Object.hasOwn(projections, template) ? projections[template] : undefined;
  if (!fields || !isProtected(options)) return options;
  return Object.freeze({ ...options, serializer: projecting(fields, serializer) });
}

function rulesOf(
  maxTtl: Partial<Readonly<Record<string, number>>>,
  warn: (message: string) => void,
): Readonly<Record<ComplianceLevel, LevelRules>> {
  const rules: Record<ComplianceLevel, LevelRules> = { ...LEVEL_RULES };
  for (const [name, seconds] of Object.entries(maxTtl)) {
    const level = LEVELS.find((known) => known === name);
    if (seconds === undefined) continue;
    if (!level || !(seconds > 0 && seconds <= 86_400)) {
      throw new CacheError(
        'CONFIG_INVALID',
        `maxTtl takes seconds up to 86400 for ${LEVELS.join(', ')}; ${name} is ${String(seconds)}.`,
      );
    }
    const maxTtlMs = seconds * 1_000;
    const before = LEVEL_RULES[level];
    if (maxTtlMs > before.maxTtlMs) {
      warn(
        `maxTtl of ${level} is ${seconds} s, above the default of ${before.maxTtlMs / 1000} s: what is held for longer can leak for longer.`,
      );
    }
    rules[level] = { ...before, maxTtlMs };
  }
  return rules;
}
