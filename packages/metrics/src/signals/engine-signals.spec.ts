import { statusWith, type StatusChanges } from '../../test/cache-status.js';
import { addEngineSignals } from './engine-signals.js';
import { SignalReading } from './signal-reading.js';
import type { SignalName } from './signal-table.js';

async function read(changes: StatusChanges = {}): Promise<SignalReading> {
  const reading = new SignalReading('clinic');
  addEngineSignals(reading, await statusWith(changes));
  return reading;
}

/** Values of a signal by what their labels are, without that of the cache. */
function values(reading: SignalReading, name: SignalName): Record<string, number> {
  const entries = reading.samples(name).map(({ labels, value }) => {
    const { cache, ...others } = labels;
    expect(cache).toBe('clinic');
    return [Object.values(others).join(), value];
  });
  return Object.fromEntries(entries) as Record<string, number>;
}

describe('addEngineSignals', () => {
  it('says times in seconds and states as numbers', async () => {
    const reading = await read({
      enabled: false,
      journal: {
        position: 1_700_000_000_500_000,
        lagMs: 1_500,
        linkAgeMs: Infinity,
        isBlind: true,
        refusal: 'no',
        queued: 3,
        queuedForMs: 2_000,
        needlessMisses: { byCollision: 4, byFloor: 5 },
      },
    });
    expect(values(reading, 'enabled')).toEqual({ '': 0 });
    expect(values(reading, 'journal.position')).toEqual({ '': 1_700_000_000.5 });
    expect(values(reading, 'journal.lag')).toEqual({ '': 1.5 });
    expect(values(reading, 'journal.link.age')).toEqual({ '': Infinity });
    expect(values(reading, 'journal.blind')).toEqual({ '': 1 });
    expect(values(reading, 'journal.refused')).toEqual({ '': 1 });
    expect(values(reading, 'invalidations.queued')).toEqual({ '': 3 });
    expect(values(reading, 'invalidations.queued.age')).toEqual({ '': 2 });
    expect(values(reading, 'needless.misses')).toEqual({ collision: 4, floor: 5 });
  });

  it('passes on what the engine counted', async () => {
    const counts = { loads: 1, refreshes: 2, joined: 3, waited: 4, takeovers: 5, epochChanges: 6 };
    const reading = await read({ counts, l1: { entries: 7, bytes: 8, evictions: 9 } });
    expect(values(reading, 'loads')).toEqual({ read: 1, refresh: 2 });
    expect(values(reading, 'stampedes.absorbed')).toEqual({ joined: 3, waited: 4 });
    expect(values(reading, 'lease.takeovers')).toEqual({ '': 5 });
    expect(values(reading, 'journal.epoch.changes')).toEqual({ '': 6 });
    expect(values(reading, 'l1.entries')).toEqual({ '': 7 });
    expect(values(reading, 'l1')).toEqual({ '': 8 });
    expect(values(reading, 'l1.evictions')).toEqual({ '': 9 });
  });

  it('tells store, pool and breakers, and the fault of every kind', async () => {
    const reading = await read({
      store: { connected: false, memoryBytes: 5, maxBytes: null, pool: { busy: 1, open: 2 } },
      breakers: { 'redis1:6379': 'open', 'redis2:6379': 'half-open', c: 'closed' },
      faultCodes: { STORE_TIMEOUT: 3, foreign: 1 },
    });
    expect(values(reading, 'store.up')).toEqual({ '': 0 });
    expect(values(reading, 'store.memory')).toEqual({ '': 5 });
    expect(values(reading, 'store.memory.limit')).toEqual({});
    expect(values(reading, 'pool.busy')).toEqual({ '': 1 });
    expect(values(reading, 'pool.open')).toEqual({ '': 2 });
    expect(values(reading, 'breaker.state')).toEqual({ 'redis1:6379': 2, 'redis2:6379': 1, c: 0 });
    expect(values(reading, 'fault.errors')).toEqual({ STORE_TIMEOUT: 3, foreign: 1 });
    expect(values(reading, 'faults')).toMatchObject({ 'store-timeout': 0, blind: 0 });
  });

  it('names a bounded number of stores', async () => {
    const breakers = Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`s${i}`, 'open']));
    const reading = await read({ breakers: breakers as Record<string, 'open'> });
    expect(reading.samples('breaker.state')).toHaveLength(256);
  });

  it('adds up seals that failed, whichever plugin says so; 0 without one', async () => {
    expect(values(await read(), 'seal.failures')).toEqual({ '': 0 });
    const parts = { healthcare: { sealFailures: 2 }, own: { sealFailures: 3, other: 9 } };
    expect(values(await read({ parts }), 'seal.failures')).toEqual({ '': 5 });
  });

  it('knows the numbers of refreshes and predictions, and says nothing of them without', async () => {
    const without = await read();
    expect(without.samples('refreshes')).toEqual([]);
    expect(without.samples('predictions')).toEqual([]);
    const swr = { running: 1, queued: 2, changed: 3, unchanged: 4, elsewhere: 5, failed: 6 };
    const reading = await read({
      parts: {
        swr: { ...swr, 'shed.pressure': 7, 'shed.full': 0 },
        prediction: { submitted: 10, warmed: 8, present: 1, failed: 1, used: 6 },
      },
    });
    expect(values(reading, 'refreshes.running')).toEqual({ '': 1 });
    expect(values(reading, 'refreshes.queued')).toEqual({ '': 2 });
    expect(values(reading, 'refreshes')).toEqual({
      changed: 3,
      unchanged: 4,
      elsewhere: 5,
      failed: 6,
    });
    expect(values(reading, 'refreshes.shed')).toEqual({ pressure: 7, full: 0 });
    expect(values(reading, 'predictions')).toEqual({ warmed: 8, present: 1, failed: 1, used: 6 });
    expect(values(reading, 'prediction.gain.ratio')).toEqual({ '': 0.75 });
  });
});
