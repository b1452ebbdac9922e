import { recordLine, type RecordLine } from './audit-line.js';
import type { AuditRecord } from './audit-record.js';

/** What a line takes beside what it says: names of members, quotes, hash. */
const FRAME_LENGTH = 470;

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
  /** No #fields: to make an object with them takes as long as all the rest. */
  private line: RecordLine | null = null;

  /** @param finish calls {@link write} of this and all lines before it, in their order */
  constructor(
    record: AuditRecord,
    private readonly finish: (line: ChainedLine) => void,
  ) {
    this.chain = record.chain;
    this.seq = record.seq;
    this.position = record.seq * 2;
    this.record = record;
    this.size = sizeOf(record);
  }

  /** @returns its hash */
  write(previous: string): string {
    this.line ??= recordLine(this.record, previous);
    return this.line.hash;
  }

  get text(): string {
    return this.written.text;
  }

  get hash(): string {
    return this.written.hash;
  }

  private get written(): RecordLine {
    if (!this.line) this.finish(this);
    return this.line as RecordLine;
  }
}

/** What callers have a say in; the rest is of about the same length always. */
function sizeOf(record: AuditRecord): number {
  const { actor, tenant, template, roles, labels, detail } = record;
  const { patient, clinic, keyRef, request, address, onBehalfOf, grant } = record;
  let size = FRAME_LENGTH + actor.length + tenant.length + template.length;
  size += lengthOf(patient) + lengthOf(clinic) + lengthOf(keyRef) + lengthOf(request);
  size += lengthOf(address) + lengthOf(onBehalfOf) + lengthOf(grant);
  if (roles) for (const role of roles) size += role.length;
  if (labels) for (const label of labels) size += label.length;
  return detail ? size + JSON.stringify(detail).length : size;
}

function lengthOf(text: string | undefined): number {
  return text === undefined ? 0 : text.length;
}
