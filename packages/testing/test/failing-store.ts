import {
  CacheService,
  isCacheError,
  type CacheConfig,
  type CacheLogger,
  type FaultCounts,
} from '@vitalcache/core';

import type { ChaosOperation } from '../src/chaos/chaos.fault.js';
import { ChaosProvider } from '../src/chaos/chaos.provider.js';
import { FakeClock } from '../src/fake-clock.js';
import { PlainProvider } from './plain-provider.js';

/** In every key and value of these tests, and so in no line of a log and in no message of the cache. */
export const MARK = 'canary-4711';
export const KEY = `patients:${MARK}:profile`;
export const OTHER = `patients:${MARK}:notes`;
export const TAG = `patient:${MARK}`;
export const OPTIONS = { ttl: 600, tags: [TAG] } as const;

/** How a promise ended, and how long that took by the clock. */
export interface Ended<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly tookMs: number;
}

/** One process: a cache over its own connection to the store. */
export class FailingProcess {
  readonly lines: string[] = [];
  /** Operations in the order in which the cache asked for them. */
  readonly asked: ChaosOperation[] = [];
  readonly chaos: ChaosProvider;
  readonly cache: CacheService;

  constructor(
    readonly fixture: FailingStore,
    config: CacheConfig,
  ) {
    const note = (line: string): void => void this.lines.push(line);
    const logger: CacheLogger = { debug: note, log: note, warn: note, error: note };
    this.chaos = fixture.chaos.fork({ onCall: (operation) => this.asked.push(operation) });
    this.cache = new CacheService(this.chaos, {
      clock: fixture.clock,
      random: () => 0.5,
      sketchSlots: 2 ** 10,
      logger,
      defaults: { jitterRatio: 0 },
      ...config,
    }) as CacheService;
  }

  /** Log lines that match. */
  said(pattern: RegExp): readonly string[] {
    return this.lines.filter((line) => pattern.test(line));
  }

  async faults(): Promise<FaultCounts> {
    return (await this.fixture.ended(this.cache.status())).value?.faults as FaultCounts;
  }
}

/** A remote store that fails on demand, the processes that use it, and the time that passes for all of them. */
export class FailingStore {
  readonly clock = new FakeClock();
  readonly inner = new PlainProvider(this.clock.now);
  readonly chaos = new ChaosProvider(this.inner, { clock: this.clock, random: Math.random });
  readonly processes: FailingProcess[] = [];
  readonly errors: unknown[] = [];

  /** One more process, with entries in the store alone unless `config` says otherwise. */
  async join(config: CacheConfig = {}): Promise<FailingProcess> {
    const process = new FailingProcess(this, { l1MaxBytes: 0, ...config });
    this.processes.push(process);
    await this.ended(process.cache.start());
    return process;
  }

  /** Moves time on, and lets everything run that waits for it. */
  async pass(ms: number, stepMs = 10): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await idle();
      this.clock.advance(Math.min(stepMs, left));
    }
    await idle();
  }

  /** Lets time pass until the promise has settled. @throws Error if that takes longer than `maxMs` */
  async ended<T>(promise: Promise<T>, maxMs = 60_000): Promise<Ended<T>> {
    const startedAt = this.clock.now();
    let ended: Ended<T> | null = null;
    const end = (value: T | undefined, error: unknown): void => {
      if (error !== undefined) this.errors.push(error);
      ended = { value, error, tookMs: this.clock.now() - startedAt };
    };
    promise.then(
      (value) => end(value, undefined),
      (error: unknown) => end(undefined, error),
    );
    await idle();
    while (!ended) {
      if (this.clock.now() - startedAt >= maxMs) throw new Error(`nothing within ${maxMs} ms`);
      this.clock.advance(10);
      await idle();
    }
    return ended;
  }

  /** Ends all processes; resolves with everything that the cache has said, in logs and errors. */
  async close(): Promise<string> {
    this.chaos.heal();
    for (const { chaos, cache } of this.processes) {
      chaos.heal();
      await this.ended(cache.close());
    }
    const messages = this.errors.map((error) =>
      isCacheError(error) ? `${error.message} ${String(error.cause)}` : '',
    );
    return [...this.processes.flatMap(({ lines }) => lines), ...messages].join('\n');
  }
}

/** A source that can fail, be slow, and say how often it was asked. */
export class Source {
  loads = 0;
  value = `value of ${MARK}`;
  error: Error | null = null;
  /** When each load began, milliseconds. */
  readonly begunAt: number[] = [];

  constructor(private readonly clock: FakeClock) {}

  readonly load = async (): Promise<string> => {
    this.loads++;
    this.begunAt.push(this.clock.now());
    const { value, error } = this;
    if (error !== null) throw error;
    return value;
  };
}

/** Lets everything run that waits for nothing but the event loop. */
export async function idle(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}
