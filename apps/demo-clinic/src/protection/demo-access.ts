import { UnauthorizedException } from '@nestjs/common';
import {
  HEALTHCARE_TEMPLATES,
  type AccessContext,
  type HealthcarePluginOptions,
} from '@vitalcache/healthcare-phi';

import { DEMO_LOGINS, LOGIN_HEADER, loginOf } from './demo-logins.js';

type ResolveAccess = NonNullable<HealthcarePluginOptions['resolveAccess']>;
type Authorize = NonNullable<HealthcarePluginOptions['authorize']>;

/** What the front desk has no business with. */
const CLINICAL: ReadonlySet<string> = new Set([
  HEALTHCARE_TEMPLATES.patientRecords,
  HEALTHCARE_TEMPLATES.medicalHistory,
  HEALTHCARE_TEMPLATES.prescriptions,
  HEALTHCARE_TEMPLATES.labResults,
]);

/** Who asks, for each request. @throws UnauthorizedException for a login that there is none of */
export const resolveAccess: ResolveAccess = ({ raw }): AccessContext => {
  const { headers, ip, id } = raw as {
    readonly headers: Readonly<Record<string, unknown>>;
    readonly ip?: string;
    readonly id?: unknown;
  };
  const login = loginOf(headers);
  if (!login) {
    const known = DEMO_LOGINS.map((one) => one.id).join(', ');
    throw new UnauthorizedException(
      `Nobody of that name works here: ${LOGIN_HEADER} takes ${known}`,
    );
  }
  return {
    tenant: 'default',
    actor: login.actor,
    roles: [login.role],
    purpose: login.purpose,
    ...(ip !== undefined && { address: ip }),
    ...(typeof id === 'string' && { requestId: id }),
  };
};

/**
 * Asked for each read, hits included: the front desk sees who somebody is and when they come, not what they have, and erases
 * nothing.
 */
export const authorize: Authorize = ({ context, action, template }) =>
  action === 'invalidate' ||
  !context.roles.includes('receptionist') ||
  (action !== 'erase' && !CLINICAL.has(template));
