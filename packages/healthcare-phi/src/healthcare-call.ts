import {
  CacheError,
  DATA_KIND_OPTIONS,
  type CacheOptions,
  type DataKind,
  type DataSubject,
} from '@vitalcache/core';

import type { CompliancePolicy } from './policy/compliance.policy.js';
import { stricter } from './policy/level-rules.js';
import { labelsOf } from './policy/sensitivity.labels.js';

/** What a healthcare method knows of its data. */
export interface CallTerms {
  readonly kind: DataKind;
  readonly template: string;
  /** Seconds to live, where the caller says nothing. */
  readonly ttl: number;
  readonly consistency?: 'strong';
  readonly subject?: DataSubject;
  /** Nobody says whose it is. */
  readonly isAnybodys?: boolean;
}

type Policy = Pick<CompliancePolicy, 'rules' | 'levelOf'>;

/** The options of healthcare methods' calls. Those of callers who say nothing are made once. */
export class CallOptions {
  readonly #policy: Policy;
  readonly #bare = new WeakMap<CallTerms, CacheOptions>();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  /** @throws CacheError `OPTION_INVALID` */
  of(terms: CallTerms, written: CacheOptions): CacheOptions {
    for (const _ in written) return callOptions(terms, written, this.#policy);
    const known = this.#bare.get(terms);
    if (known) return known;
    const made = Object.freeze(callOptions(terms, written, this.#policy));
    this.#bare.set(terms, made);
    return made;
  }
}

/**
 * The options of a healthcare method's call: what the kind of data is like, then what the caller wrote. A default that is
 * above what the level allows is lowered to it.
 * @throws CacheError `OPTION_INVALID` for `containsPHI: false` and its like, which can't be
 */
function callOptions(
  { kind, template, ttl, consistency, subject, isAnybodys = false }: CallTerms,
  written: CacheOptions,
  policy: Policy,
): CacheOptions {
  const { ttl: _ttl, ...flags } = DATA_KIND_OPTIONS[kind];
  const given = Object.fromEntries(
    Object.entries(written).filter(([, value]) => value !== undefined),
  ) as CacheOptions;
  for (const name of Object.keys(flags) as (keyof CacheOptions)[]) {
    if (given[name] !== false) continue;
    throw new CacheError('OPTION_INVALID', `${name} is false; data of this kind always has it.`);
  }
  const tags = typeof given.tags === 'function' ? [] : (given.tags ?? []);
  const labelled = policy.levelOf(labelsOf({ labels: given.labels ?? [], tags }));
  const level = stricter(given.complianceLevel ?? 'standard', labelled);
  return {
    ttl: Math.min(ttl, policy.rules(level).maxTtlMs / 1_000),
    template,
    ...(consistency && { consistency }),
    ...(subject && { subject }),
    ...flags,
    ...(isAnybodys && { patientSpecific: false }),
    ...given,
  };
}
