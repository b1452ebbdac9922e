import type { AuditEvent } from './audit-event.js';
import { NumberRanges } from './number.ranges.js';

/** So many ranges fit into one record. */
const MAX_RANGES = 50;

/** What did not go as it should since the log was last in order; told in `audit-gap` records once it is again. */
export class GapNotes {
  #from: number | null = null;
  #reason = '';
  #spooled = 0;
  #refused = 0;
  #exposed = 0;
  /** Recorded, and then refused all the same: the access did not happen. */
  readonly #withdrawn = new NumberRanges();
  /** Happened, and could be kept nowhere. */
  readonly #missing = new NumberRanges();

  get isEmpty(): boolean {
    return this.#from === null;
  }

  /** @param seq of the chain now */
  begin(seq: number, reason: string): void {
    this.#from ??= seq;
    this.#reason ||= reason;
  }

  spooled(count: number): void {
    this.#spooled += count;
  }

  /** Nothing was recorded, and nothing happened. */
  refused(seq: number, reason: string): void {
    this.begin(seq, reason);
    this.#refused++;
  }

  /** It happened, and for a while its record was in the memory of this process alone. */
  exposed(seq: number, reason: string): void {
    this.begin(seq, reason);
    this.#exposed++;
  }

  withdrawn(seq: number, reason: string): void {
    this.begin(seq, reason);
    this.#withdrawn.add(seq);
  }

  missing(seq: number, reason: string): void {
    this.begin(seq, reason);
    this.#missing.add(seq);
  }

  /** What there is to tell; afterwards it is told. @param to the last number of the chain now */
  take(to: number): readonly AuditEvent[] {
    const [from, reason] = [this.#from ?? to, this.#reason];
    const missing = this.#missing.count;
    const counts = {
      spooled: this.#spooled,
      refused: this.#refused,
      exposed: this.#exposed,
      lost: missing,
    };
    const events: AuditEvent[] = [];
    do {
      const parts = {
        withdrawn: this.#withdrawn.take(MAX_RANGES).toString(),
        missing: this.#missing.take(MAX_RANGES).toString(),
      };
      const named = Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''));
      const first = events.length === 0 ? counts : {};
      events.push(gapEvent({ from, to, reason, ...first, ...named }, missing > 0));
    } while (!this.#withdrawn.isEmpty || !this.#missing.isEmpty);
    this.#from = null;
    [this.#spooled, this.#refused, this.#exposed] = [0, 0, 0];
    this.#reason = '';
    return events;
  }
}

/** What a process lost that crashed. */
export function crashEvent(chain: string, missing: NumberRanges): AuditEvent {
  return gapEvent(
    { reason: 'crash', chain, lost: missing.count, missing: missing.toString() },
    true,
  );
}

function gapEvent(detail: NonNullable<AuditEvent['detail']>, hasLost: boolean): AuditEvent {
  return {
    event: 'audit-gap',
    action: 'E',
    outcome: hasLost ? 12 : 4,
    actor: 'system',
    tenant: 'system',
    template: 'audit',
    level: 'standard',
    detail,
  };
}
