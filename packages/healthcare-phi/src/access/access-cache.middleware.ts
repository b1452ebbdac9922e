import type { CacheOperation, ICacheMiddleware, OperationResult } from '@vitalcache/core';

import type { AuditEvent, IAudit } from '../audit/audit-event.js';
import { denied, done, eventOf, failed, type OpenEvent } from './access-event.js';
import type { AccessContext } from './access-context.js';
import { AccessDeniedError, AccessMissingError, contextMissing } from './access.errors.js';
import { currentAccess, runAsSystem, systemAccess } from './access-scope.js';
import type { Authorizer, IGrants, Refusal } from './authorizer.js';
import { KnownActs, type KnownActsOptions, type ReferredAct } from './known-acts.js';
import { isOnProtectedData } from './protected-act.js';

export interface AccessMiddlewareOptions extends KnownActsOptions {
  readonly audit: IAudit;
  readonly authorizer: Authorizer;
  /** Told of what is read by a grant. */
  readonly grants?: IGrants;
}

/**
 * Around every operation on protected data: somebody must be asking, they must be allowed to, on hits as on misses, and
 * what they did is recorded before they get what it gave. Each caller is recorded, also of those who share one load.
 */
export class AccessMiddleware implements ICacheMiddleware {
  readonly name = 'access';
  readonly #options: AccessMiddlewareOptions;
  readonly #acts: KnownActs;
  readonly #counts = { accesses: 0, denied: 0, contextMissing: 0, failed: 0, unrecorded: 0 };

  constructor(options: AccessMiddlewareOptions) {
    this.#options = options;
    this.#acts = new KnownActs(options);
  }

  /** Protected data never takes the short ways. */
  onFreshHit(): void {
    // nothing that anybody would have to be asked about
  }

  onSharedHit(): void {
    // nor here
  }

  metrics(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  /**
   * Rejects with `ACCESS_MISSING` (nobody is asking), `ACCESS_DENIED` (they may not), `OPTION_INVALID`, before anything is
   * looked up, and with what the audit rejects with.
   */
  handle<R extends OperationResult>(operation: CacheOperation, next: () => Promise<R>): Promise<R> {
    const isProtected = isOnProtectedData(operation);
    if (operation.isWarming) return this.#warm(operation, isProtected, next);
    if (!isProtected) return next();
    const current = currentAccess();
    if (current) return this.#run(operation, current, next);
    if (isProtected === 'maybe') return next();
    this.#counts.contextMissing++;
    return Promise.reject(contextMissing('An operation on protected data'));
  }

  /** Also what is not protected: its loader may read what is. */
  #warm<R extends OperationResult>(
    operation: CacheOperation,
    isProtected: boolean | 'maybe',
    next: () => Promise<R>,
  ): Promise<R> {
    const current = currentAccess();
    return runAsSystem(current, () =>
      isProtected ? this.#run(operation, systemAccess(current), next) : next(),
    );
  }

  async #run<R extends OperationResult>(
    operation: CacheOperation,
    context: AccessContext,
    next: () => Promise<R>,
  ): Promise<R> {
    const acts = this.#acts.of(operation, context);
    const events = acts.map(({ act, keyRef }) => eventOf(act, context, keyRef));
    const asked = this.#refusals(acts, context);
    const refusals = asked instanceof Promise ? await asked : asked;
    if (refusals.some((refusal) => refusal !== null)) return this.#deny(events, refusals);
    let result: R;
    try {
      result = await next();
    } catch (error) {
      this.#counts.failed++;
      await this.#tryRecord(events.map((event) => failed(event, error)));
      throw error;
    }
    const ended = this.#refusalsOfGrant(acts, context);
    if (ended.some((refusal) => refusal !== null)) return this.#deny(events, ended);
    acts.forEach(({ act }, i) => done(events[i] as OpenEvent, act, result));
    await this.#record(events);
    this.#counts.accesses += acts.length;
    const reads = acts.filter(({ act }) => act.action === 'read').length;
    if (context.grantId !== undefined && reads > 0) {
      this.#options.grants?.used(context.grantId, reads);
    }
    return result;
  }

  /** Of each person: a batch is allowed as a whole, or not at all. Without a promise where nobody has to be asked. */
  #refusals(
    acts: readonly ReferredAct[],
    context: AccessContext,
  ): readonly (Refusal | null)[] | Promise<readonly (Refusal | null)[]> {
    const { authorizer } = this.#options;
    const all = acts.map(({ act: { action, subject, template, level, labels } }) =>
      authorizer.refusal({ context, action, subject, template, level, labels }),
    );
    const isAsked = all.some((refusal) => refusal instanceof Promise);
    return isAsked ? Promise.all(all.map(async (refusal) => refusal)) : (all as (Refusal | null)[]);
  }

  /** A grant is of no use once it has ended, also to a read that began before. */
  #refusalsOfGrant(
    acts: readonly ReferredAct[],
    context: AccessContext,
  ): readonly (Refusal | null)[] {
    const { grants } = this.#options;
    if (context.grantId === undefined || !grants) return [];
    return acts.map(({ act }) =>
      act.action === 'read' ? grants.refusal({ context, ...act }) : null,
    );
  }

  #record(events: readonly AuditEvent[]): Promise<unknown> {
    const { audit } = this.#options;
    const [only] = events;
    if (only && events.length === 1) return audit.record(only);
    return Promise.all(events.map((event) => audit.record(event)));
  }

  /** Of what does not happen anyway: that it can't be recorded is counted, and changes nothing for who asked. */
  async #tryRecord(events: readonly AuditEvent[]): Promise<void> {
    try {
      await this.#record(events);
    } catch {
      this.#counts.unrecorded++;
    }
  }

  async #deny(events: readonly OpenEvent[], refusals: readonly (Refusal | null)[]): Promise<never> {
    await this.#tryRecord(events.map((event, i) => denied(event, refusals[i] ?? 'batch-refused')));
    this.#counts.denied++;
    if (refusals.find((refusal) => refusal !== null) !== 'purpose-missing') {
      throw new AccessDeniedError();
    }
    throw new AccessMissingError(
      'Data of this complianceLevel needs a purpose of use: add purpose, such as TREAT, to the access context.',
    );
  }
}
