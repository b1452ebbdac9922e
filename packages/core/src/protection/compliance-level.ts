/** How closely protected data is held. */
export type ComplianceLevel = 'standard' | 'sensitive' | 'restricted';

/** From the most open one; `null` is what is not protected. */
const RISING: readonly (ComplianceLevel | null)[] = [null, 'standard', 'sensitive', 'restricted'];

/** Whether data is held more closely than other data. */
export function isStricter(level: ComplianceLevel | null, than: ComplianceLevel | null): boolean {
  return RISING.indexOf(level) > RISING.indexOf(than);
}
