import type { IntervalHistogram } from 'node:perf_hooks';

import { ManualMetricsClock } from '../../test/manual-metrics-clock.js';
import { SignalReading } from '../signals/signal-reading.js';
import { EventLoopMonitor } from './event-loop.monitor.js';

const MS = 1_000_000;

describe('EventLoopMonitor', () => {
  const fake = { count: 0, p99: 0, max: 0, isOn: false, resets: 0 };
  const histogram = {
    get count() {
      return fake.count;
    },
    get max() {
      return fake.max;
    },
    percentile: () => fake.p99,
    enable: () => (fake.isOn = true),
    disable: () => !(fake.isOn = false),
    reset: () => void (fake.resets++, (fake.count = 0)),
  } as unknown as IntervalHistogram;
  let clock: ManualMetricsClock;
  let monitor: EventLoopMonitor;

  beforeEach(() => {
    Object.assign(fake, { count: 0, p99: 0, max: 0, isOn: false, resets: 0 });
    clock = new ManualMetricsClock();
    monitor = new EventLoopMonitor(clock, () => histogram);
  });

  function read(): readonly (number | undefined)[] {
    const reading = new SignalReading('clinic');
    monitor.collect(reading);
    return [
      reading.samples('event_loop.delay.p99')[0]?.value,
      reading.samples('event_loop.delay.max')[0]?.value,
    ];
  }
  const measured = (p99Ms: number, maxMs: number): void =>
    void Object.assign(fake, { count: 100, p99: p99Ms * MS, max: maxMs * MS });

  it('says how much later than meant its samples came, in seconds', () => {
    monitor.start();
    expect(read()).toEqual([0, 0]);
    measured(25, 120);
    expect(read()).toEqual([0.005, 0.1]);
    measured(19.9, 20);
    expect(read()).toEqual([0, 0]);
  });

  it('begins a window anew at most every half minute, so that readers do not take it from each other', () => {
    monitor.start();
    measured(30, 220);
    clock.advance(29_999);
    expect([read(), read()]).toEqual([
      [0.01, 0.2],
      [0.01, 0.2],
    ]);
    expect(fake.resets).toBe(0);
    clock.advance(1);
    read();
    expect(fake.resets).toBe(1);
    expect(read()).toEqual([0.01, 0.2]);
    clock.advance(30_000);
    read();
    expect(read()).toEqual([0, 0]);
  });

  it('runs only between start and stop', () => {
    expect(read()).toEqual([0, 0]);
    expect(fake.isOn).toBe(false);
    monitor.start();
    measured(30, 220);
    expect(fake.isOn).toBe(true);
    monitor.stop();
    monitor.stop();
    expect(fake.isOn).toBe(false);
    expect(read()).toEqual([0, 0]);
  });
});
