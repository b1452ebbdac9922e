import { lineText, recordHash, type RecordLine } from './audit-line.js';
import type { AuditRecord } from './audit-record.js';
import { orderedJson, type JsonValue } from './canonical-json.js';

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
  private canonical = '';
  private ownHash = '';

  /**
   * @param record with its members in order, as `toRecord` makes it
   * @param finish calls {@link link} of this and all lines before it, in their order
   */
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
  link(previous: string): string {
    this.canonical = orderedJson(this.record as unknown as JsonValue);
    return (this.ownHash = recordHash(previous, this.canonical));
  }

  /** Made anew each time: it is asked for once, and would be kept until the sink has it. */
  get text(): string {
    return lineText(this.hash, this.canonical);
  }

  get hash(): string {
    if (this.ownHash === '') this.finish(this);
    return this.ownHash;
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
