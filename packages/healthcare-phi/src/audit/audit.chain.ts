import { randomUUID } from 'node:crypto';

import type { Clock } from '@vitalcache/core';

import type { AuditEvent } from './audit-event.js';
import { GENESIS, type RecordLine } from './audit-line.js';
import { toRecord, type AuditHead } from './audit-record.js';
import { MAX_BATCH } from './batch.maker.js';
import { ChainedLine } from './chained-line.js';
import { UtcText } from './utc-text.js';

export interface AuditChainOptions {
  readonly node: string;
  /** Version of the package that writes. */
  readonly library: string;
  readonly clock: Clock;
  /** Milliseconds by a clock that nobody sets. */
  readonly monotonicMs: () => number;
  /** Whether a time server keeps the machine's clock; absent or `undefined`: not known. */
  readonly isClockSynchronised?: () => boolean | undefined;
}

/** Gives every event of this process its number, and its hash over that of the event before. */
export class AuditChain {
  readonly id = randomUUID();
  readonly #options: AuditChainOptions;
  #seq = 0;
  #hash = GENESIS;
  #time = '';
  readonly #utc = new UtcText();
  #lastMs: number;
  /** Lines that have no hash yet, in their order. */
  readonly #unfinished: ChainedLine[] = [];

  constructor(options: AuditChainOptions) {
    this.#options = options;
    this.#lastMs = options.monotonicMs();
  }

  /** Number of the last event. */
  get seq(): number {
    return this.#seq;
  }

  /** Where it stands, if it has begun. */
  get head(): AuditHead | null {
    if (this.#time === '') return null;
    const last = this.#unfinished.at(-1);
    if (last) this.#finish(last);
    return { chain: this.id, seq: this.#seq, hash: this.#hash, time: this.#time };
  }

  /** @param count how many events it stands for, if more than one; `previous`: of the first record only */
  link(event: AuditEvent, count?: number, previous?: AuditHead): RecordLine {
    const { node, library, clock, monotonicMs, isClockSynchronised } = this.#options;
    const nowMs = monotonicMs();
    const record = toRecord(event, {
      chain: this.id,
      seq: ++this.#seq,
      time: this.#utc.of(clock.now()),
      deltaUs: Math.round((nowMs - this.#lastMs) * 1_000),
      isClockSynchronised: isClockSynchronised?.(),
      node,
      library,
      count,
      previous,
    });
    this.#lastMs = nowMs;
    this.#time = record.time;
    const line = new ChainedLine(record, this.#finish);
    this.#unfinished.push(line);
    return line;
  }

  /** Up to this line, and then as many as a batch may have. */
  readonly #finish = (line: ChainedLine): void => {
    const count = Math.max(this.#unfinished.indexOf(line) + 1, MAX_BATCH);
    for (const next of this.#unfinished.splice(0, count)) this.#hash = next.link(this.#hash);
  };

  /** Uses up a number for an event that can't be kept anywhere; returns it. */
  skip(): number {
    return ++this.#seq;
  }
}
