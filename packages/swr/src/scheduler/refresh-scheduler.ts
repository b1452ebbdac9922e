import { AsyncLocalStorage } from 'node:async_hooks';

import type { CachePriority, RefreshOutcome, RefreshRefusal } from '@vitalcache/core';

import { DecisionLog } from './decision-log.js';
import { drained } from './drained.js';
import { PressureGauge, type Pressure, type PressureLevel } from './pressure.gauge.js';
import {
  concurrencyOf,
  resolveScheduler,
  type RefreshSchedulerOptions,
  type SchedulerSettings,
} from './scheduler-settings.js';
import { TokenBucket } from './token-bucket.js';
import { mayReplace, WorkQueue, type Waiting } from './work-queue.js';

/** One background load. */
export interface RefreshWork {
  /** Of the entry; there is never more than one piece of work for it. */
  readonly key: string;
  readonly priority: CachePriority;
  /** Why it should not start now; asked when it is submitted and again when its turn comes. Must not throw. */
  refusal(): RefreshRefusal | null;
  /** Does it. `waitedMs`: how long it stood in the queue. Whom a failure concerns, it tells itself. */
  run(waitedMs: number): Promise<RefreshOutcome>;
}

/**
 * What became of work that was submitted. `known`: the key is being loaded already, or other work for it waits;
 * `shed`: it was dropped, and the entry is what it was. What is queued may be dropped later.
 */
export type RefreshDecision = 'started' | 'queued' | 'known' | 'shed';

/** Why work was dropped. `full`: no room in the bounds that always hold; `pressure`: the process is too busy for it. */
export type ShedReason =
  'pressure' | 'full' | 'breaker-open' | 'backing-off' | 'closed' | 'disabled';

/** What the background work has come to. */
export interface RefreshCounts {
  readonly running: number;
  readonly queued: number;
  /** Ended without an error; those below are among them. */
  readonly done: number;
  /** The source gave what was there already. */
  readonly unchanged: number;
  /** Another process was at it, or there was nothing left to do. */
  readonly elsewhere: number;
  readonly failed: number;
  readonly shed: number;
  readonly shedBy: Readonly<Record<ShedReason, number>>;
}

/** What runs longer may never end: it goes on, and others begin in its place. */
const MAX_PLACE_MS = 60_000;

interface RunningWork {
  readonly startedAt: number;
  readonly ended: Promise<void>;
}

interface QueuedWork extends Waiting {
  readonly work: RefreshWork;
  /** Runs something in the async context of the reader, not of whoever's end made room for it. */
  readonly inContext: <R>(run: () => R) => R;
}

/** What each level of pressure drops; critical work is only bounded. */
const SHED_AT: Readonly<Record<PressureLevel, readonly CachePriority[]>> = {
  none: [],
  low: ['low'],
  medium: ['low', 'normal'],
  high: ['low', 'normal', 'high'],
};

/**
 * Runs background loads within bounds: so many at once, so many a second, so many waiting, the urgent first. When the
 * process is busy the less urgent are dropped: their entries stay stale until a later read. One per cache.
 */
