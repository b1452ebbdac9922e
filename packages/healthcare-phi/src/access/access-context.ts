/** Why somebody looks at protected data: codes of HL7 v3 PurposeOfUse. */
export type PurposeOfUse =
  'TREAT' | 'ETREAT' | 'BTG' | 'HPAYMT' | 'HOPERAT' | 'PATRQT' | 'HRESCH' | 'SYSADMIN';

/** Actor of the library's own work: refreshes, warming, expiry. */
export const SYSTEM_ACTOR = 'system';

/** The tenant of a deployment that has one only. */
export const DEFAULT_TENANT = 'default';

/** Who does something with protected data, for whom and why; opened once for a request. */
export interface AccessContext {
  /** Isolation boundary; `default` where there is one only. */
  readonly tenant: string;
  /** Id of the person; `system` only for the library's own work. */
  readonly actor: string;
  readonly roles: readonly string[];
  /** Where the actor works at the moment; absent: not bound to one. */
  readonly clinicId?: string;
  /** For whom the actor acts. */
  readonly onBehalfOf?: string;
  readonly purpose?: PurposeOfUse;
  readonly requestId?: string;
  /** Where the request came from. */
  readonly address?: string;
  /** Id of the break-glass grant that is in use. */
  readonly grantId?: string;
}
