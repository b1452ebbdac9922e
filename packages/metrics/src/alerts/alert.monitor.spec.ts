import { onCacheEvent, type CacheStatus } from '@vitalcache/core';

import { statusWith, type StatusChanges } from '../../test/cache-status.js';
import { ManualMetricsClock } from '../../test/manual-metrics-clock.js';
import { SignalReading } from '../signals/signal-reading.js';
import { alertRules } from './alert-rules.js';
import { AlertMonitor } from './alert.monitor.js';
import type { Alert, AlertRule } from './alert.js';

const NO_COUNTS = { hits: 0, misses: 0, requests: 0, failed: 0 };

describe('AlertMonitor', () => {
  let clock: ManualMetricsClock;
  let status: CacheStatus;
  let counts: typeof NO_COUNTS;
  const told: Alert[] = [];
  const monitors: AlertMonitor[] = [];

  beforeEach(async () => {
    clock = new ManualMetricsClock();
    status = await statusWith();
    counts = NO_COUNTS;
    told.length = 0;
  });
  afterEach(async () => {
    for (const monitor of monitors.splice(0)) await monitor.close();
  });

  function watching(
    rules: readonly AlertRule[] = alertRules(),
    onAlert: (alert: Alert) => void | Promise<void> = (alert) => void told.push(alert),
  ): AlertMonitor {
    const monitor = new AlertMonitor({
      rules,
      everyMs: 10_000,
      clock,
      status: async () => status,
      counts: () => counts,
      onAlert,
    });
    monitors.push(monitor);
    return monitor;
  }
  const change = async (changes: StatusChanges): Promise<void> => {
    status = await statusWith(changes);
  };

  it('tells when an alert begins and when it is over, with all that is needed to act', async () => {
    const monitor = watching();
    await change({ journal: { lagMs: 2_000 } });
    await monitor.look();
    expect(told).toEqual([
      {
        name: 'lag',
        state: 'firing',
        value: 2_000,
        limit: 1_000,
        message: 'This process is 2000 ms behind with what was invalidated.',
        runbook: 'docs/watch.md#lag',
        since: new Date(clock.now()),
        cache: 'clinic',
      },
    ]);
    const began = clock.now();
    await change({});
    await monitor.look();
    clock.advance(29_999);
    await monitor.look();
    expect(told).toHaveLength(1);
    clock.advance(1);
    await monitor.look();
    expect(told[1]).toMatchObject({
      name: 'lag',
      state: 'resolved',
      value: 0,
      since: new Date(began),
    });
  });

  it('judges rates by what came since the look before, the first look by all', async () => {
    const monitor = watching();
    counts = { hits: 900, misses: 0, requests: 1_000, failed: 100 };
    await monitor.look();
    expect(told.map(({ name, value }) => [name, value])).toEqual([['error-rate', 0.1]]);
    counts = { ...counts, requests: 2_000 };
    for (let i = 0; i < 3; i++) {
      clock.advance(30_000);
      counts = { ...counts, requests: counts.requests + 100 };
      await monitor.look();
    }
    expect(told.at(-1)).toMatchObject({ name: 'error-rate', state: 'resolved', value: 0 });
  });

  it('takes counts that begin again for what they are', async () => {
    const monitor = watching();
    counts = { ...NO_COUNTS, requests: 1_000, failed: 0 };
    await monitor.look();
    counts = { ...NO_COUNTS, requests: 10, failed: 5 };
    await monitor.look();
    expect(told).toMatchObject([{ name: 'error-rate', value: 0.5 }]);
  });

  it('sees seals that failed between two looks, whichever plugin says so', async () => {
    const monitor = watching();
    await monitor.look();
    await change({ parts: { healthcare: { sealFailures: 2 }, other: { sealFailures: 1 } } });
    await monitor.look();
    expect(told).toMatchObject([{ name: 'seal-failures', state: 'firing', value: 3 }]);
    await monitor.look();
    clock.advance(300_000);
    await monitor.look();
    expect(told[1]).toMatchObject({ name: 'seal-failures', state: 'resolved' });
  });

  it('is a gauge for each alert', async () => {
    const monitor = watching();
    await change({ breaker: 'open' });
    await monitor.look();
    const reading = new SignalReading('clinic');
    monitor.collect(reading);
    const firing = reading
      .samples('alert.firing')
      .map(({ labels, value }) => [labels.alert, value]);
    expect(Object.fromEntries(firing)).toEqual({
      'hit-rate': 0,
      'error-rate': 0,
      lag: 0,
      blind: 0,
      breaker: 1,
      'seal-failures': 0,
    });
  });

  it('is an event too', async () => {
    const events: unknown[] = [];
    const end = onCacheEvent((name, event) => void events.push([name, event]), 'clinic');
    const monitor = watching();
    await change({ journal: { isBlind: true } });
    await monitor.look();
    end();
    expect(events).toEqual([
      [
        'cache.alert',
        {
          cache: 'clinic',
          kind: 'blind',
          template: 'unnamed',
          tier: null,
          outcome: 'firing',
          ms: null,
          reason: expect.stringMatching(/^Nothing is heard .* See docs\/watch\.md#blind\.$/),
        },
      ],
    ]);
  });

  it('looks every so often from its start on, and not after its end', async () => {
    let looks = 0;
    const counting = { ...alertRules()[2]!, measure: () => (looks++, 0) };
    const monitor = watching([counting]);
    monitor.start();
    clock.advance(9_999);
    await turn();
    expect(looks).toBe(0);
    for (let i = 1; i <= 3; i++) {
      clock.advance(10_000);
      await turn();
      expect(looks).toBe(i);
    }
    await monitor.close();
    expect(clock.sleeping).toBe(0);
    clock.advance(60_000);
    await turn();
    expect(looks).toBe(3);
  });

  it.each<[string, (alert: Alert) => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no');
      },
    ],
  ])('goes on when whoever is told %s', async (_how, onAlert) => {
    const monitor = watching(alertRules(), onAlert);
    await change({ breaker: 'open' });
    await expect(monitor.look()).resolves.toBeUndefined();
    await turn();
  });

  it('lets a rule that fails judge nothing, and the others go on', async () => {
    const failing = {
      ...alertRules()[2]!,
      name: 'mine',
      measure: () => {
        throw new Error('no');
      },
    };
    const monitor = watching([failing, ...alertRules()]);
    await change({ breaker: 'open' });
    await monitor.look();
    expect(told.map(({ name }) => name)).toEqual(['breaker']);
  });

  it('refuses two rules of one name', () => {
    expect(() => watching([...alertRules(), ...alertRules()])).toThrow(
      /Two alerts are called hit-rate/,
    );
  });
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
