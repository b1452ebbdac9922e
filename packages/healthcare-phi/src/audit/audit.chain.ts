import { randomUUID } from 'node:crypto';

import type { Clock } from '@vitalcache/core';

import type { AuditEvent } from './audit-event.js';
import { GENESIS, recordLine, type RecordLine } from './audit-line.js';
import { toRecord, type AuditHead } from './audit-record.js';

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
  #lastMs: number;

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
    return { chain: this.id, seq: this.#seq, hash: this.#hash, time: this.#time };
  }

  /** @param count how many events it stands for, if more than one; `previous`: of the first record only */
  link(event: AuditEvent, count?: number, previous?: AuditHead): RecordLine {
    const { node, library, clock, monotonicMs, isClockSynchronised } = this.#options;
    const nowMs = monotonicMs();
    const record = toRecord(event, {
      chain: this.id,
      seq: ++this.#seq,
      time: new Date(clock.now()).toISOString(),
      deltaUs: Math.round((nowMs - this.#lastMs) * 1_000),
      isClockSynchronised: isClockSynchronised?.(),
      node,
      library,
      count,
      previous,
    });
    this.#lastMs = nowMs;
    const line = recordLine(record, this.#hash);
    this.#hash = line.hash;
    this.#time = record.time;
    return line;
  }

  /** Uses up a number for an event that can't be kept anywhere; returns it. */
  skip(): number {
    return ++this.#seq;
  }
}
