import { AsyncLocalStorage } from 'node:async_hooks';

import { CacheError } from '../errors/cache.error.js';
import { isStricter, type ComplianceLevel } from '../protection/compliance-level.js';
import type { Flight } from './flight.js';

/** How often a loader may ask for its own key, each inside the last. */
const MAX_DEPTH = 1;

/** What the present async context runs in. */
interface Nesting {
  /** Loads, from the outermost to the innermost, and how often each was asked for from inside. */
  readonly flights: ReadonlyMap<Flight, number>;
  readonly updates: readonly Update[];
}

/** One update of a key. A context may outlive it, as that of a timer that was set in it does. */
interface Update {
  readonly key: string;
  isOver: boolean;
  /** As of a flight. */
  madeOf: ComplianceLevel | null;
}

type Work<T> = () => T | PromiseLike<T>;

/** What some work gave, and whether protected data was read for it. */
interface Watched<T> {
  readonly value: T;
  readonly isOfProtected: boolean;
}

type NoteProtected = (level: ComplianceLevel) => void;

const SLOT = Symbol.for('@vitalcache/core/nested-loads');

/**
 * How all caches of the process in which something runs, copies of this package included, are told: what one reads,
 * another may be loading.
 */
function running(): Set<NoteProtected> {
  const slots = globalThis as { [SLOT]?: Set<NoteProtected> };
  return (slots[SLOT] ??= new Set());
}

/** No entry has it. */
const NO_KEY = '';

const NOTHING: Nesting = { flights: new Map(), updates: [] };

/**
 * The loads and updates that the present async context runs in, so that none waits for itself, be it over other loaders
 * and their keys.
 */
export class NestedLoads {
  readonly #context = new AsyncLocalStorage<Nesting>();
  #running = 0;

  /** From the outermost to the innermost; those that are over, which a context may outlive, are none. */
  get current(): readonly Flight[] {
    return [...this.#now.flights.keys()].filter(({ isOver }) => !isOver);
  }

  /**
   * Notes on all loads and updates that the present async context runs in, of whichever cache, that protected data of a
   * level goes into them: what they give must be no more open than that.
   */
  noteProtected(level: ComplianceLevel): void {
    for (const noteOwn of running()) noteOwn(level);
  }

  /** Whether waiting for `flight` would be waiting for the one who asks. */
  isCircular(flight: Flight): boolean {
    const { flights } = this.#now;
    return flights.size > 0 && flight.dependsOn(flights);
  }

  isLoading(key: string): boolean {
    return this.current.some((flight) => flight.key === key);
  }

  isUpdating(key: string): boolean {
    return this.#updates.some((update) => update.key === key);
  }

  /** The level of what was read for the update of the key; `null`: nothing that is protected. */
  updatedFrom(key: string): ComplianceLevel | null {
    return this.#updates.find((update) => update.key === key)?.madeOf ?? null;
  }

  /** Whether the lease of the key is held by what the one who asks runs in. */
  holdsLeaseOf(key: string): boolean {
    return this.isUpdating(key) || this.isLoading(key);
  }

  /** Runs what `flights` load together. */
  run<T>(flights: readonly Flight[], work: Work<T>): Promise<T> {
    const inside = new Map(this.#now.flights);
    for (const flight of flights) inside.set(flight, 0);
    return this.#inside({ ...this.#now, flights: inside }, work);
  }

  /**
   * Runs a load that would have to wait for itself, on its own.
   * @throws CacheError `LOAD_REENTRANT`
   */
  runAgain<T>(flight: Flight, work: Work<T>): Promise<T> {
    const inside = new Map(this.#now.flights);
    const depth = inside.get(flight) ?? 0;
    if (depth > MAX_DEPTH) {
      throw new CacheError(
        'LOAD_REENTRANT',
        'A loader reads its own key again and again; give the inner read a key of its own.',
      );
    }
    return this.#inside({ ...this.#now, flights: inside.set(flight, depth + 1) }, work);
  }

  /**
   * Runs an update.
   * @throws CacheError `LOAD_REENTRANT`
   */
  runUpdate<T>(key: string, work: Work<T>): Promise<T> {
    if (this.isUpdating(key)) {
      throw new CacheError(
        'LOAD_REENTRANT',
        'update: `change` updates its own key, which would wait for itself; let it return the value.',
      );
    }
    return this.#updating(key, work).then(({ value }) => value);
  }

  /** Runs `work`; resolves with what it gives, and whether protected data was read for it. */
  watch<T>(work: Work<T>): Promise<Watched<T>> {
    return this.#updating(NO_KEY, work);
  }

  /** Ends it, whatever still runs. */
  close(): void {
    this.#context.disable();
    running().delete(this.#noteOwn);
  }

  /**
   * On Node 20 and 22 an enabled storage costs every promise of the process: it is only while something runs in it.
   */
  async #inside<T>(nesting: Nesting, work: Work<T>): Promise<T> {
    this.#running++;
    running().add(this.#noteOwn);
    try {
      return await this.#context.run(nesting, async () => work());
    } finally {
      if (--this.#running === 0) this.close();
    }
  }

  async #updating<T>(key: string, work: Work<T>): Promise<Watched<T>> {
    const update: Update = { key, isOver: false, madeOf: null };
    const updates = [...this.#now.updates, update];
    try {
      const value = await this.#inside({ ...this.#now, updates }, work);
      return { value, isOfProtected: update.madeOf !== null };
    } finally {
      update.isOver = true;
    }
  }

  readonly #noteOwn: NoteProtected = (level) => {
    for (const one of [...this.current, ...this.#updates]) {
      if (isStricter(level, one.madeOf)) one.madeOf = level;
    }
  };

  get #updates(): readonly Update[] {
    return this.#now.updates.filter(({ isOver }) => !isOver);
  }

  get #now(): Nesting {
    return this.#context.getStore() ?? NOTHING;
  }
}
