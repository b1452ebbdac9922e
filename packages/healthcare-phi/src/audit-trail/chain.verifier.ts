import { checkpointHash, checkpointText } from '../audit/audit-checkpoint.js';
import {
  GENESIS,
  recordHash,
  type AuditLine,
  type CheckpointLine,
  type RecordLine,
} from '../audit/audit-line.js';
import { canonicalJson, type JsonValue } from '../audit/canonical-json.js';
import { NumberRanges } from '../audit/number.ranges.js';
import { ClockVerifier } from './clock.verifier.js';
import type { FindingList, Place } from './finding.list.js';
import type { PublicKeys } from './public-keys.js';

/** More than a checkpoint is ever late, unless it couldn't be signed. */
const MAX_UNSIGNED = 512;

/** Follows one chain through its lines, and says where it breaks. */
export class ChainVerifier {
  readonly #chain: string;
  readonly #keys: PublicKeys;
  readonly #findings: FindingList;
  readonly #clock: ClockVerifier;
  /** Hashes that somebody else vouches for, by sequence number; filled in as records pass. */
  readonly #hashes = new Map<number, string | null>();
  #holes: { from: number; to: number; readonly place: Place }[] = [];
  /** What the next record may be linked to: the hash that stands in the last, or the one that should. Null: unknown. */
  #heads: readonly string[] | null = [GENESIS];
  #lastSeq = 0;
  #covered = 0;
  #lastCheckpoint: string | null = '';
  #lastPlace: Place = {};

  constructor(chain: string, keys: PublicKeys, findings: FindingList) {
    this.#chain = chain;
    this.#keys = keys;
    this.#findings = findings;
    this.#clock = new ClockVerifier(findings);
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Up to which record a genuine checkpoint vouches for it. */
  get covered(): number {
    return this.#covered;
  }

  /** Asks to keep the hash of a record. */
  want(seq: number): void {
    this.#hashes.set(seq, null);
  }

  /** Of a record that was asked for; absent if it wasn't there. */
  hashAt(seq: number): string | undefined {
    return this.#hashes.get(seq) ?? undefined;
  }

  /** The files that held it up to this record were removed when their time was over. */
  expireThrough(seq: number): void {
    if (seq <= this.#lastSeq) return;
    this.#lastSeq = seq;
    this.#covered = seq;
    this.#heads = null;
    this.#lastCheckpoint = null;
  }

  take(line: AuditLine, place: Place): void {
    if (line.kind === 'record') this.#record(line, place);
    else this.#checkpoint(line, place);
    this.#lastPlace = place;
  }

  /** @param declared numbers that an `audit-gap` accounts for */
  finish(declared: NumberRanges): void {
    for (const { from, to, place } of this.#holes) this.#reportHole(from, to, place, declared);
    const unsigned = this.#lastSeq - this.#covered;
    if (unsigned === 0) return;
    const isTail = this.#covered > 0 && unsigned <= MAX_UNSIGNED;
    this.#findings.add(
      isTail ? 'unsigned-tail' : 'unsigned-records',
      this.#lastPlace,
      isTail
        ? `No checkpoint vouches for the last ${unsigned} records of the chain, as after a crash.`
        : `No checkpoint vouches for ${unsigned} records of the chain.`,
    );
  }

  #record(line: RecordLine, place: Place): void {
    const { seq, hash, record } = line;
    if (seq <= this.#lastSeq) return this.#comeAgain(seq, place);
    const canonical = canonicalJson(record as unknown as JsonValue);
    const linked = this.#heads?.map((head) => recordHash(head, canonical));
    if (seq > this.#lastSeq + 1) this.#holes.push({ from: this.#lastSeq + 1, to: seq - 1, place });
    else if (linked && !linked.includes(hash)) {
      this.#findings.add(
        'edited-line',
        place,
        `Record ${seq} is not what was written: its hash does not fit.`,
      );
    }
    this.#heads = [hash, ...(linked?.slice(0, 1) ?? [])];
    this.#lastSeq = seq;
    if (this.#hashes.has(seq)) this.#hashes.set(seq, hash);
    this.#clock.take(record, place);
  }

  #comeAgain(seq: number, place: Place): void {
    const hole = this.#holes.find(({ from, to }) => seq >= from && seq <= to);
    if (!hole) {
      const message = `Record ${seq} of this chain stood there before: it was copied.`;
      return this.#findings.add('repeated-records', place, message);
    }
    this.#findings.add('out-of-order', place, `Record ${seq} stands after ${this.#lastSeq}.`);
    this.#holes = this.#holes.flatMap((each) => (each === hole ? without(each, seq) : [each]));
  }

  #checkpoint(line: CheckpointLine, place: Place): void {
    const { checkpoint, signature } = line;
    if (!this.#keys.isGenuine(checkpointText(checkpoint), signature, checkpoint.keyId)) {
      const message = 'The checkpoint is not signed by a key that is trusted.';
      return this.#findings.add('checkpoint-forged', place, message);
    }
    if (this.#lastCheckpoint !== null && checkpoint.previous !== this.#lastCheckpoint) {
      const message =
        'The checkpoint does not follow the one before it: one is missing, or was copied.';
      this.#findings.add('checkpoint-missing', place, message);
    }
    this.#lastCheckpoint = checkpointHash(line);
    const { size, head } = checkpoint;
    if (size > this.#lastSeq) {
      this.#holes.push({ from: this.#lastSeq + 1, to: size, place });
      this.#lastSeq = size;
      this.#heads = [head];
    } else if (size < this.#lastSeq || (this.#heads && this.#heads[0] !== head)) {
      const message = `The checkpoint vouches for another record ${size} than the one that stands here: the log was written anew.`;
      this.#findings.add('checkpoint-mismatch', place, message);
    }
    this.#covered = Math.max(this.#covered, size);
  }

  #reportHole(from: number, to: number, place: Place, declared: NumberRanges): void {
    const [missing, known] = [new NumberRanges(), new NumberRanges()];
    for (let seq = from; seq <= to; seq++) (declared.has(seq) ? known : missing).add(seq);
    if (!missing.isEmpty) {
      const message = `Missing before this line: record ${missing.toString()} of chain ${this.#chain}.`;
      this.#findings.add('missing-records', place, message);
    }
    if (known.isEmpty) return;
    const message = `Missing before this line, and accounted for by an audit-gap: record ${known.toString()}.`;
    this.#findings.add('declared-gap', place, message);
  }
}

function without<T extends { from: number; to: number }>(hole: T, seq: number): T[] {
  return [
    { ...hole, to: seq - 1 },
    { ...hole, from: seq + 1 },
  ].filter(({ from, to }) => from <= to);
}
