import {
  CACHE_DEFAULTS,
  resolveOptions,
  type CacheOperation,
  type CacheOptions,
  type LoadContext,
  type OperationResult,
} from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { RefreshScheduler } from '../scheduler/refresh-scheduler.js';
import { PredictiveWarmer, type PredictiveWarmerOptions } from './predictive-warmer.js';

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const RECORD = 'record:{patient}';
const LABS = 'labs:{patient}';

function warming(options: Partial<PredictiveWarmerOptions> = {}, schedulerOptions = {}) {
  const clock = new FakeClock();
  const load = jest.fn((values: object) => Promise.resolve<unknown>({ ...values }));
  const scheduler = new RefreshScheduler({ clock, utilization: () => 0, ...schedulerOptions });
  const warmer = new PredictiveWarmer({
    templates: [{ template: LABS, load, options: { ttl: 300 } }],
    scheduler,
    clock,
    ...options,
  });
  const stored = new Map<string, number>();
  const operation = (more: Partial<CacheOperation>): CacheOperation => ({
    kind: 'read',
    key: null,
    keys: [],
    tags: [],
    pattern: null,
    isWarming: false,
    template: 'unnamed',
    options: null,
    strategy: null,
    ...more,
  });
  /** A cache with the warmer as its middleware; entries live for 300 s. */
  const readThrough =
    (isWarming: boolean) =>
    (key: string, loader: (context: LoadContext) => unknown, options: CacheOptions) =>
      warmer.handle(
        operation({
          key,
          isWarming,
          template: options.template ?? 'unnamed',
          options: resolveOptions(options, CACHE_DEFAULTS),
        }),
        async () => {
          const isHit = (stored.get(key) ?? 0) > clock.now();
          if (!isHit) {
            await loader({} as LoadContext);
            stored.set(key, clock.now() + 300_000);
          }
          const freshForMs = stored.get(key)! - clock.now();
          return { outcome: isHit ? 'hit' : 'miss', tier: null, freshForMs } as const;
        },
      );
  const cache = { read: readThrough(false), prefetch: readThrough(true) };
  const read = (template: string, patient: string, more: CacheOptions = {}): Promise<unknown> =>
    cache.read(template.replace('{patient}', patient), () => 'v', { template, ...more });
  const act = (more: Partial<CacheOperation>): Promise<OperationResult> =>
    warmer.handle(operation(more), () => Promise.resolve({ outcome: 'recorded', tier: null }));
  /** Enough visits to be sure that lab results follow records. */
  const learn = async (more: CacheOptions = {}): Promise<void> => {
    for (let i = 0; i < 30; i++) {
      await read(RECORD, `learn${i}`, more);
      clock.advance(1_000);
      await read(LABS, `learn${i}`, more);
      clock.advance(1_000);
    }
    await idle();
    load.mockClear();
  };
  return { clock, load, scheduler, warmer, cache, stored, read, act, learn };
}

