import type { HeldEntry } from '../entry/held-entry.js';
import type { Moment } from '../journal/journal.js';
import type { ComplianceLevel } from '../protection/compliance-level.js';

/**
 * What a load gave.
 * - `entry`: one whose value can be handed to many; `isOwn`: loaded here, after the flight's start
 * - `bare`: a value for the one who loaded it alone, because it can't be copied
 * - `taken`: nothing, because another process is loading and nobody waits (refreshes only)
 */
export type LoadedValue =
  | {
      readonly kind: 'entry';
      readonly held: HeldEntry;
      readonly isStorable: boolean;
      readonly isOwn: boolean;
      /** Whether the value is the one that was there before. */
      readonly isUnchanged: boolean;
    }
  | { readonly kind: 'bare'; readonly value: unknown }
  | { readonly kind: 'taken' };

/** A load under way in this process, those who wait for it, and what it has seen of the journal. */
export class Flight {
  /** When the load began; moves on while it still waits for its lease. */
  start: Moment;
  /** A later load of the same key has begun, or nobody waits any more: what this one gives is not stored. */
  isSuperseded = false;
  isOver = false;
  /** The strictest level of what was read for it; `null`: nothing that is protected. */
  madeOf: ComplianceLevel | null = null;
  waiters = 0;
  /** What the load gives, whenever that is. */
  loaded!: Promise<LoadedValue>;
  /** Rejects when the cache ends before the loader does. */
  readonly #ended: Promise<never>;
  #end!: (reason: Error) => void;
  /** Flights that this one's loader waits for at present, and how often each. */
  readonly #waitsFor = new Map<Flight, number>();
  readonly #abort = new AbortController();

  constructor(
    readonly key: string,
    readonly beganAt: number,
    start: Moment,
  ) {
    this.start = start;
    this.#ended = new Promise((_, reject) => (this.#end = reject));
    this.#ended.catch(() => undefined); // only those who wait are concerned
  }

  /** What those who wait get: what the load gives, unless the cache ends before. */
  get given(): Promise<LoadedValue> {
    return Promise.race([this.loaded, this.#ended]);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abandon(reason: Error): void {
    this.isSuperseded = true;
    this.#abort.abort(reason);
  }

  /** The cache ends: nobody waits any longer. */
  end(reason: Error): void {
    this.abandon(reason);
    this.#end(reason);
  }

  /** What this flight loads waits for `other`, once more. */
  waitFor(other: Flight): void {
    this.#waitsFor.set(other, (this.#waitsFor.get(other) ?? 0) + 1);
  }

  /** One of the waits for `other` is over. */
  hasWaitedFor(other: Flight): void {
    const left = (this.#waitsFor.get(other) ?? 1) - 1;
    if (left > 0) this.#waitsFor.set(other, left);
    else this.#waitsFor.delete(other);
  }

  /** Whether this flight can't end before one of `others` has. */
  dependsOn(others: ReadonlyMap<Flight, number>): boolean {
    const seen = new Set<Flight>();
    const open: Flight[] = [this];
    for (let flight = open.pop(); flight; flight = open.pop()) {
      if (others.has(flight)) return true;
      if (seen.has(flight)) continue;
      seen.add(flight);
      open.push(...flight.#waitsFor.keys());
    }
    return false;
  }
}
