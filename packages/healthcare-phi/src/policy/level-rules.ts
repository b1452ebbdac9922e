import type { ComplianceLevel } from '@vitalcache/core';

import type { PurposeOfUse } from '../access/access-context.js';

/** What a compliance level allows. */
export interface LevelRules {
  /** Longest time to live. */
  readonly maxTtlMs: number;
  /** Lengths of what is compressed tell something of the content. */
  readonly allowsCompression: boolean;
  /** Whether values past their fresh time may be served, but for emergency data. */
  readonly allowsStale: boolean;
  /** Whether whoever asks must say what for; `listed`: and it must be on the list of purposes. */
  readonly purpose: 'optional' | 'required' | 'listed';
}

/** From the least to the most closely held. */
export const LEVELS = ['standard', 'sensitive', 'restricted'] as const;

/** What holds unless a deployment says otherwise. */
export const LEVEL_RULES: Readonly<Record<ComplianceLevel, LevelRules>> = {
  standard: {
    maxTtlMs: 14_400_000,
    allowsCompression: true,
    allowsStale: true,
    purpose: 'optional',
  },
  sensitive: {
    maxTtlMs: 3_600_000,
    allowsCompression: true,
    allowsStale: false,
    purpose: 'required',
  },
  restricted: {
    maxTtlMs: 900_000,
    allowsCompression: false,
    allowsStale: false,
    purpose: 'listed',
  },
};

/** Purposes that `restricted` data may be read for. */
export const RESTRICTED_PURPOSES: readonly PurposeOfUse[] = ['TREAT', 'ETREAT', 'BTG', 'PATRQT'];

/** The more closely held of two levels. */
export function stricter(a: ComplianceLevel, b: ComplianceLevel): ComplianceLevel {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}
