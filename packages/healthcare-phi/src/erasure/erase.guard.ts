import { AccessDeniedError } from '../access/access.errors.js';
import type { AccessContext } from '../access/access-context.js';
import { denied } from '../access/access-event.js';
import type { Authorizer } from '../access/authorizer.js';
import type { IAudit } from '../audit/audit-event.js';
import { erasureEvent } from './erasure-event.js';

/** What somebody wants to erase. */
export interface EraseScope {
  /** `null`: all tenants. */
  readonly tenant: string | null;
  readonly patientId?: string;
  /** Whether keys are destroyed, too. */
  readonly shred: boolean;
  readonly template: 'erasure' | 'purge';
}

/** Asks whether somebody may erase, before anything is looked at: what stands in their way is not for those who may not. */
export class EraseGuard {
  readonly #authorizer: Pick<Authorizer, 'refusal'>;
  readonly #audit: IAudit;

  constructor(authorizer: Pick<Authorizer, 'refusal'>, audit: IAudit) {
    this.#authorizer = authorizer;
    this.#audit = audit;
  }

  /** @throws AccessDeniedError, when that is on record; what the audit rejects with */
  async assertMay(context: AccessContext, scope: EraseScope): Promise<void> {
    const { tenant, patientId, shred, template } = scope;
    const refusal = await this.#authorizer.refusal({
      context,
      action: 'erase',
      target: { tenant, shred },
      subject: patientId === undefined ? {} : { patientId },
      template,
      level: 'restricted',
      labels: [],
    });
    if (refusal === null) return;
    const about = patientId === undefined ? {} : { patientId };
    await this.#audit.record(
      denied({ ...erasureEvent(context, 'erase'), ...about, template }, refusal),
    );
    throw new AccessDeniedError();
  }
}
