import type { AuditRecord } from '../audit/audit-record.js';
import type { FindingList, Place } from './finding.list.js';

/** How far the clock of the wall may run away from the one that nobody sets, between two records. */
const MAX_DRIFT_MS = 5_000;

/** Looks for moments at which somebody, or a time server, set the clock. */
export class ClockVerifier {
  readonly #findings: FindingList;
  #lastAt: number | null = null;
  #lastSeq = 0;

  constructor(findings: FindingList) {
    this.#findings = findings;
  }

  take({ time, seq, deltaUs }: AuditRecord, place: Place): void {
    const at = Date.parse(time);
    const [lastAt, lastSeq] = [this.#lastAt, this.#lastSeq];
    [this.#lastAt, this.#lastSeq] = [at, seq];
    if (lastAt === null) return;
    if (at < lastAt) {
      const message = `Record ${seq} is ${lastAt - at} ms older than the one before it: the clock was set back.`;
      return this.#findings.add('clock-back', place, message);
    }
    // The delta is to the record before; if that one is missing, it says nothing.
    const jumpMs = at - lastAt - deltaUs / 1_000;
    if (seq !== lastSeq + 1 || Math.abs(jumpMs) <= MAX_DRIFT_MS) return;
    const message = `Before record ${seq} the clock was set by ${Math.round(jumpMs)} ms.`;
    this.#findings.add('clock-jump', place, message);
  }
}
