import {
  isSameEpoch,
  type Epoch,
  type InvalidationResult,
  type JournalRecord,
  type JournalStatus,
  type ReadOutcome,
  type ReadResult,
  type RecordRef,
  type Tier,
} from '@vitalcache/core';

import { KEYS, SCOPES, type KeyIndex, type Scope } from './fleet-subjects.js';

/** What loaders and setters give: whose key it is, and which look at the source it was. */
export interface FleetValue {
  readonly key: string;
  readonly look: number;
}

/** One value that came into being, in a loader or in the hands of a setter. */
export interface Origin {
  readonly key: KeyIndex;
  /** Number of the event at which its source was looked at. */
  readonly began: number;
  readonly beganAt: number;
  /** The invalidation that a `set` makes of its own key; it does not concern the value that was set. */
  own: Invalidation | null;
}

/** An invalidation that was asked for, and what became of it. Events are Infinity until they happen. */
export interface Invalidation {
  readonly covers: readonly KeyIndex[];
  readonly isSoft: boolean;
  /** How long the source may lag behind, milliseconds. */
  readonly settleMs: number;
  readonly process: number;
  readonly called: number;
  /** As far as the result told it. */
  record: (RecordRef & { readonly epoch: Epoch }) | null;
  isRecorded: boolean;
  /** The event at which the store took its record; for one that is queued, its call. */
  effective: number;
  effectiveAt: number;
  /** The event at which it resolved, recorded or queued. */
  resolved: number;
  token: string | null;
  /** An earlier master came back without it: only those who had seen it can know. */
  isForgotten: boolean;
}

/** A read, and what it may rely on. */
export interface Promised {
  readonly key: KeyIndex;
  readonly how: 'eventual' | 'strong' | 'after' | 'get';
  readonly process: number;
  readonly called: number;
  readonly calledAt: number;
  /** What its process had applied when it was called. */
  readonly applied: ReadonlySet<Invalidation>;
  readonly after: Invalidation | null;
}

/** Bounds on how long a process may not know. */
export interface BlindBounds {
  readonly blindAfterMs: number;
  readonly blindMaxMs: number;
}

/** A law of the cache was broken. */
export class LawBroken extends Error {
  constructor(law: string, how: string) {
    super(`${law}: ${how}`);
  }
}

interface Append extends RecordRef {
  readonly epoch: Epoch;
  readonly event: number;
  readonly at: number;
}

/** Everything that happened in a fleet, in one order, and the laws that answers are held against. */
export class FleetLedger {
  #events = 0;
  /** Records were lost: nobody can hold off because of what nobody knows. */
  hasLost = false;
  readonly #origins: Origin[] = [];
  readonly #invalidations: Invalidation[] = [];
  /** By stamp; of a stamp that was given twice, the later record. */
  readonly #appends = new Map<number, Append>();
  readonly #geneses: Append[] = [];
  readonly #now: () => number;
  readonly #bounds: BlindBounds;

  constructor(now: () => number, bounds: BlindBounds) {
    this.#now = now;
    this.#bounds = bounds;
  }

  /** The latest invalidation that was recorded. */
  get latest(): Invalidation | null {
    return this.#invalidations.findLast(({ record }) => record !== null) ?? null;
  }

  get recorded(): readonly Invalidation[] {
    return this.#invalidations.filter(({ record }) => record !== null);
  }

  /** The source is looked at, now. */
  look(key: KeyIndex, own: Invalidation | null = null): FleetValue {
    const look = this.#origins.push({ key, own, began: this.#event(), beganAt: this.#now() }) - 1;
    return { key: KEYS[key], look };
  }

