import type { ComplianceLevel, ResolvedCacheOptions } from '@vitalcache/core';

import { stricter } from './level-rules.js';

/** A label of FHIR's `meta.security`, or its code alone. */
export type SecurityLabel = string | { readonly code?: string; readonly system?: string };

/** HL7 v3 Confidentiality, in its order U < L < M < N < R < V. */
const CONFIDENTIALITY: Readonly<Record<string, ComplianceLevel>> = {
  U: 'standard',
  L: 'standard',
  M: 'standard',
  N: 'standard',
  R: 'restricted',
  V: 'restricted',
};

/** Words of this package, and the codes of HL7 v3 InformationSensitivityPolicy that laws single out. */
const RESTRICTED = [
  'part2',
  'psychotherapy',
  'hiv',
  'genetics',
  'ETH',
  'ETHUD',
  'GDIS',
  'HIV',
  'OPIOIDUD',
  'PSYTHPN',
  'SUD',
] as const;

/** The other codes of HL7 v3 InformationSensitivityPolicy. */
const SENSITIVE = (
  'ADOL B BH CEL COGN DEMO DIA DOB DRGIS DVD EMOTDIS EMP EMPL GENDER LIVARG LOCIS MARST MH MST PDS ' +
  'PHY PREGNANT PRS PSY RACE REL SCA SDV SEX SICKLE SPI SSP STD TBOO VIO'
).split(' ');

/** Says of data that it is made up; closes nothing. */
const HARMLESS = ['HTEST'] as const;

/** By code; a map, because codes are what others write. */
const LEVEL_OF = new Map<string, ComplianceLevel>([
  ...Object.entries(CONFIDENTIALITY),
  ...SENSITIVE.map((code) => [code, 'sensitive'] as const),
  ...RESTRICTED.map((code) => [code, 'restricted'] as const),
  ...HARMLESS.map((code) => [code, 'standard'] as const),
]);

/** Labels that may stand among the tags of an entry, and then decide about its level. */
const TAG_LABELS = new Set<string>(['part2', 'psychotherapy', 'hiv', 'genetics']);

/**
 * The level of data with these labels: the strictest that one of them asks for. A label that nobody knows asks for
 * `restricted`; data without labels is `standard`.
 * @param site levels of labels of an application's own, which may be stricter than ours and never milder
 */
export function levelOfLabels(
  labels: readonly SecurityLabel[],
  site: Readonly<Record<string, ComplianceLevel>> = {},
): ComplianceLevel {
  return labels.map((label) => levelOfCode(codeOf(label), site)).reduce(stricter, 'standard');
}

const NONE: readonly string[] = Object.freeze([]);

/** The security labels of options, and those that stand among their tags, such as `part2`. */
export function labelsOf({
  labels,
  tags,
}: Pick<ResolvedCacheOptions, 'labels' | 'tags'>): readonly string[] {
  if (labels.length === 0 && tags.length === 0) return NONE; // as most
  const tagged = typeof tags === 'function' ? [] : tags.filter((tag) => TAG_LABELS.has(tag));
  return [...new Set([...labels, ...tagged])];
}

function levelOfCode(
  code: string | null,
  site: Readonly<Record<string, ComplianceLevel>>,
): ComplianceLevel {
  if (code === null) return 'restricted';
  const own = Object.hasOwn(site, code) ? site[code] : undefined;
  const known = LEVEL_OF.get(code);
  if (own === undefined) return known ?? 'restricted';
  return stricter(own, known ?? 'standard');
}

function codeOf(label: unknown): string | null {
  if (typeof label === 'string') return label;
  const code =
    typeof label === 'object' && label !== null ? (label as { code?: unknown }).code : null;
  return typeof code === 'string' ? code : null;
}
