import {
  assertOptionNames,
  CacheError,
  type Clock,
  type OptionNames,
  systemClock,
} from '@vitalcache/core';

import { checkId } from '../access/access.check.js';
import { AccessDeniedError, contextMissing } from '../access/access.errors.js';
import { currentAccess } from '../access/access-scope.js';
import type { IAudit } from '../audit/audit-event.js';
import type { IRecordBook } from '../books/record-book.js';
import type { HoldRecord, HoldScope, ILegalHold } from './legal-hold.js';

export interface LegalHoldsOptions {
  readonly book: IRecordBook<HoldRecord>;
  readonly audit: IAudit;
  /** Who may place and lift holds: any of these roles. */
  readonly roles: readonly string[];
  readonly clock?: Clock;
}

const NAMES: OptionNames<LegalHoldsOptions> = {
  book: true,
  audit: true,
  roles: true,
  clock: true,
};

/** Legal holds in the tenant of whoever asks, kept in a book and recorded in the audit. */
export class LegalHolds implements ILegalHold {
  readonly #options: LegalHoldsOptions;
  readonly #clock: Clock;

  constructor(options: LegalHoldsOptions) {
    assertOptionNames('LegalHolds', options, NAMES);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Places a hold on a patient, or on the whole tenant; on record, and in force, when this resolves.
   * @throws CacheError `ACCESS_MISSING`, `ACCESS_DENIED`, `OPTION_INVALID`; and what the book or the audit rejects with
   */
  place(on: { readonly patientId?: string; readonly reason: string }): Promise<void> {
    return this.#note('placed', on);
  }

  /** Lifts it again; one on the whole tenant is another than those on its patients. @throws as {@link place} */
  lift(on: { readonly patientId?: string; readonly reason: string }): Promise<void> {
    return this.#note('lifted', on);
  }

  async isHeld({ tenant, patientId }: HoldScope): Promise<boolean> {
    const held = await this.held();
    return held.some(
      (hold) =>
        (tenant === undefined || hold.tenant === tenant) &&
        (patientId === undefined || hold.patientId === null || hold.patientId === patientId),
    );
  }

  /** To be asked for those who may erase: others would learn who is held. @throws CacheError `LEGAL_HOLD` if anything is */
  async assertNotHeld(scope: HoldScope): Promise<void> {
    if (!(await this.isHeld(scope))) return;
    throw new CacheError(
      'LEGAL_HOLD',
      'A legal hold is on this data, so that it is neither erased nor purged; it expires as before. Whoever placed the hold can lift it.',
    );
  }

  /** Holds in force. */
  async held(): Promise<readonly HoldRecord[]> {
    const inForce = new Map<string, HoldRecord>();
    for (const record of await this.#options.book.all()) {
      const id = JSON.stringify([record.tenant, record.patientId]);
      if (record.kind === 'placed') inForce.set(id, record);
      else inForce.delete(id);
    }
    return [...inForce.values()];
  }

  async #note(
    kind: HoldRecord['kind'],
    on: { readonly patientId?: string; readonly reason: string },
  ): Promise<void> {
    assertOptionNames('A legal hold', on, { patientId: true, reason: true }, 'OPTION_INVALID');
    const { patientId, reason } = on;
    const { audit, book, roles } = this.#options;
    const context = currentAccess();
    if (!context) throw contextMissing('A legal hold');
    const held =
      patientId === undefined
        ? null
        : checkId('patientId', patientId, 'a legal hold', 'OPTION_INVALID');
    if (typeof reason !== 'string' || reason.trim() === '' || reason.length > 1_000) {
      throw new CacheError(
        'OPTION_INVALID',
        'A legal hold needs a reason of 1 to 1000 characters.',
      );
    }
    const { actor, tenant } = context;
    const isAllowed = context.roles.some((role) => roles.includes(role));
    await audit.record({
      event: isAllowed ? 'legal-hold' : 'authz-deny',
      action: 'E',
      outcome: isAllowed ? 0 : 4,
      actor,
      roles: context.roles,
      tenant,
      ...(held !== null && { patientId: held }),
      template: 'legal-hold',
      level: 'restricted',
      ...(context.purpose !== undefined && { purpose: context.purpose }),
      ...(context.requestId !== undefined && { requestId: context.requestId }),
      detail: { kind, reason },
    });
    if (!isAllowed) throw new AccessDeniedError();
    await book.add({ kind, tenant, patientId: held, at: this.#clock.now(), by: actor, reason });
  }
}