  /** A value that was looked up before is set, now. */
  own({ look }: FleetValue, invalidation: Invalidation): void {
    (this.#origins[look] as Origin).own = invalidation;
  }

  /** The store took a record, now. */
  observe({ stamp, nonce, epoch, body }: JournalRecord): void {
    const append = { stamp, nonce, epoch, event: this.#event(), at: this.#now() };
    this.#appends.set(stamp, append);
    if (body.kind === 'genesis') this.#geneses.push(append);
  }

  /** The store no longer holds these records, and nothing shows it. */
  forget(isGone: (record: RecordRef) => boolean): void {
    for (const one of this.#invalidations) {
      if (!one.record || isGone(one.record)) one.isForgotten = true;
    }
  }

  /** An invalidation is called, now. */
  call(
    process: number,
    covers: Scope | KeyIndex,
    {
      isSoft = false,
      settleMs = 0,
    }: { readonly isSoft?: boolean; readonly settleMs?: number } = {},
  ): Invalidation {
    return {
      covers: typeof covers === 'number' ? [covers] : SCOPES[covers].covers,
      isSoft,
      settleMs,
      process,
      called: this.#event(),
      record: null,
      isRecorded: false,
      effective: Infinity,
      effectiveAt: Infinity,
      resolved: Infinity,
      token: null,
      isForgotten: false,
    };
  }

  /** Several records were made, now or before, and only the latest is known: it counts from its call on. */
  resolveMany(
    one: Invalidation,
    result: Pick<InvalidationResult, 'stamp' | 'recorded' | 'queued'>,
    token: string | null,
  ): void {
    this.resolve(one, result, token);
    one.effective = one.called;
  }

  /** It resolved as recorded, now, without saying where: it counts from its call on. */
  resolveUnstamped(one: Invalidation): void {
    one.isRecorded = true;
    one.effective = one.called;
    one.effectiveAt = this.#now();
    one.resolved = this.#event();
    this.#invalidations.push(one);
  }

  /** It resolved, now. */
  resolve(
    one: Invalidation,
    { stamp, recorded, queued }: Pick<InvalidationResult, 'stamp' | 'recorded' | 'queued'>,
    token: string | null,
  ): void {
    if (recorded === queued) return; // neither, or both: nothing was promised
    const append = this.#appends.get(stamp);
    if (recorded && (!append || append.event < one.called)) {
      throw new LawBroken('recorded means recorded', 'no record since the call has its stamp');
    }
    one.record = recorded && append ? append : null;
    one.isRecorded = recorded;
    one.effective = one.record && append ? append.event : one.called;
    one.effectiveAt = one.record && append ? append.at : this.#now();
    one.token = one.record && token;
    one.resolved = this.#event();
    this.#invalidations.push(one);
  }

  /** Whether a process that is so far has applied the invalidation, or follows a later history. */
  hasApplied(
    { epoch, position }: JournalStatus,
    { record, effective, isForgotten }: Invalidation,
  ): boolean {
    if (!epoch || !record || isForgotten) return false;
    if (isSameEpoch(epoch, record.epoch)) return position >= record.stamp;
    const genesis = this.#geneses.findLast((one) => isSameEpoch(one.epoch, epoch));
    return genesis !== undefined && genesis.event > effective;
  }

  /** A read is called, now, in a process that is so far with the journal and saw `seen` before. */
  promise(
    read: Pick<Promised, 'key' | 'how' | 'process' | 'after'>,
    status: JournalStatus,
    seen: ReadonlySet<Invalidation>,
  ): Promised {
    const applied = this.#invalidations.filter(
      (one) => one.process === read.process || seen.has(one) || this.hasApplied(status, one),
    );
    return { ...read, called: this.#event(), calledAt: this.#now(), applied: new Set(applied) };
  }

  /** @throws LawBroken if the answer may not be given */
  judge(
    read: Promised,
    { value, outcome, tier }: Pick<ReadResult<unknown>, 'value' | 'outcome' | 'tier'>,
  ): void {
    const { key, look } = (value ?? {}) as Partial<FleetValue>;
    const origin = look === undefined ? undefined : this.#origins[look];
    if (!origin || key !== KEYS[origin.key] || origin.key !== read.key) {
      throw new LawBroken('a value of the key itself', `${String(key)} for ${KEYS[read.key]}`);
    }
    if (tier !== null && !origin.own) this.#judgeSettling(read, origin, { outcome, tier });
    for (const one of this.#invalidations) {
      if (one.resolved > read.called || !isCovered(origin, one)) continue;
      if (one.isSoft && outcome !== 'hit') continue;
      const reason = this.#reasonToKnow(read, one, tier);
      if (!reason) continue;
      throw new LawBroken(
        one.isSoft ? 'no hit after a soft invalidation' : 'nothing stale after an invalidation',
        `the ${read.how} read of ${KEYS[read.key]} called at event ${read.called} in p${read.process} ` +
          `(${outcome}, ${tier ?? 'no tier'}) gave what was looked up at ${origin.began}; invalidated by p${one.process} ` +
          `at ${one.effective}, resolved at ${one.resolved}; it had to know: ${reason}`,
      );
    }
  }

  /** What was looked up while the source may have lagged behind is handed out, but never kept. */
  #judgeSettling(
    read: Promised,
    { key, began, beganAt }: Origin,
    { outcome, tier }: { readonly outcome: ReadOutcome; readonly tier: Tier },
  ): void {
    if (this.hasLost) return;
    const settling = this.#invalidations.find(
      (one) =>
        one.settleMs > 0 &&
        one.covers.includes(key) &&
        one.resolved <= read.called &&
        !(one.isSoft && outcome === 'stale') &&
        began > one.effective &&
        beganAt < one.effectiveAt + one.settleMs &&
        this.#reasonToKnow(read, one, tier) !== null,
    );
    if (!settling) return;
    throw new LawBroken(
      'nothing is kept of a source that lags',
      `the ${read.how} read of ${KEYS[read.key]} in p${read.process} (${tier}) gave what was looked up ` +
        `${beganAt - settling.effectiveAt} ms after a record that holds off for ${settling.settleMs} ms`,
    );
  }

  /** Why the read must not be ignorant of the invalidation; `null` if it may be. */
  #reasonToKnow(
    { how, after, applied, calledAt }: Promised,
    one: Invalidation,
    tier: Tier | null,
  ): string | null {
    if (applied.has(one)) return 'its process had applied it';
    if (!one.isRecorded || one.isForgotten) return null;
    if (how === 'strong') return 'it is strong';
    if (after?.token && !after.isForgotten && one.effective <= after.effective) return 'its token';
    const age = calledAt - one.effectiveAt;
    if (tier === 'l2' && age > this.#bounds.blindAfterMs) return `${age} ms are too long`;
    if (tier === 'l1' && age > this.#bounds.blindMaxMs) return `${age} ms are too long`;
    return null;
  }

  #event(): number {
    return ++this.#events;
  }
}

/** Whether the value's source was looked at before the invalidation took effect. */
function isCovered({ key, began, own }: Origin, one: Invalidation): boolean {
  if (!one.covers.includes(key) || began > one.effective) return false;
  if (!own) return true;
  // Sets of one tick share a record, and the last of them stands; one that has not resolved yet may be such a one.
  const mayShare = own.resolved === Infinity || own.record?.stamp === one.record?.stamp;
  return own !== one && !(mayShare && own.called > one.called);
}