describe('PredictiveWarmer', () => {
  it('loads what probably comes next before it is asked for', async () => {
    const { load, warmer, cache, stored, read, learn } = warming();
    await warmer.start(cache);
    await learn();
    await read(RECORD, '7');
    await idle();
    expect(load).toHaveBeenCalledWith({ patient: '7' }, expect.anything());
    expect(stored.has('labs:7')).toBe(true);
    expect(warmer.counts.warmed).toBeGreaterThan(0);
    expect(warmer.counts).toMatchObject({ failed: 0 });
  });

  it('warms nothing before it is started, nor once it is closed', async () => {
    const { load, warmer, cache, read, learn } = warming();
    await learn();
    await read(RECORD, '7');
    await idle();
    await warmer.start(cache);
    await warmer.close();
    await read(RECORD, '8');
    await idle();
    expect(load).not.toHaveBeenCalled();
  });

  it('warms nothing that it knows to be cached, until that changes', async () => {
    const { load, warmer, cache, stored, read, act, learn } = warming();
    await warmer.start(cache);
    await learn();
    await read(LABS, '7');
    await read(RECORD, '7');
    await idle();
    expect(load).not.toHaveBeenCalled();
    expect(warmer.counts.submitted).toBe(warmer.counts.warmed);
    for (const change of [
      { key: 'labs:7' },
      { keys: ['labs:7', 'x'] },
      { tags: ['x'] },
      { pattern: 'l*' },
    ]) {
      stored.delete('labs:7');
      await act({ kind: 'invalidate', ...change });
      await read(RECORD, '7');
      await idle();
    }
    expect(load).toHaveBeenCalledTimes(4);
  });

  it('does not learn from what it reads itself', async () => {
    const { clock, warmer, cache, read, learn } = warming({
      templates: [
        { template: LABS, load: () => 1 },
        { template: 'notes:{patient}', load: () => 1 },
      ],
    });
    await warmer.start(cache);
    await learn();
    const before = warmer.counts.submitted;
    for (let i = 0; i < 60; i++) {
      await read(RECORD, `only${i}`); // warms the lab results, which nobody reads
      await idle();
      clock.advance(20_000);
    }
    await read(RECORD, 'last');
    expect(warmer.counts.submitted - before).toBeLessThan(61);
  });

  it('counts what it was good for: reads that hit what it had loaded, each once', async () => {
    const { warmer, cache, stored, read, learn } = warming();
    await warmer.start(cache);
    await learn();
    const { warmed, used } = warmer.counts;
    await read(RECORD, '7');
    await idle();
    expect(warmer.counts).toMatchObject({ warmed: warmed + 1, used });
    await read(LABS, '7');
    await read(LABS, '7');
    expect(warmer.counts.used).toBe(used + 1);
    await read(RECORD, '8');
    await idle();
    stored.delete('labs:8');
    await read(LABS, '8');
    expect(warmer.metrics()).toMatchObject({ warmed: warmed + 2, used: used + 1 });
  });

  it('shares the bounds of the scheduler, and gives way first', async () => {
    let isBusy = false;
    const { clock, load, warmer, scheduler, cache, read, learn } = warming(
      {},
      { utilization: () => (isBusy ? 0.75 : 0) },
    );
    await warmer.start(cache);
    await learn();
    isBusy = true;
    clock.advance(100);
    await read(RECORD, '7');
    await idle();
    expect(load).not.toHaveBeenCalled();
    expect(scheduler.explain('labs:7')).toContain('pressure is low');
    expect(scheduler.counts.shedBy.pressure).toBe(1);
  });

  it('neither learns from protected data nor takes a template that has some', async () => {
    const { load, warmer, cache, read, learn } = warming();
    await warmer.start(cache);
    await learn({ containsPHI: true });
    await read(RECORD, '7');
    await idle();
    expect(load).not.toHaveBeenCalled();
    for (const options of [{ containsPHI: true }, { complianceLevel: 'sensitive' as const }]) {
      expect(() => warming({ templates: [{ template: LABS, load, options }] })).toThrow(
        'labs:{patient} holds protected data',
      );
    }
  });

  it('refuses templates that it can not read keys of, or that come twice', () => {
    const load = (): number => 1;
    expect(() => warming({ templates: [{ template: '{a}{b}', load }] })).toThrow(
      'The template "{a}{b}" can\'t be warmed',
    );
    const twice = { template: LABS, load };
    expect(() => warming({ templates: [twice, twice] })).toThrow('given twice');
  });

  it.each([
    [{ maxHotKey: 5 }, 'PredictiveWarmer has no maxHotKey'],
    [{ hotKeys: { halfLive: 5 } }, 'hotKeys has no halfLive'],
    [{ prediction: { treshold: 0.1 } }, 'prediction has no treshold'],
  ])('refuses what there is no option of: %j', (options, message) => {
    expect(() => warming(options as object)).toThrow(message);
  });

  it('tells of a load that failed, by template', async () => {
    const onWarmFailed = jest.fn();
    const error = new Error('down');
    const { warmer, cache, scheduler, read, learn } = warming({
      onWarmFailed,
      templates: [{ template: LABS, load: () => Promise.reject(error) }],
    });
    await warmer.start(cache);
    await learn();
    await read(RECORD, '7');
    await idle();
    expect(onWarmFailed).toHaveBeenCalledWith(LABS, error);
    expect(warmer.counts.failed).toBe(scheduler.counts.failed);
    expect(warmer.counts.failed).toBeGreaterThan(0);
  });

  describe('hot keys', () => {
    function persisting() {
      const bytes = new Map<string, Uint8Array>();
      const provider = {
        get: (key: string) => Promise.resolve(bytes.get(key) ?? null),
        set: (key: string, value: Uint8Array) => Promise.resolve(void bytes.set(key, value)),
      };
      const store = { provider, name: 'vc:clinic:hot' };
      const load = jest.fn((values: object) => ({ ...values }));
      const templates = [
        { template: 'wards:{ward}', load, persistKeys: true },
        { template: LABS, load },
      ];
      return { bytes, store, load, templates };
    }

    it('are warmed at the next start, the hottest first, those that may be saved', async () => {
      const { bytes, store, load, templates } = persisting();
      const before = warming({ store, templates });
      await before.warmer.start(before.cache);
      for (const ward of ['1', '2', '2', '3', '2', '3']) {
        await before.cache.read(`wards:${ward}`, () => 1, { template: 'wards:{ward}' });
      }
      for (let i = 0; i < 9; i++) await before.read(LABS, 'somebody');
      await before.warmer.close();
      expect(Buffer.from(bytes.get('vc:clinic:hot')!).includes('somebody')).toBe(false);

      const after = warming({ store, templates, maxHotKeys: 2 });
      expect(await after.warmer.start(after.cache)).toBe(2);
      await idle();
      expect(load.mock.calls.map(([values]) => values)).toEqual([{ ward: '2' }, { ward: '3' }]);
      expect([...after.stored.keys()]).toEqual(['wards:2', 'wards:3']);
    });

    it('stay within the budget', async () => {
      const { store, load, templates } = persisting();
      const before = warming({ store, templates });
      for (let ward = 0; ward < 20; ward++) {
        await before.cache.read(`wards:${ward}`, () => 1, { template: 'wards:{ward}' });
      }
      await before.warmer.close();
      const after = warming({ store, templates }, { refreshesPerSecond: 5 });
      await after.warmer.start(after.cache);
      await idle();
      expect(load).toHaveBeenCalledTimes(5);
      for (let loads = 6; loads <= 20; loads++) {
        after.clock.advance(200);
        await idle();
        expect(load).toHaveBeenCalledTimes(loads);
      }
      expect(after.scheduler.counts.shed).toBe(0);
    });

    it('are not warmed any more when the process is busy', async () => {
      const { store, load, templates } = persisting();
      const before = warming({ store, templates });
      for (let ward = 0; ward < 20; ward++) {
        await before.cache.read(`wards:${ward}`, () => 1, { template: 'wards:{ward}' });
      }
      await before.warmer.close();
      let isBusy = false;
      const after = warming(
        { store, templates },
        { refreshesPerSecond: 1, utilization: () => (isBusy ? 0.8 : 0) },
      );
      await after.warmer.start(after.cache);
      await idle();
      isBusy = true;
      for (let second = 0; second < 30; second++) {
        after.clock.advance(1_000);
        await idle();
      }
      expect(load).toHaveBeenCalledTimes(1);
      expect(after.scheduler.counts).toMatchObject({ queued: 0, shed: 1 });
    });

    it('are saved now and then, and a store that is down harms nobody', async () => {
      const { store, templates } = persisting();
      const set = jest.fn(() => Promise.reject(new Error('down')));
      const { clock, warmer, cache } = warming({
        store: { ...store, provider: { ...store.provider, set } },
        templates,
        saveEveryMs: 60_000,
      });
      await warmer.start(cache);
      for (let i = 0; i < 4; i++) {
        await cache.read('wards:1', () => 1, { template: 'wards:{ward}' });
        clock.advance(30_000);
      }
      expect(set).toHaveBeenCalledTimes(1);
      await expect(warmer.close()).resolves.toBeUndefined();
      expect(set).toHaveBeenCalledTimes(2);
    });

    it('do not hold up the start when the store hangs', async () => {
      const { store, templates } = persisting();
      const get = (): Promise<null> => new Promise(() => undefined);
      const { clock, warmer, cache } = warming({
        store: { ...store, provider: { ...store.provider, get } },
        templates,
      });
      const starting = warmer.start(cache);
      clock.advance(5_000);
      expect(await starting).toBe(0);
    });

    it('are not saved when none may be', async () => {
      const { bytes, store, load } = persisting();
      const { warmer, read } = warming({ store, templates: [{ template: LABS, load }] });
      await read(LABS, 'somebody');
      await warmer.close();
      expect(bytes.size).toBe(0);
    });
  });

  it('waits in close for what it is loading', async () => {
    let release: (value: unknown) => void = () => undefined;
    const load = jest.fn(() => new Promise((resolve) => (release = resolve)));
    const { warmer, cache, read, learn } = warming({ templates: [{ template: LABS, load }] });
    await learn();
    await warmer.start(cache);
    await read(RECORD, '7');
    await idle();
    expect(load).toHaveBeenCalledTimes(1);
    let isClosed = false;
    const closing = warmer.close().then(() => (isClosed = true));
    await idle();
    expect(isClosed).toBe(false);
    release(1);
    await closing;
    expect(warmer.counts).toMatchObject({ submitted: 1, warmed: 1 });
  });
});
