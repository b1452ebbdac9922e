import { AsyncLocalStorage } from 'node:async_hooks';

import type { Clock } from '../clock/clock.js';
import type { HoldOffSnapshot } from '../journal/hold-offs.js';
import type { Moment } from '../journal/journal.js';

/** Looks that one async context remembers; of those before, only when the latest of them began. */
const MAX_LOOKS = 1_024;
/** Nobody looks something up for longer. */
const MAX_AGE_MS = 600_000;
/** So many looks, at least, before those that are over are sorted out. */
const MIN_SORTED = 64;

/** A `get` or `batchGet`, and what was known of the journal when it was called. */
export class Look {
  /** Keys that it did not find, until a `set` follows. */
  readonly missed = new Set<string>();
  /** Whether the read has ended, so that no more keys are missed. */
  isOver = false;

  constructor(
    readonly at: number,
    readonly moment: Moment,
    readonly holdOffs: HoldOffSnapshot,
  ) {}
}

/** The looks of an async context, the latest first: a list that branches where contexts do. */
interface Chain {
  readonly look: Look;
  readonly older: Chain | null;
  readonly length: number;
  /** The length at which to sort out what is over. */
  readonly sortAt: number;
  /** Stands for all looks that were too many: as old as they were. */
  readonly forgotten: Look | null;
}

/**
 * Remembers, per async context, when a `get` missed: a `set` of that key which follows in the same context stores a
 * value that was looked up after that moment, and not after its own.
 */
export class MissedReads {
  readonly #context = new AsyncLocalStorage<Chain | null>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called synchronously by the read, before anything is awaited: its caller's context goes on with it. */
  begin(moment: Moment, holdOffs: HoldOffSnapshot): Look {
    const look = new Look(this.#clock.now(), moment, holdOffs);
    const known = this.#context.getStore() ?? null;
    const older = known && known.length >= known.sortAt ? this.#sorted(known) : known;
    this.#context.enterWith(
      linked(look, older, older?.sortAt ?? MIN_SORTED, older?.forgotten ?? null),
    );
    return look;
  }

  /** The latest look that missed the key; it is the key's once. */
  take(key: string): Look | null {
    const newest = this.#context.getStore() ?? null;
    for (let at = newest; at; at = at.older) if (at.look.missed.delete(key)) return at.look;
    const forgotten = newest?.forgotten ?? null;
    return forgotten && this.#isAlive(forgotten) ? forgotten : null;
  }

  /** Forgets everything; an enabled storage costs every promise of the process. */
  close(): void {
    this.#context.disable();
  }

  #isAlive(look: Look): boolean {
    return this.#clock.now() - look.at < MAX_AGE_MS;
  }

  #sorted(chain: Chain): Chain | null {
    const alive: Look[] = [];
    for (let at: Chain | null = chain; at; at = at.older) {
      const isWanted = !at.look.isOver || at.look.missed.size > 0;
      if (isWanted && this.#isAlive(at.look)) alive.push(at.look);
    }
    // What is dropped although it may be asked for counts, for every key, from its own time on.
    const forgotten = alive[MAX_LOOKS] ?? chain.forgotten;
    const kept = alive.slice(0, MAX_LOOKS);
    const sortAt = Math.max(MIN_SORTED, kept.length * 2);
    return kept.reduceRight<Chain | null>(
      (older, look) => linked(look, older, sortAt, forgotten),
      null,
    );
  }
}

function linked(look: Look, older: Chain | null, sortAt: number, forgotten: Look | null): Chain {
  return { look, older, length: (older?.length ?? 0) + 1, sortAt, forgotten };
}
