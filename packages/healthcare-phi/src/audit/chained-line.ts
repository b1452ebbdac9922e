import { recordLine, type RecordLine } from './audit-line.js';
import type { AuditRecord } from './audit-record.js';

/** What a line takes beside what it says: names of members, quotes, hash. */
const FRAME_LENGTH = 400;

/**
 * A record whose content and place in the chain are final. Its text and its hash are made when somebody first asks for
 * them, which is when a batch is written: many at a time are made for a fraction of what each of them would take between two
 * reads.
 */
export class ChainedLine implements RecordLine {
  readonly kind = 'record';
  readonly chain: string;
  readonly seq: number;
  readonly position: number;
  readonly record: AuditRecord;
  readonly size: number;
  readonly #finish: (line: ChainedLine) => void;
  #line: RecordLine | null = null;

  /** @param finish calls {@link write} of this and all lines before it, in their order */
  constructor(record: AuditRecord, finish: (line: ChainedLine) => void) {
    this.chain = record.chain;
    this.seq = record.seq;
    this.position = record.seq * 2;
    this.record = record;
    this.size = sizeOf(record);
    this.#finish = finish;
  }

  /** @returns its hash */
  write(previous: string): string {
    this.#line ??= recordLine(this.record, previous);
    return this.#line.hash;
  }

  get text(): string {
    return this.#written.text;
  }

  get hash(): string {
    return this.#written.hash;
  }

  get #written(): RecordLine {
    if (!this.#line) this.#finish(this);
    return this.#line as RecordLine;
  }
}

function sizeOf(record: AuditRecord): number {
  let size = FRAME_LENGTH;
  for (const name in record) {
    const value = record[name as keyof AuditRecord];
    if (typeof value === 'string') size += value.length;
    else if (typeof value === 'object') size += JSON.stringify(value).length;
  }
  return size;
}
