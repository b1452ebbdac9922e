import { ManualMetricsClock } from '../../test/manual-metrics-clock.js';
import type { StalenessProbeOptions } from './probe-options.js';
import type { Look } from './source.audit.js';
import { StalenessProbe } from './staleness.probe.js';

/** Of a hit; the probe looks by itself. */
const TIMES = { createdAt: 0, staleAt: 0 };
const FRESH: Look = {
  verdict: 'valid',
  tier: 'l1',
  ageMs: 2_000,
  coveredForMs: 0,
  entry: 'one',
  value: () => ({ version: 1 }),
};
const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate);
};

describe('StalenessProbe', () => {
  let clock: ManualMetricsClock;
  /** What the cache says next. */
  let look: () => Look | Promise<Look>;
  let asked: string[];
  let probe: StalenessProbe;

  const make = (options: StalenessProbeOptions = {}): StalenessProbe => {
    probe = new StalenessProbe({ clock, loopUtilization: () => 0, ...options });
    probe.attach({
      probe: async (key) => {
        asked.push(key);
        return look();
      },
    });
    return probe;
  };
  const read = (times = 1): void => {
    for (let i = 0; i < times; i++)
      probe.middleware.onFreshHit?.('user', 'standard', 'users:7', 0, TIMES);
  };
  /** Time goes on in steps of 10 ms. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await new Promise(setImmediate);
    }
    await settle();
  };

  beforeEach(() => {
    clock = new ManualMetricsClock();
    asked = [];
    look = () => FRESH;
  });
  afterEach(() => probe.stop());

  describe('its budget', () => {
    it('is one probe a second, whatever is read', async () => {
      make().start();
      read(1_000);
      await pass(10_000);
      expect(asked.length).toBeGreaterThanOrEqual(9);
      expect(asked.length).toBeLessThanOrEqual(10);
    });

    it('is what it is told', async () => {
      make({ maxProbesPerSecond: 10, maxShare: 1 }).start();
      read(1_000);
      await pass(2_000);
      expect(asked.length).toBeGreaterThanOrEqual(10);
      expect(asked.length).toBeLessThanOrEqual(11);
    });

    it('is a share of time: a slow store is asked less often', async () => {
      look = async () => {
        await clock.sleep(50);
        return FRESH;
      };
      make({ maxProbesPerSecond: 10, maxShare: 0.01 }).start();
      read(1_000);
      await pass(16_500);
      expect(asked.length).toBe(4); // one for each 5 s that 50 ms are 1 % of
    });

    it('is one at a time', async () => {
      look = () => new Promise(() => undefined);
      make({ maxProbesPerSecond: 1_000, maxShare: 1 }).start();
      read(1_000);
      await pass(5_000);
      expect(asked.length).toBe(1);
      look = () => FRESH;
      probe = make(); // what hangs is not waited for after the test
    });

    it('is nothing while the event loop is busy', async () => {
      let utilization = 0.95;
      make({ loopUtilization: () => utilization }).start();
      read(1_000);
      await pass(5_000);
      expect(asked).toEqual([]);
      utilization = 0.5;
      await pass(2_000);
      expect(asked.length).toBeGreaterThan(0);
    });

    it('is nothing where nothing is read', async () => {
      make().start();
      await pass(3_000);
      expect(asked).toEqual([]);
    });
  });

  it('runs from start to stop, and holds no keys and no timer afterwards', async () => {
    make();
    read(10);
    await pass(3_000);
    expect(asked).toEqual([]);
    probe.start();
    read(10);
    await pass(2_000);
    const before = asked.length;
    expect(before).toBeGreaterThan(0);
    await probe.stop();
    read(10);
    await pass(5_000);
    expect([asked.length, clock.sleeping]).toEqual([before, 0]);
    expect(await probe.probeOnce()).toBe(false);
    probe.start();
    read(10);
    await pass(2_000);
    expect(asked.length).toBeGreaterThan(before);
  });

  it.each<[Partial<Look>, string]>([
    [{}, 'fresh'],
    [{ verdict: 'covered', coveredForMs: 5_000 }, 'late'],
    [{ verdict: 'covered', coveredForMs: 5_001 }, 'stale'],
    [{ verdict: 'absent', ageMs: null, entry: null }, 'absent'],
    [{ verdict: 'unknown' }, 'unknown'],
  ])('counts %j as %s', async (seen, outcome) => {
    look = () => ({ ...FRESH, ...seen });
    make().start();
    read();
    await probe.probeOnce();
    expect(probe.report().probes).toMatchObject({ [outcome]: 1 });
  });

  it('counts a cache that throws as unknown, and goes on', async () => {
    look = () => Promise.reject(new Error('closed'));
    make().start();
    read(3);
    await pass(3_000);
    expect(probe.report().probes.unknown).toBeGreaterThan(1);
  });

  it('reports how old what was served was', async () => {
    make().start();
    for (const ageMs of [500, 2_000, 2_000, 100_000_000]) {
      look = () => ({ ...FRESH, ageMs });
      read();
      await probe.probeOnce();
    }
    const counts = probe.report().ages.filter(({ count }) => count > 0);
    expect(counts).toEqual([
      { upToS: 1, count: 1 },
      { upToS: 5, count: 2 },
      { upToS: Infinity, count: 1 },
    ]);
  });

  describe('with a source', () => {
    const compared = async (check: () => unknown, options: StalenessProbeOptions = {}) => {
      make(options).register('user', check);
      probe.start();
      read();
      const probing = probe.probeOnce();
      await pass(3_000);
      await probing;
      return probe.report().checks;
    };

    it('finds the same', async () => {
      expect(await compared(() => ({ version: 1 }))).toMatchObject({ same: 1, outdated: 0 });
    });

    it('finds what is outdated, and says how many of a million', async () => {
      expect(await compared(async () => ({ version: 2 }))).toMatchObject({ outdated: 1 });
      expect(probe.report().outdatedPerMillion).toBe(1_000_000);
    });

    it('takes what is replaced soon for a write whose invalidation was on its way', async () => {
      const checks = await compared(() => {
        look = () => ({ ...FRESH, entry: 'two' });
        return { version: 2 };
      });
      expect(checks).toMatchObject({ moved: 1, outdated: 0 });
    });

    it('takes a write that was taken back for none', async () => {
      let asks = 0;
      expect(await compared(() => ({ version: ++asks === 1 ? 2 : 1 }))).toMatchObject({ same: 1 });
    });

    it('compares versions', async () => {
      make().register('user', () => 1, {
        versionOf: (cached: { version: number }) => cached.version,
      });
      probe.start();
      read();
      await probe.probeOnce();
      expect(probe.report().checks).toMatchObject({ same: 1 });
    });

    it.each<[string, () => unknown]>([
      ['rejects', () => Promise.reject(new Error('down'))],
      [
        'throws',
        () => {
          throw new Error('broken');
        },
      ],
      ['gives what can not be compared', () => ({ run: () => undefined })],
      ['does not answer', () => new Promise(() => undefined)],
    ])('counts a source that %s, and judges nothing by it', async (_, check) => {
      expect(await compared(check, { checkTimeoutMs: 500 })).toMatchObject({
        failed: 1,
        outdated: 0,
      });
    });

    it('does not ask about what is invalid anyway, or of other templates', async () => {
      const check = jest.fn();
      make().register('other', check);
      look = () => ({ ...FRESH, verdict: 'covered', coveredForMs: 1 });
      probe.register('user', check);
      probe.start();
      read();
      await probe.probeOnce();
      look = () => FRESH;
      probe.middleware.onFreshHit?.('third', 'standard', 'third:1', 0, TIMES);
      await probe.probeOnce();
      expect(check).not.toHaveBeenCalled();
    });
  });

  describe('its alert', () => {
    const measured = async (seen: Partial<Look>, options: StalenessProbeOptions = {}) => {
      look = () => ({ ...FRESH, ...seen });
      make(options).start();
      read(4);
      look = () => FRESH;
      for (let i = 0; i < 3; i++) await probe.probeOnce();
      look = () => ({ ...FRESH, ...seen });
      await probe.probeOnce();
      const [rule] = probe.alertRules;
      return rule && { value: rule.measure(undefined as never), rule };
    };

    it('is about what is stale for long, in a million', async () => {
      const stale = await measured({ verdict: 'covered', coveredForMs: 60_000 });
      expect(stale?.value).toBe(250_000);
      expect(stale?.rule).toMatchObject({ name: 'staleness', fires: 'above', limit: 0 });
      expect(stale?.rule.describe(250_000, 0)).toContain('250000 of a million');
    });

    it('is over when nobody looks any more', async () => {
      await measured({ verdict: 'covered', coveredForMs: 60_000 });
      await probe.stop();
      clock.advance(600_000);
      expect(probe.alertRules[0]?.measure(undefined as never)).toBe(0);
    });

    it('is not about invalidations on their way', async () => {
      const late = await measured({ verdict: 'covered', coveredForMs: 20 });
      expect(late?.value).toBe(0);
      expect(probe.report().stalePerMillion).toBe(250_000);
    });

    it('knows nothing without probes, has a limit of one’s own, and can be switched off', async () => {
      make().start();
      expect(probe.alertRules[0]?.measure(undefined as never)).toBeNull();
      await probe.stop();
      expect(make({ maxStalePerMillion: 50 }).alertRules[0]?.limit).toBe(50);
      expect(make({ maxStalePerMillion: false }).alertRules).toEqual([]);
    });
  });

  it.each([
    { maxProbesPerSecond: 0 },
    { maxShare: 2 },
    { sampleSize: NaN },
    { maxStalePerMillion: -1 },
    { checkTimeoutMs: 0 },
  ])('refuses %j and says what is accepted', (options) => {
    const [name = ''] = Object.keys(options);
    expect(() => new StalenessProbe(options)).toThrow(new RegExp(`${name} is .*; accepted: `));
    make();
  });

  it('serves one cache', () => {
    expect(() => make().attach({ probe: jest.fn() })).toThrow('make another');
  });
});
