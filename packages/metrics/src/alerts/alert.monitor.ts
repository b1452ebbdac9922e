import { CacheError, tellAlert, type CacheStatus, type Clock } from '@vitalcache/core';

import { sealFailures } from '../signals/engine-signals.js';
import type { ISignalSource, SignalReading } from '../signals/signal-reading.js';
import { AlertState } from './alert-state.js';
import type { Alert, AlertRule, AlertSignals } from './alert.js';

/** Counts since start, of which the monitor looks at what was added between two looks. */
export type AlertCounts = Pick<AlertSignals, 'hits' | 'misses' | 'requests' | 'failed'>;

export interface AlertMonitorOptions {
  readonly rules: readonly AlertRule[];
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly status: () => Promise<CacheStatus>;
  /** What only grows, but for resets. */
  readonly counts: () => AlertCounts;
  readonly onAlert: (alert: Alert) => void | Promise<void>;
}

/** Looks at the cache every few seconds, without any other system, and says when something is wrong and when it is over. */
export class AlertMonitor implements ISignalSource {
  readonly #options: AlertMonitorOptions;
  readonly #states: readonly AlertState[];
  readonly #closing = new AbortController();
  #before: AlertCounts & { readonly sealFailures: number; readonly at: number };
  #running: Promise<void> = Promise.resolve();

  /** @throws CacheError `CONFIG_INVALID` for two rules of one name */
  constructor(options: AlertMonitorOptions) {
    const names = options.rules.map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) {
      throw new CacheError('CONFIG_INVALID', `Two alerts are called ${twice}; rename one.`);
    }
    this.#options = options;
    this.#states = options.rules.map((rule) => new AlertState(rule));
    const at = options.clock.now();
    this.#before = { hits: 0, misses: 0, requests: 0, failed: 0, sealFailures: 0, at };
  }

  /** Begins to look; keeps no process alive. */
  start(): void {
    this.#running = this.#run();
  }

  /** Looks no more; resolves when a look under way has ended. */
  async close(): Promise<void> {
    this.#closing.abort(null);
    await this.#running;
  }

  collect(reading: SignalReading): void {
    for (const { rule, firingSince } of this.#states) {
      reading.add('alert.firing', Number(firingSince !== null), { alert: rule.name });
    }
  }

  /** Looks once, now. */
  async look(): Promise<void> {
    const { status: ask, clock } = this.#options;
    const status = await ask();
    const now = clock.now();
    const signals = this.#signals(status, now);
    for (const state of this.#states) this.#judge(state, signals, now);
  }

  async #run(): Promise<void> {
    const { clock, everyMs } = this.#options;
    const { signal } = this.#closing;
    for (;;) {
      await clock.sleep(everyMs, signal, 'background');
      if (signal.aborted) return;
      await this.look();
    }
  }

  #signals(status: CacheStatus, now: number): AlertSignals {
    const counts = { ...this.#options.counts(), sealFailures: sealFailures(status), at: now };
    const before = this.#before;
    this.#before = counts;
    // After a reset the counts begin again at 0: all that there are were added since.
    const added = (name: keyof AlertCounts | 'sealFailures'): number =>
      counts[name] >= before[name] ? counts[name] - before[name] : counts[name];
    return {
      status,
      elapsedMs: now - before.at,
      hits: added('hits'),
      misses: added('misses'),
      requests: added('requests'),
      failed: added('failed'),
      sealFailures: added('sealFailures'),
    };
  }

  #judge(state: AlertState, signals: AlertSignals, now: number): void {
    const { rule } = state;
    const value = measured(rule, signals);
    const change = state.take(value, now);
    if (value === null || !change) return;
    const said = rule.describe(value, rule.limit);
    this.#tell({
      name: rule.name,
      state: change.state,
      value,
      limit: rule.limit,
      message: change.state === 'firing' ? said : `Over: ${rule.name}.`,
      runbook: `docs/watch.md#${rule.name}`,
      since: new Date(change.since),
      cache: signals.status.namespace,
    });
  }

  #tell(alert: Alert): void {
    tellAlert(alert.cache, alert.name, alert.state, `${alert.message} See ${alert.runbook}.`);
    try {
      const told: unknown = this.#options.onAlert(alert);
      if (told instanceof Promise) told.catch(() => undefined);
    } catch {
      // whoever was to be told has failed; the gauge and the event still tell
    }
  }
}

/** A rule of the application's that fails judges nothing. */
function measured(rule: AlertRule, signals: AlertSignals): number | null {
  try {
    return rule.measure(signals);
  } catch {
    return null;
  }
}
