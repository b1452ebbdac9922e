/** How closely protected data is held. */
export type ComplianceLevel = 'standard' | 'sensitive' | 'restricted';

/** From the most open one. */
export const COMPLIANCE_LEVELS: readonly ComplianceLevel[] = [
  'standard',
  'sensitive',
  'restricted',
];

/** Whether data is held more closely than other data; `null` is what is not protected. */
export function isStricter(level: ComplianceLevel | null, than: ComplianceLevel | null): boolean {
  return rankOf(level) > rankOf(than);
}

function rankOf(level: ComplianceLevel | null): number {
  return level === null ? -1 : COMPLIANCE_LEVELS.indexOf(level);
}
