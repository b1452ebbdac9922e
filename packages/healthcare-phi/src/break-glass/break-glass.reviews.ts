import { systemClock, type Clock } from '@vitalcache/core';

import type { AccessContext } from '../access/access-context.js';
import { AccessDeniedError, contextMissing } from '../access/access.errors.js';
import { currentAccess } from '../access/access-scope.js';
import type { BreakGlassAudit } from './break-glass.audit.js';
import type { BreakGlassBook, BreakGlassUse } from './break-glass.book.js';
import type { BreakGlassReview } from './break-glass-grant.js';

export interface BreakGlassReviewsOptions {
  readonly audit: BreakGlassAudit;
  readonly book: BreakGlassBook;
  /** Who may review uses, other than their own: any of these roles. */
  readonly roles: readonly string[];
  /** Reads by a grant that is open here. */
  readonly readsOf: (id: string) => number;
  readonly clock?: Clock;
}

/** The uses of break-glass, for those who look at each of them afterwards. */
export class BreakGlassReviews {
  readonly #options: BreakGlassReviewsOptions;

  constructor(options: BreakGlassReviewsOptions) {
    this.#options = options;
  }

  /**
   * Uses in the tenant of whoever asks, the latest first.
   * @throws CacheError `ACCESS_MISSING`, `ACCESS_DENIED` without a reviewer's role
   */
  async list({ isReviewed }: { isReviewed?: boolean } = {}): Promise<readonly BreakGlassReview[]> {
    const { tenant } = this.#reviewer();
    const uses = await this.#options.book.uses();
    return uses
      .filter(({ grant }) => grant.tenant === tenant)
      .filter(({ reviewed }) => isReviewed === undefined || isReviewed === (reviewed !== null))
      .toReversed()
      .map((use) => this.#reviewOf(use));
  }

  /** Marks a use as reviewed by whoever asks; nobody reviews their own. @throws CacheError as {@link list} */
  async mark(id: string): Promise<void> {
    const { audit, book, clock = systemClock } = this.#options;
    const context = this.#reviewer();
    const { actor, tenant } = context;
    const use = await book.find(id);
    if (!use || use.grant.tenant !== tenant || use.grant.actor === actor) {
      throw new AccessDeniedError();
    }
    await audit.record('btg-review', { ...use.grant, actor }, context, { of: use.grant.actor });
    await book.add({ kind: 'reviewed', id, at: clock.now(), by: actor });
  }

  #reviewer(): AccessContext {
    const context = currentAccess();
    if (!context) throw contextMissing('A review of break-glass');
    const { roles } = this.#options;
    if (context.roles.some((role) => roles.includes(role))) return context;
    throw new AccessDeniedError();
  }

  #reviewOf({ grant, reasonText, ended, reviewed }: BreakGlassUse): BreakGlassReview {
    const { id, actor, patientId, reasonCode, openedAt } = grant;
    return {
      id,
      actor,
      patientId,
      reasonCode,
      reasonText,
      openedAt,
      endedAt: ended?.at ?? null,
      reads: (ended?.reads ?? 0) + this.#options.readsOf(id),
      reviewedBy: reviewed?.by ?? null,
      reviewedAt: reviewed?.at ?? null,
    };
  }
}
