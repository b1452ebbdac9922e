import {
  isSameEpoch,
  type Coverage,
  type Epoch,
  type Genesis,
  type JournalHead,
  type JournalRecord,
  type JournalSlice,
  type RecordRef,
} from '@vitalcache/core';

type Listener = (record: JournalRecord) => void;

/**
 * The journal as a shared store keeps it, with what happens to stores: it can be lost as a whole or in part, be trimmed,
 * be found as it was earlier, and its clock can be set back. `InProcessJournalLog` can't stand in, for it has one
 * incarnation for ever.
 */
export class SimulatedJournal {
  #records: JournalRecord[] = [];
  #incarnation = 'run-0';
  #restarts = 0;
  #clockOffsetMs = 0;
  readonly #now: () => number;
  readonly #random: () => number;
  /** Those who wait for a record, and whoever looks on. */
  readonly listeners = new Set<Listener>();

  /**
   * @param now wall clock in milliseconds
   * @param random uniform in [0, 1), for nonces
   */
  constructor(now: () => number, random: () => number) {
    this.#now = now;
    this.#random = random;
  }

  /** Whether it still holds the record with this stamp and nonce. */
  holds({ stamp, nonce }: RecordRef): boolean {
    return this.#records.some((record) => record.stamp === stamp && record.nonce === nonce);
  }

  open(constants: string, atLeast: number): JournalHead {
    return this.#head() ?? this.#begin(constants, atLeast);
  }

  append(coverage: Coverage, nonce: number, isDurable = false): JournalRecord | null {
    const newest = this.#records.at(-1);
    if (!newest || (!isDurable && newest.incarnation !== this.#incarnation)) return null;
    return this.#push(newest.epoch, newest, newest.constants, coverage, nonce, this.#stamp(0));
  }

  read(afterStamp: number, limit: number): JournalSlice {
    const records = this.#records.filter(({ stamp }) => stamp > afterStamp).slice(0, limit);
    return { records, head: this.#head() };
  }

  readBackwards(beforeStamp: number, limit: number): readonly JournalRecord[] {
    const earlier = this.#records.filter(({ stamp }) => stamp < beforeStamp);
    return earlier.reverse().slice(0, limit);
  }

  advanceEpoch(expected: Epoch | null, constants: string, atLeast: number): JournalHead {
    const head = this.#head();
    const isExpected = head
      ? expected !== null && isSameEpoch(head.record.epoch, expected)
      : expected === null;
    return head && !isExpected ? head : this.#begin(constants, atLeast);
  }

  /** A store that starts anew is another store, whatever it kept. */
  restart(): void {
    this.#incarnation = `run-${++this.#restarts}`;
  }

  loseNewest(count: number): void {
    this.#records.splice(Math.max(0, this.#records.length - count));
  }

  trim(keep: number): void {
    this.#records = this.#records.slice(-Math.max(1, keep));
  }

  wipe(): void {
    this.#records = [];
  }

  moveClock(ms: number): void {
    this.#clockOffsetMs += ms;
  }

  /** Everything that it is now. */
  snapshot(): { readonly records: readonly JournalRecord[]; readonly incarnation: string } {
    return { records: [...this.#records], incarnation: this.#incarnation };
  }

  restore({ records, incarnation }: ReturnType<SimulatedJournal['snapshot']>): void {
    this.#records = [...records];
    this.#incarnation = incarnation;
  }

  #begin(constants: string, atLeast: number): JournalHead {
    const stamp = this.#stamp(atLeast);
    const nonce = Math.floor(this.#random() * 2 ** 32);
    const record = this.#push({ stamp, nonce }, null, constants, { kind: 'genesis' }, nonce, stamp);
    return { record, incarnation: this.#incarnation };
  }

  #push(
    epoch: Epoch,
    previous: RecordRef | null,
    constants: string,
    body: Coverage | Genesis,
    nonce: number,
    stamp: number,
  ): JournalRecord {
    const record: JournalRecord = {
      stamp,
      nonce,
      epoch,
      previous: previous && { stamp: previous.stamp, nonce: previous.nonce },
      incarnation: this.#incarnation,
      constants,
      body,
    };
    this.#records.push(record);
    for (const listener of [...this.listeners]) listener(record);
    return record;
  }

  #stamp(atLeast: number): number {
    const newest = this.#records.at(-1)?.stamp ?? 0;
    return Math.max(Math.floor((this.#now() + this.#clockOffsetMs) * 1000), newest + 1, atLeast);
  }

  #head(): JournalHead | null {
    const record = this.#records.at(-1);
    return record ? { record, incarnation: this.#incarnation } : null;
  }
}