export class RefreshScheduler {
  readonly #settings: SchedulerSettings;
  readonly #queue = new WorkQueue<QueuedWork>();
  /** What takes up a place, the longest first. */
  readonly #running = new Map<string, RunningWork>();
  readonly #gauge: PressureGauge;
  readonly #budget: TokenBucket;
  readonly #log: DecisionLog;
  readonly #closing = new AbortController();
  readonly #ended = { done: 0, unchanged: 0, elsewhere: 0, failed: 0 };
  readonly #shedBy: Record<ShedReason, number> = {
    pressure: 0,
    full: 0,
    'breaker-open': 0,
    'backing-off': 0,
    closed: 0,
    disabled: 0,
  };
  #waking: Promise<void> | null = null;
  /** False: nothing is shed but by the hard bounds, whatever the pressure; may be set at any time. */
  isAllowedToShed = true;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: RefreshSchedulerOptions = {}) {
    this.#settings = resolveScheduler(options);
    const { clock, thresholds, utilization, refreshesPerSecond, maxExplained } = this.#settings;
    const now = (): number => clock.now();
    this.#budget = new TokenBucket(refreshesPerSecond, now);
    this.#log = new DecisionLog(maxExplained);
    const queueAgeMs = (): number => Math.max(0, now() - (this.#queue.oldestAt() ?? now()));
    this.#gauge = new PressureGauge({ thresholds, now, utilization, queueAgeMs });
  }

  get counts(): RefreshCounts {
    const shed = Object.values(this.#shedBy).reduce((total, count) => total + count, 0);
    const { size: running } = this.#running;
    return { running, queued: this.#queue.size, ...this.#ended, shed, shedBy: { ...this.#shedBy } };
  }

  /** The last decision about a key, in words; `null` if there was none lately. */
  explain(key: string): string | null {
    return this.#log.explain(key, this.#settings.clock.now());
  }

  /** Starts the work, lets it wait or drops it; never waits for it and never throws. */
  submit(work: RefreshWork): RefreshDecision {
    const { key, priority } = work;
    if (this.#running.has(key)) return this.#note(work, 'known', 'a refresh is running already');
    const waiting = this.#queue.get(key);
    if (waiting && mayReplace(waiting.priority, priority)) {
      this.#pump(); // what runs may have run too long by now
      return this.#note(work, 'known', 'a refresh is waiting already');
    }
    const dropped = this.#unwanted(work);
    if (dropped) {
      this.#pump(); // what waits may be what presses
      return dropped;
    }
    const queued = {
      key,
      priority,
      work,
      queuedAt: waiting?.queuedAt ?? this.#now(),
      inContext: AsyncLocalStorage.snapshot(),
    };
    this.#queue.remove(key); // it waits with a new priority
    this.#pump();
    if (this.#waitMs(priority) === 0) return this.#start(queued); // what still waits is less urgent
    if (!this.#makeRoom(priority)) return this.#shed(work, 'full');
    this.#queue.add(queued);
    this.#wakeLater();
    return this.#note(work, 'queued', 'a refresh waits for its turn');
  }

  /** Drops what waits, takes nothing more, and resolves when what runs has ended, or after `deadlineMs`. */
  async close(deadlineMs = 5_000): Promise<void> {
    this.#closing.abort();
    for (const { work } of this.#queue.takeAll()) this.#shed(work, 'closed');
    const running = [...this.#running.values()].map(({ ended }) => ended);
    const owned = this.#waking ? [...running, this.#waking] : running;
    await drained(owned, deadlineMs, this.#settings.clock);
  }

  #now(): number {
    return this.#settings.clock.now();
  }

  /** Why the work should not be done at all, now; `null` if it should. */
  #unwanted(work: RefreshWork): RefreshDecision | null {
    if (this.#closing.signal.aborted) return this.#shed(work, 'closed');
    const refusal = work.refusal();
    if (refusal === 'loading') return this.#note(work, 'known', 'it is being loaded already');
    if (refusal === 'breaker-open') this.#gauge.noteBreakerOpen();
    if (refusal) return this.#shed(work, refusal);
    const { level, cause } = this.#pressure();
    if (!SHED_AT[level].includes(work.priority)) return null;
    return this.#shed(work, 'pressure', `pressure is ${level}: ${cause}`);
  }

  #pressure(): Pressure {
    const isAdaptive = this.#settings.isAdaptive && this.isAllowedToShed;
    return isAdaptive ? this.#gauge.read() : { level: 'none', cause: 'nothing' };
  }

  /** Drops what waits and is shed by now: what is starved must not make the queue look old for those who are not. */
  #relieve(): void {
    const { level, cause } = this.#pressure();
    for (const { work } of this.#queue.takeAll(SHED_AT[level])) {
      this.#shed(work, 'pressure', `pressure is ${level}: ${cause}`);
    }
  }

  /** Milliseconds until work of this priority may start; `null`: not before some that runs has ended. */
  #waitMs(priority: CachePriority): number | null {
    const most = concurrencyOf(priority, this.#settings.maxConcurrentRefreshes);
    if (this.#running.size >= most) this.#giveUpPlaces();
    return this.#running.size < most ? this.#budget.waitMs() : null;
  }

  #giveUpPlaces(): void {
    const now = this.#now();
    for (const [key, { startedAt }] of this.#running) {
      if (now - startedAt < MAX_PLACE_MS) return;
      this.#running.delete(key);
    }
  }

  /** Starts what may start. The more urgent may fill more, so whoever is behind a head that may not, may not either. */
  #pump(): void {
    this.#relieve();
    for (
      let head = this.#queue.head();
      head && this.#waitMs(head.priority) === 0;
      head = this.#queue.head()
    ) {
      this.#queue.remove(head.key);
      if (!this.#unwanted(head.work)) this.#start(head);
    }
  }

  /** Nobody calls when the budget has filled up again. */
  #wakeLater(): void {
    const head = this.#queue.head();
    const waitMs = head && this.#waitMs(head.priority);
    if (this.#waking || !waitMs || this.#closing.signal.aborted) return;
    const { clock } = this.#settings;
    this.#waking = clock.sleep(waitMs, this.#closing.signal, 'background').then(() => {
      this.#waking = null;
      this.#pump();
      this.#wakeLater();
    });
  }

  #makeRoom(priority: CachePriority): boolean {
    const { maxQueuedRefreshes, maxConcurrentRefreshes } = this.#settings;
    if (maxConcurrentRefreshes === 0) return false;
    if (this.#queue.size < maxQueuedRefreshes) return true;
    const other = this.#queue.leastWanted();
    if (!other || !mayReplace(priority, other.priority)) return false;
    this.#queue.remove(other.key);
    this.#shed(other.work, 'full');
    return true;
  }

  #start({ work, queuedAt, inContext }: QueuedWork): RefreshDecision {
    this.#budget.take();
    const startedAt = this.#now();
    const ended = inContext(() => this.#run(work, queuedAt));
    this.#running.set(work.key, { startedAt, ended });
    void ended.then(() => {
      // Unless its place was given up, and perhaps taken by later work of the same key.
      if (this.#running.get(work.key)?.ended === ended) this.#running.delete(work.key);
      this.#pump();
      this.#wakeLater();
    });
    return this.#note(work, 'started', 'a refresh is running');
  }

  async #run(work: RefreshWork, queuedAt: number): Promise<void> {
    await Promise.resolve(); // it must be known to run before a loader can read the same key
    try {
      const outcome = await work.run(Math.max(0, this.#now() - queuedAt));
      this.#ended.done++;
      if (outcome !== 'changed') this.#ended[outcome]++;
      this.#note(work, 'started', `a refresh has ended: ${outcome}`);
    } catch {
      this.#ended.failed++; // the work has told whom it concerns
      this.#note(work, 'started', 'a refresh has failed');
    }
  }

  #shed(work: RefreshWork, reason: ShedReason, why: string = reason): RefreshDecision {
    this.#shedBy[reason]++;
    return this.#note(work, 'shed', `a refresh was dropped, ${why}`);
  }

  #note(work: RefreshWork, decision: RefreshDecision, text: string): RefreshDecision {
    this.#log.note(work.key, { at: this.#now(), priority: work.priority, text });
    return decision;
  }
}
