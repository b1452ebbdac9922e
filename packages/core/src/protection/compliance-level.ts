/** How closely protected data is held. */
export type ComplianceLevel = 'standard' | 'sensitive' | 'restricted';
