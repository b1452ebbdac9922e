import {
  assertOptionNames,
  type Clock,
  type ComplianceLevel,
  type DataSubject,
  type OptionNames,
  within,
} from '@vitalcache/core';

import type { CompliancePolicy } from '../policy/compliance.policy.js';
import { DEFAULT_TENANT, SYSTEM_ACTOR, type AccessContext } from './access-context.js';

/** What an erasure reaches. */
export interface EraseTarget {
  /** Whose data: it need not be the tenant of whoever asks. `null`: all tenants'. */
  readonly tenant: string | null;
  /** Whether keys are destroyed too, so that no copy can be read, and nothing brings it back. */
  readonly shred: boolean;
}

/** What somebody wants to do to protected data. */
export interface AccessRequest {
  readonly context: AccessContext;
  /** `erase`: `erasePatient`, `clearPHICache` and `purge`, whose invalidations are asked about as `invalidate` besides. */
  readonly action: 'read' | 'write' | 'invalidate' | 'erase';
  /** Of `erase` alone. */
  readonly target?: EraseTarget;
  readonly subject: DataSubject;
  /** The key template, or another constant word for the kind of data. */
  readonly template: string;
  readonly level: ComplianceLevel;
  readonly labels: readonly string[];
}

/**
 * Whether somebody may do something, asked for each call, also for those that are answered from the cache. False,
 * throwing, and taking too long all mean no.
 */
export type Authorize = (request: AccessRequest) => boolean | Promise<boolean>;

/** Why something was refused: for the audit, never for who asked. */
export type Refusal =
  | 'purpose-missing'
  | 'purpose-refused'
  | 'other-clinic'
  | 'other-tenant'
  | 'grant-invalid'
  | 'grant-lacks-part2'
  | 'not-authorized'
  | 'authorize-failed'
  | 'authorize-timeout';

/** Grants that override the policy for a while. */
export interface IGrants {
  /** Why the grant that a context names does not hold for this request; `null` if it does. */
  refusal(request: AccessRequest): 'grant-invalid' | 'grant-lacks-part2' | null;
  /** So many reads went through by it. */
  used(grantId: string, reads: number): void;
}

export interface AuthorizerOptions {
  readonly policy: CompliancePolicy;
  /** Absent: whoever has an access context may, within tenant, clinic and purpose; and erase in their tenant. */
  readonly authorize?: Authorize;
  /** Absent: there are none, and a context that names one is refused. */
  readonly grants?: IGrants;
  readonly clock: Clock;
  /** How long `authorize` may take. Default: 1 000. */
  readonly timeoutMs?: number;
}

const NAMES: OptionNames<AuthorizerOptions> = {
  policy: true,
  authorize: true,
  grants: true,
  clock: true,
  timeoutMs: true,
};

/** Decides whether somebody may do something to protected data. Never rejects. */
export class Authorizer {
  readonly #options: AuthorizerOptions;

  constructor(options: AuthorizerOptions) {
    assertOptionNames('Authorizer', options, NAMES);
    this.#options = options;
  }

  /** `null`: they may. Without a promise where nobody has to be asked. */
  refusal(request: AccessRequest): Refusal | null | Promise<Refusal | null> {
    const { policy } = this.#options;
    const { context, action, level } = request;
    if (context.actor === SYSTEM_ACTOR) return null;
    if (context.grantId !== undefined || context.purpose === 'BTG') {
      const refused = this.#grantRefusal(request);
      if (refused) return refused;
      // A grant overrides who may see a patient, and nothing else: who erases is asked about, and purposes hold for it too.
      if (action === 'read' && request.subject.patientId !== undefined) {
        return policy.purposeRefusal(level, context.purpose);
      }
    }
    if (action === 'read' || action === 'write') {
      const refused = policy.purposeRefusal(level, context.purpose);
      if (refused) return refused;
      if (isElsewhere(request)) return 'other-clinic';
    }
    if (this.#options.authorize) return this.#asked(request, this.#options.authorize);
    return isOfOthers(request) ? 'other-tenant' : null;
  }

  /** Whoever says that they break the glass must have a grant. */
  #grantRefusal(request: AccessRequest): 'grant-invalid' | 'grant-lacks-part2' | null {
    const { grants } = this.#options;
    if (!grants || request.context.grantId === undefined) return 'grant-invalid';
    return grants.refusal(request);
  }

  async #asked(request: AccessRequest, authorize: Authorize): Promise<Refusal | null> {
    const { clock, timeoutMs = 1_000 } = this.#options;
    const { context, action, target, subject, template, level, labels } = request;
    const { patientId, doctorId, clinicId, appointmentId } = subject;
    // Only what an application is meant to see: its hook may well log it.
    const asked: AccessRequest = {
      context,
      action,
      ...(target && { target }),
      subject: {
        ...(patientId !== undefined && { patientId }),
        ...(doctorId !== undefined && { doctorId }),
        ...(clinicId !== undefined && { clinicId }),
        ...(appointmentId !== undefined && { appointmentId }),
      },
      template,
      level,
      labels,
    };
    const ask = async (): Promise<Refusal | null> =>
      ((await authorize(asked)) as unknown) === true ? null : 'not-authorized'; // not what merely looks like a yes
    try {
      return await within(clock, timeoutMs, ask(), () => 'authorize-timeout' as const);
    } catch {
      return 'authorize-failed'; // what an application throws may name somebody
    }
  }
}

/** Who works in one clinic sees nothing of another; invalidating there harms nobody. */
function isElsewhere({ context, subject }: AccessRequest): boolean {
  const { clinicId } = context;
  return clinicId !== undefined && subject.clinicId !== undefined && subject.clinicId !== clinicId;
}

/**
 * Whether an erasure reaches other tenants than that of whoever asks, where nobody can be asked whether it may. Who works in
 * `default`, the tenant of a deployment that has no others, means all that there is.
 */
function isOfOthers({ context, target }: AccessRequest): boolean {
  if (!target || target.tenant === context.tenant) return false;
  return target.tenant !== null || context.tenant !== DEFAULT_TENANT;
}
