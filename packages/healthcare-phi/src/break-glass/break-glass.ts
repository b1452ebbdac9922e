import { randomUUID } from 'node:crypto';

import {
  assertOptionNames,
  CacheError,
  type Clock,
  type OptionNames,
  systemClock,
} from '@vitalcache/core';

import type { AccessContext } from '../access/access-context.js';
import { AccessDeniedError, contextMissing } from '../access/access.errors.js';
import { currentAccess, runWithAccess } from '../access/access-scope.js';
import type { AccessRequest, IGrants } from '../access/authorizer.js';
import type { IAudit } from '../audit/audit-event.js';
import type { IRecordBook } from '../books/record-book.js';
import { BreakGlassAudit } from './break-glass.audit.js';
import { BreakGlassBook, type BreakGlassUse } from './break-glass.book.js';
import { checkRequest, isSameReason } from './break-glass.check.js';
import type { BreakGlassGrant, BreakGlassRecord, BreakGlassRequest } from './break-glass-grant.js';
import { BreakGlassReviews } from './break-glass.reviews.js';
import type { GrantSigner } from './grant.signer.js';

const HOUR_MS = 3_600_000;
/** For so long a reason that was given is not given again. */
const REASON_MS = 24 * HOUR_MS;

export interface BreakGlassOptions {
  readonly audit: IAudit;
  readonly signer: GrantSigner;
  /** Where uses are kept for those who review them. */
  readonly book: IRecordBook<BreakGlassRecord>;
  /** Who may break the glass: any of these roles. */
  readonly roles: readonly string[];
  /** Who may review uses, other than their own: any of these roles. */
  readonly reviewerRoles: readonly string[];
  /** Told of every grant, such as to notify the patient's physician; what it throws changes nothing. */
  readonly onBreakGlass?: (grant: BreakGlassGrant) => void | Promise<void>;
  /** Told when somebody opens more than `alarmAbove` within an hour. */
  readonly onAlarm?: (actor: string, openedWithinHour: number) => void;
  /** Default: 3. */
  readonly alarmAbove?: number;
  readonly clock?: Clock;
  readonly newId?: () => string;
}

const NAMES: OptionNames<BreakGlassOptions> = {
  audit: true,
  signer: true,
  book: true,
  roles: true,
  reviewerRoles: true,
  onBreakGlass: true,
  onAlarm: true,
  alarmAbove: true,
  clock: true,
  newId: true,
};

interface LiveGrant {
  readonly grant: BreakGlassGrant;
  readonly cancel: AbortController;
  reads: number;
}

/**
 * Break-glass: somebody who is entitled to it overrides who may see one patient's data, for a stated reason, for up to an
 * hour, and is looked at afterwards. It opens no other tenant and lifts no purpose; what is read by it is never shared.
 */
