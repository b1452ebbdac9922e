import { EventLoopMonitor } from '../src/monitoring/event-loop.monitor.js';
import { systemMetricsClock } from '../src/index.js';
import { SignalReading } from '../src/signals/signal-reading.js';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

describe('EventLoopMonitor of the real event loop', () => {
  it('sees that it is blocked', async () => {
    const monitor = new EventLoopMonitor(systemMetricsClock);
    monitor.start();
    await pause();
    const until = performance.now() + 150;
    while (performance.now() < until);
    await pause();
    const reading = new SignalReading('clinic');
    monitor.collect(reading);
    monitor.stop();
    expect(reading.samples('event_loop.delay.max')[0]?.value).toBeGreaterThan(0.05);
  });
});
