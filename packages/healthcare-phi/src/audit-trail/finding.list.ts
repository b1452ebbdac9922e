import type { AuditFinding, FindingKind } from './audit-finding.js';

const NOTES: ReadonlySet<FindingKind> = new Set([
  'torn-line',
  'unsigned-tail',
  'declared-gap',
  'clock-back',
  'clock-jump',
  'expired',
]);

/** Where something was found. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly chain?: string;
}

/** Takes findings down. Of what is repeated on line after line of one file, the first is kept and the others counted. */
export class FindingList {
  readonly #found: { finding: AuditFinding; count: number; lastLine?: number }[] = [];

  add(kind: FindingKind, place: Place, message: string): void {
    const severity = NOTES.has(kind) ? 'note' : 'damage';
    const last = this.#found.at(-1);
    const isRun =
      kind !== 'edited-line' &&
      place.line !== undefined &&
      last?.finding.kind === kind &&
      last.finding.file === place.file &&
      last.lastLine !== undefined &&
      place.line === last.lastLine + 1;
    if (last && isRun) {
      last.count++;
      if (place.line !== undefined) last.lastLine = place.line;
      return;
    }
    this.#found.push({
      finding: { severity, kind, ...place, message },
      count: 1,
      ...(place.line === undefined ? {} : { lastLine: place.line }),
    });
  }

  get all(): readonly AuditFinding[] {
    return this.#found.map(({ finding, count }) =>
      count === 1
        ? finding
        : { ...finding, message: `${finding.message} (so are the ${count - 1} lines after it)` },
    );
  }
}