export class BreakGlass implements IGrants {
  readonly #options: BreakGlassOptions;
  readonly #clock: Clock;
  readonly #audit: BreakGlassAudit;
  readonly #book: BreakGlassBook;
  /** For those who look at uses afterwards. */
  readonly reviews: BreakGlassReviews;
  readonly #live = new Map<string, LiveGrant>();
  /** One opening after the other, so that each knows of those before. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: BreakGlassOptions) {
    assertOptionNames('BreakGlass', options, NAMES);
    if (options.roles.length === 0) {
      throw new CacheError(
        'CONFIG_INVALID',
        'Break-glass needs roles, a list of at least one role that may use it.',
      );
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#audit = new BreakGlassAudit(options.audit);
    this.#book = new BreakGlassBook(options.book);
    this.reviews = new BreakGlassReviews({
      audit: this.#audit,
      book: this.#book,
      roles: options.reviewerRoles,
      readsOf: (id) => this.#live.get(id)?.reads ?? 0,
      clock: this.#clock,
    });
  }

  /** Ends what expired while nobody was there, and watches over what is open. */
  async start(): Promise<void> {
    for (const use of await this.#book.uses()) if (!use.ended) await this.#adopt(use);
  }

  /**
   * Opens a grant for whoever asks; on record before this resolves.
   * @throws CacheError `ACCESS_MISSING`, `ACCESS_DENIED`, `OPTION_INVALID`; and what the audit or the book rejects with
   */
  async open(request: BreakGlassRequest): Promise<BreakGlassGrant> {
    const context = contextOrThrow();
    const own = this.#turn.then(() => this.#open(context, request));
    this.#turn = own.catch(() => undefined); // its caller gets it
    return own;
  }

  /**
   * Runs `fn` with a grant in use: reads of its patient in it are allowed, and recorded with it.
   * @throws CacheError `ACCESS_MISSING`, `ACCESS_DENIED`
   */
  async use<R>(token: string, fn: () => R): Promise<Awaited<R>> {
    const context = contextOrThrow();
    const grant = await this.#entitled(context, token);
    return await runWithAccess({ ...context, purpose: 'BTG', grantId: grant.id }, fn);
  }

  /** Ends a grant before its time; only whoever holds it may. @throws CacheError `ACCESS_MISSING`, `ACCESS_DENIED` */
  async close(token: string): Promise<void> {
    const { id } = await this.#entitled(contextOrThrow(), token);
    await this.#end(id, 'closed');
  }

  refusal({
    context,
    subject,
    labels,
  }: AccessRequest): 'grant-invalid' | 'grant-lacks-part2' | null {
    const grant = this.#live.get(context.grantId ?? '')?.grant;
    const isHeld = grant && this.#isHeldBy(grant, context);
    const isOther = subject.patientId !== undefined && subject.patientId !== grant?.patientId;
    if (!isHeld || isOther) return 'grant-invalid';
    return labels.includes('part2') && !grant.hasPart2 ? 'grant-lacks-part2' : null;
  }

  used(grantId: string, reads: number): void {
    const live = this.#live.get(grantId);
    if (live) live.reads += reads;
  }

  /** Stops watching; grants that are open stay so in the book. */
  stop(): void {
    for (const { cancel } of this.#live.values()) cancel.abort(null);
    this.#live.clear();
  }

  async #open(context: AccessContext, request: BreakGlassRequest): Promise<BreakGlassGrant> {
    const {
      signer,
      roles,
      onBreakGlass,
      onAlarm,
      alarmAbove = 3,
      newId = randomUUID,
    } = this.#options;
    const said = checkRequest(request);
    const openedAt = this.#clock.now();
    const { actor, tenant } = context;
    const { patientId, reasonCode, reasonText, minutes, part2 } = said;
    const unsigned = {
      id: newId(),
      actor,
      tenant,
      patientId,
      reasonCode,
      hasPart2: part2 !== undefined,
      openedAt,
      expiresAt: openedAt + minutes * 60_000,
    };
    if (!context.roles.some((role) => roles.includes(role))) {
      await this.#audit.record('authz-deny', unsigned, context, { reason: 'break-glass-role' });
      throw new AccessDeniedError();
    }
    const earlier = await this.#book.openedBy(context, openedAt - REASON_MS);
    this.#assertNewReason(earlier, said);
    const recent = earlier.filter(({ grant }) => grant.openedAt > openedAt - HOUR_MS).length + 1;
    const { affiliation } = said;
    await this.#audit.record('btg-start', unsigned, context, {
      reasonCode,
      reason: reasonText,
      minutes,
      openedWithinHour: recent,
      ...(affiliation !== undefined && { affiliation }),
      ...(part2 && Object.fromEntries(Object.entries(part2).map(([k, v]) => [`part2.${k}`, v]))),
    });
    const signature = signer.sign(unsigned);
    const grant = { ...unsigned, token: `${unsigned.id}.${signature}` };
    await this.#keep({ kind: 'opened', grant: unsigned, reasonText, signature }, context);
    this.#watch(grant, 0);
    this.#tell(() => onBreakGlass?.(grant));
    if (recent > alarmAbove) this.#tell(() => onAlarm?.(actor, recent));
    return grant;
  }

  /** A grant that is in no book can't be reviewed: it ends before it begins. */
  async #keep(
    record: Extract<BreakGlassRecord, { kind: 'opened' }>,
    context: AccessContext,
  ): Promise<void> {
    try {
      await this.#book.add(record);
    } catch (error) {
      await this.#audit.record('btg-stop', record.grant, context, { how: 'not-kept', reads: 0 });
      throw error;
    }
  }

  #assertNewReason(earlier: readonly BreakGlassUse[], said: BreakGlassRequest): void {
    const isRepeated = earlier.some(
      ({ grant, reasonText }) =>
        grant.patientId === said.patientId && isSameReason(reasonText, said.reasonText),
    );
    if (!isRepeated) return;
    throw new CacheError(
      'OPTION_INVALID',
      'Break-glass: this reason was given for this patient within the last 24 hours; a new grant needs a new reason.',
    );
  }

  /** The grant of a token, if it is theirs and still open, in whichever process it was opened. */
  async #entitled(context: AccessContext, token: unknown): Promise<BreakGlassGrant> {
    const [id = '', signature = ''] = typeof token === 'string' ? token.split('.') : [];
    const use = await this.#book.find(id);
    const grant = use && { ...use.grant, token: `${id}.${signature}` };
    const isSigned = use !== null && this.#options.signer.isSigned(use.grant, signature);
    if (!grant || !isSigned || use.ended || !this.#isHeldBy(grant, context)) {
      if (use?.ended) await this.#end(id, use.ended.how);
      const { actor, tenant } = context;
      const attempted = { id, actor, tenant, patientId: grant?.patientId };
      await this.#audit.record('authz-deny', attempted, context, { reason: 'grant-invalid' });
      throw new AccessDeniedError();
    }
    if (!this.#live.has(id)) this.#watch(grant, 0);
    return grant;
  }

  #isHeldBy(grant: BreakGlassGrant, { actor, tenant }: AccessContext): boolean {
    return grant.actor === actor && grant.tenant === tenant && this.#clock.now() < grant.expiresAt;
  }

  async #adopt({ grant, signature }: BreakGlassUse): Promise<void> {
    this.#watch({ ...grant, token: `${grant.id}.${signature}` }, 0);
    if (this.#clock.now() >= grant.expiresAt) await this.#end(grant.id, 'expired');
  }

  #watch(grant: BreakGlassGrant, reads: number): void {
    const cancel = new AbortController();
    this.#live.set(grant.id, { grant, cancel, reads });
    const { openedAt, expiresAt } = grant;
    // By a clock that is behind it begins now at the earliest.
    const leftMs = Math.max(0, expiresAt - Math.max(openedAt, this.#clock.now()));
    void this.#clock
      .sleep(leftMs, cancel.signal, 'background')
      .then(() => (cancel.signal.aborted ? undefined : this.#end(grant.id, 'expired')))
      .catch(() => undefined); // it is of no use any more; `start` writes down what could not be
  }

  async #end(id: string, how: 'closed' | 'expired'): Promise<void> {
    const live = this.#forget(id);
    if (!live) return;
    const { grant, reads } = live;
    const at = this.#clock.now();
    await this.#book.add({ kind: 'ended', id, at, how, reads });
    await this.#audit.record('btg-stop', grant, currentAccess(), { how, reads });
  }

  #forget(id: string): LiveGrant | null {
    const live = this.#live.get(id) ?? null;
    this.#live.delete(id);
    live?.cancel.abort(null);
    return live;
  }

  /** Never waited for: the grant is on record, whoever else hears of it. */
  #tell(say: () => void | Promise<void> | undefined): void {
    const told = async (): Promise<void> => say();
    told().catch(() => undefined);
  }
}

function contextOrThrow(): AccessContext {
  const context = currentAccess();
  if (!context) throw contextMissing('Break-glass');
  return context;
}
