import type { AuditRecord } from '../audit/audit-record.js';
import { logRecords, type FoundRecord } from './log-records.js';

/** What a report is about; of several, all must fit. None: everything. */
export interface AuditReportSelection {
  readonly patient?: string;
  readonly actor?: string;
  /** What was done by overriding a policy: starts, stops, and every access under such a grant. */
  readonly breakGlass?: boolean;
  /** What was refused or failed. */
  readonly failures?: boolean;
  /** From then on, and before; epoch milliseconds. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Records that fit, and their sums. Names persons: it is to be kept like the log. */
export interface AuditReport {
  readonly selection: AuditReportSelection;
  readonly records: readonly FoundRecord[];
  /** Events; more than records where a record stands for several. */
  readonly events: number;
  readonly byEvent: Readonly<Record<string, number>>;
  readonly byActor: Readonly<Record<string, number>>;
  readonly byPurpose: Readonly<Record<string, number>>;
  /** Outcome other than success. */
  readonly failures: number;
}

/** Gathers what the log in a directory says about a patient, an actor, or the overriding of policies. */
export async function reportAudit(
  directory: string,
  selection: AuditReportSelection = {},
): Promise<AuditReport> {
  const records: FoundRecord[] = [];
  const [byEvent, byActor, byPurpose] = [new Sums(), new Sums(), new Sums()];
  let [events, failures] = [0, 0];
  for await (const found of logRecords(directory)) {
    const { record } = found;
    if (!fits(record, selection)) continue;
    const { count = 1 } = record;
    records.push(found);
    events += count;
    if (record.outcome !== 0) failures += count;
    byEvent.add(record.event, count);
    byActor.add(record.actor, count);
    byPurpose.add(record.purpose ?? 'none', count);
  }
  return {
    selection,
    records,
    events,
    byEvent: byEvent.all,
    byActor: byActor.all,
    byPurpose: byPurpose.all,
    failures,
  };
}

function fits(record: AuditRecord, selection: AuditReportSelection): boolean {
  const { patient, actor, breakGlass, failures, fromMs = -Infinity, toMs = Infinity } = selection;
  const at = Date.parse(record.time);
  const isOverride = record.grant !== undefined || record.event.startsWith('btg-');
  return (
    (patient === undefined || record.patient === patient) &&
    (actor === undefined || record.actor === actor || record.onBehalfOf === actor) &&
    (!breakGlass || isOverride) &&
    (!failures || record.outcome !== 0) &&
    at >= fromMs &&
    at < toMs
  );
}

/** Sums by name, the greatest first. */
class Sums {
  readonly #sums = new Map<string, number>();

  add(name: string, count: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + count);
  }

  get all(): Record<string, number> {
    const entries = [...this.#sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return Object.fromEntries(entries);
  }
}
