import { isSameEpoch, type Epoch } from './fence.js';
import type { IJournalLog, JournalHead, JournalSlice } from './journal-log.js';
import type { Coverage, Genesis, JournalRecord, RecordRef } from './journal-record.js';

/** What the log needs from outside, so that tests can drive it. */
export interface InProcessJournalOptions {
  /** Wall clock in milliseconds. */
  readonly now?: () => number;
  /** Uniform in [0, 1), for nonces. */
  readonly random?: () => number;
  /** Records kept; the oldest go first. */
  readonly maxRecords?: number;
}

const INCARNATION = 'in-process';
/** Hashes kept, 8 bytes each. */
const MAX_HASHES = 2 ** 20;

/**
 * The journal of a store that lives in this process: the same linked records as in a shared store, held in an array.
 * Also serves providers that have no journal of their own, which makes their invalidations known to this process only.
 */
export class InProcessJournalLog implements IJournalLog {
  /** Lives as long as its provider does: several caches of one process over one provider hear of each other. */
  static readonly #ofProviders = new WeakMap<object, Map<string, InProcessJournalLog>>();

  readonly #records: JournalRecord[] = [];
  #hashes = 0;
  readonly #listeners = new Set<(record: JournalRecord) => void>();
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #maxRecords: number;

  constructor({
    now = Date.now,
    random = Math.random,
    maxRecords = 65_536,
  }: InProcessJournalOptions = {}) {
    this.#now = now;
    this.#random = random;
    this.#maxRecords = maxRecords;
  }

  /** The log of a provider that has no journal, one for each namespace. */
  static of(
    provider: object,
    namespace: string,
    options?: InProcessJournalOptions,
  ): InProcessJournalLog {
    const logs =
      InProcessJournalLog.#ofProviders.get(provider) ?? new Map<string, InProcessJournalLog>();
    InProcessJournalLog.#ofProviders.set(provider, logs);
    const log = logs.get(namespace) ?? new InProcessJournalLog(options);
    logs.set(namespace, log);
    return log;
  }

  get newestStamp(): number {
    return this.#records.at(-1)?.stamp ?? 0;
  }

  open(constants: string, atLeast: number): Promise<JournalHead> {
    return Promise.resolve(this.#head() ?? this.#begin(constants, atLeast));
  }

  append(coverage: Coverage, nonce: number): Promise<JournalRecord | null> {
    const newest = this.#records.at(-1);
    if (!newest) return Promise.resolve(null);
    return Promise.resolve(
      this.#push(newest.epoch, newest, newest.constants, coverage, nonce, this.#stamp(0)),
    );
  }

  read(afterStamp: number, limit: number): Promise<JournalSlice> {
    const first = this.#firstAfter(afterStamp);
    return Promise.resolve({
      records: this.#records.slice(first, first + limit),
      head: this.#head(),
    });
  }

  readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]> {
    const end = this.#firstAfter(beforeStamp - 1);
    return Promise.resolve(this.#records.slice(Math.max(0, end - limit), end).reverse());
  }

  advanceEpoch(expected: Epoch | null, constants: string, atLeast: number): Promise<JournalHead> {
    const head = this.#head();
    const isExpected = head
      ? expected !== null && isSameEpoch(head.record.epoch, expected)
      : expected === null;
    return Promise.resolve(head && !isExpected ? head : this.#begin(constants, atLeast));
  }

  onAppend(listener: (record: JournalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #begin(constants: string, atLeast: number): JournalHead {
    const stamp = this.#stamp(atLeast);
    const nonce = Math.floor(this.#random() * 2 ** 32);
    const record = this.#push({ stamp, nonce }, null, constants, { kind: 'genesis' }, nonce, stamp);
    return { record, incarnation: INCARNATION };
  }

  #push(
    epoch: Epoch,
    previous: RecordRef | null,
    constants: string,
    body: Coverage | Genesis,
    nonce: number,
    stamp: number,
  ): JournalRecord {
    const link = previous && { stamp: previous.stamp, nonce: previous.nonce };
    const record = {
      stamp,
      nonce,
      epoch,
      previous: link,
      incarnation: INCARNATION,
      constants,
      body,
    };
    this.#records.push(record);
    this.#hashes += hashesOf(record);
    this.#trim();
    for (const listener of this.#listeners) listener(record);
    return record;
  }

  /** Drops the oldest eighth, so that dropping is rare; the newest record always stays. */
  #trim(): void {
    while (this.#records.length > this.#maxRecords || this.#hashes > MAX_HASHES) {
      const gone = this.#records.splice(0, Math.ceil((this.#records.length - 1) / 8));
      for (const record of gone) this.#hashes -= hashesOf(record);
      if (gone.length === 0) return;
    }
  }

  /** Index of the oldest record later than `stamp`; found by halving, for strong reads ask this often. */
  #firstAfter(stamp: number): number {
    let [low, high] = [0, this.#records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle] as JournalRecord).stamp > stamp) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #stamp(atLeast: number): number {
    const newest = this.#records.at(-1)?.stamp ?? 0;
    return Math.max(Math.floor(this.#now() * 1000), newest + 1, atLeast);
  }

  #head(): JournalHead | null {
    const record = this.#records.at(-1);
    return record ? { record, incarnation: INCARNATION } : null;
  }
}

function hashesOf({ body }: JournalRecord): number {
  return body.kind === 'hashes' ? body.hashes.length / 2 : 0;
}
