import {
  isSameEpoch,
  type Clock,
  type Coverage,
  type Epoch,
  type Genesis,
  type IJournalLog,
  type JournalHead,
  type JournalRecord,
  type JournalSlice,
} from '@vitalcache/core';

/** What a journal that goes on by itself needs from outside. */
export interface JournalSources {
  readonly clock: Clock;
  /** Uniform in [0, 1), for nonces. */
  readonly random: () => number;
}

/** A journal that goes on from records that others wrote: what is left of one after its store lost something. */
export class RewoundJournalLog implements IJournalLog {
  readonly #sources: JournalSources;
  readonly #records: JournalRecord[];
  readonly #incarnation: string;
  readonly #listeners = new Set<(record: JournalRecord) => void>();

  /**
   * @param records oldest first
   * @param incarnation of the store that goes on
   */
  constructor(sources: JournalSources, records: readonly JournalRecord[], incarnation: string) {
    this.#sources = sources;
    this.#records = [...records];
    this.#incarnation = incarnation;
  }

  async open(constants: string, atLeast: number): Promise<JournalHead> {
    return this.#head() ?? this.#begin(constants, atLeast);
  }

  async append(
    coverage: Coverage,
    nonce: number,
    isDurable = false,
  ): Promise<JournalRecord | null> {
    const newest = this.#records.at(-1);
    if (!newest) return null;
    if (newest.incarnation !== this.#incarnation && !isDurable) return null;
    const { epoch, constants } = newest;
    const previous = { stamp: newest.stamp, nonce: newest.nonce };
    return this.#push({ stamp: this.#stamp(0), nonce, epoch, previous, constants }, coverage);
  }

  async read(afterStamp: number, limit: number): Promise<JournalSlice> {
    const later = this.#records.filter(({ stamp }) => stamp > afterStamp);
    return { records: later.slice(0, limit), head: this.#head() };
  }

  async readBackwards(beforeStamp: number, limit: number): Promise<readonly JournalRecord[]> {
    const earlier = this.#records.filter(({ stamp }) => stamp < beforeStamp);
    return earlier.reverse().slice(0, limit);
  }

  async advanceEpoch(
    expected: Epoch | null,
    constants: string,
    atLeast: number,
  ): Promise<JournalHead> {
    const head = this.#head();
    const isExpected = head
      ? expected !== null && isSameEpoch(head.record.epoch, expected)
      : expected === null;
    return head && !isExpected ? head : this.#begin(constants, atLeast);
  }

  onAppend(listener: (record: JournalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #begin(constants: string, atLeast: number): JournalHead {
    const stamp = this.#stamp(atLeast);
    const nonce = Math.floor(this.#sources.random() * 2 ** 32);
    const record = this.#push(
      { stamp, nonce, epoch: { stamp, nonce }, previous: null, constants },
      { kind: 'genesis' },
    );
    return { record, incarnation: this.#incarnation };
  }

  #push(
    known: Omit<JournalRecord, 'body' | 'incarnation'>,
    body: Coverage | Genesis,
  ): JournalRecord {
    const record = { ...known, incarnation: this.#incarnation, body };
    this.#records.push(record);
    for (const listener of this.#listeners) listener(record);
    return record;
  }

  #stamp(atLeast: number): number {
    const newest = this.#records.at(-1)?.stamp ?? 0;
    return Math.max(Math.floor(this.#sources.clock.now() * 1_000), newest + 1, atLeast);
  }

  #head(): JournalHead | null {
    const record = this.#records.at(-1);
    return record ? { record, incarnation: this.#incarnation } : null;
  }
}
