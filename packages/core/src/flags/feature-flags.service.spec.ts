import fc from 'fast-check';

import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { ICacheProvider, StoredItem } from '../provider/cache-provider.js';
import { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import { FeatureFlagsService, type FeatureFlagsOptions } from './feature-flags.service.js';
import { RUNTIME_DEFAULTS, RUNTIME_SETTINGS } from './runtime-settings.js';

const NAME = 'vc:test:settings';

/** One store and the announcements over it, for several processes. */
class Fleet {
  bytes: Uint8Array | null = null;
  isDown = false;
  isHanging = false;
  readonly clock = new FakeClock();
  readonly listeners = new Set<() => void>();
  readonly lines: string[] = [];
  /** Runs between the reading and the writing of a change. */
  between: () => void = () => undefined;

  readonly plain: ICacheProvider = {
    get: () => this.answer(() => this.bytes),
    set: (_key, value) => this.answer(() => void (this.bytes = value)),
    del: () => Promise.resolve(0),
  };
  readonly provider: ICacheProvider = {
    ...this.plain,
    setIfUnchanged: (item: StoredItem, expected) =>
      this.answer(() => {
        this.between();
        if (!Buffer.from(this.bytes ?? []).equals(Buffer.from(expected ?? []))) return false;
        this.bytes = item.value;
        return true;
      }),
  };

  member(options: Partial<FeatureFlagsOptions> = {}) {
    const say = (line: string): void => void this.lines.push(line);
    const errors = new CacheErrorHandler({ debug: say, log: say, warn: say, error: say });
    const flags = new FeatureFlagsService({
      provider: this.provider,
      name: NAME,
      errors,
      clock: this.clock,
      announce: () => {
        for (const listener of this.listeners) listener();
        return Promise.resolve(true);
      },
      subscribe: (listener) => {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
      ...options,
    });
    return { flags, errors };
  }

  write(document: unknown): void {
    this.bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  }

  get document(): unknown {
    return this.bytes && JSON.parse(Buffer.from(this.bytes).toString());
  }

  private async answer<T>(give: () => T): Promise<T> {
    if (this.isHanging) return new Promise(() => undefined);
    if (this.isDown) throw new Error(`connect ECONNREFUSED ${NAME}`);
    return give();
  }
}

describe('FeatureFlagsService', () => {
  it('keeps the kill switch when the store is emptied, and gives it back to the store', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member();
    await flags.start();
    await flags.set('enabled', false);
    fleet.bytes = null;
    await flags.reload();
    expect(flags.isEnabled()).toBe(false);
    expect(fleet.document).toEqual({ version: 1, values: { enabled: false }, templates: {} });
    fleet.bytes = null;
    await flags.set('metrics', false);
    expect(fleet.document).toMatchObject({ values: { enabled: false, metrics: false } });
  });

  it('hears of a kill switch that was announced while the store could not be read', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.member(), fleet.member()];
    await Promise.all([one.flags.start(), two.flags.start()]);
    fleet.write({ version: 1, values: { enabled: false }, templates: {} });
    fleet.isDown = true;
    for (const listener of fleet.listeners) listener();
    await settle();
    expect(two.flags.isEnabled()).toBe(true);
    expect(two.errors.counts['settings-failed']).toBe(1);
    await fleet.clock.advance(1_000);
    fleet.isDown = false;
    await fleet.clock.advance(2_000);
    expect([one.flags.isEnabled(), two.flags.isEnabled()]).toEqual([false, false]);
    expect(fleet.lines).toEqual([]); // the store being down is said once, elsewhere
  });

  it.each<[string, unknown]>([
    ['corrupt', '{'],
    ['corrupt', 'null'],
    ['corrupt', { version: 1 }],
    ['corrupt', { version: 0, values: {}, templates: {} }],
    ['corrupt', { version: 1, values: [], templates: {} }],
    ['corrupt', { version: 1, values: { enabled: 'no' }, templates: {} }],
    ['corrupt', { version: 1, values: { enabled: false, defaultTtl: -1 }, templates: {} }],
    ['corrupt', { version: 1, values: { enabled: false }, templates: { a: true } }],
    ['corrupt', ' '.repeat(1_048_577)],
    ['newer', { version: 2, values: { enabled: false }, templates: {} }],
  ])('changes nothing for a record that is %s: %j', async (what, document) => {
    const fleet = new Fleet();
    const { flags, errors } = fleet.member();
    await flags.start();
    await flags.set('defaultTtl', 60);
    fleet.write(document);
    await flags.reload();
    expect(flags.values).toEqual({ ...RUNTIME_DEFAULTS, defaultTtl: 60 });
    expect(errors.counts['settings-failed']).toBe(1);
    await flags.reload();
    expect(fleet.lines).toEqual([expect.stringContaining(`They are ${what}.`)]);
    fleet.write({ version: 1, values: {}, templates: {} });
    await flags.reload();
    expect(fleet.lines[1]).toBe('The settings in the store are read again.');
  });

  it('repairs a corrupt record with what is in force, and leaves a newer one alone', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member();
    await flags.start();
    await flags.set('defaultTtl', 60);
    fleet.write('{');
    await flags.set('metrics', false);
    expect(fleet.document).toMatchObject({ values: { defaultTtl: 60, metrics: false } });
    fleet.write({ version: 2 });
    await expect(flags.set('metrics', true)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(fleet.document).toEqual({ version: 2 });
  });

  it('reads past settings that only another release knows, and writes them back', async () => {
    const fleet = new Fleet();
    fleet.write({ version: 1, values: { enabled: false, magic: [1] }, templates: {} });
    const { flags } = fleet.member();
    await flags.start();
    expect(flags.isEnabled()).toBe(false);
    await flags.remove('enabled');
    expect(fleet.document).toEqual({ version: 1, values: { magic: [1] }, templates: {} });
  });

  it('starts without the store, and starts no more than it can end', async () => {
    const fleet = new Fleet();
    fleet.isHanging = true;
    const { flags } = fleet.member();
    const started = flags.start();
    await fleet.clock.advance(2_000);
    await started;
    expect(flags.values).toEqual(RUNTIME_DEFAULTS);
    const change = flags.set('metrics', false);
    change.catch(() => undefined);
    await fleet.clock.advance(2_000);
    await expect(change).rejects.toMatchObject({ code: 'STORE_TIMEOUT' });
    const closed = flags.close();
    await fleet.clock.advance(2_000); // what runs has its deadline
    await closed;
    expect(fleet.listeners.size).toBe(0);
    await expect(flags.set('metrics', false)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('spreads a change to every process', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.member(), fleet.member()];
    await Promise.all([one.flags.start(), two.flags.start()]);
    const changes = jest.fn();
    two.flags.onChange(changes);
    const result = await one.flags.change({
      values: { defaultTtl: 60 },
      templates: { 'users:{id}': { enabled: false } },
    });
    await settle();
    expect(result).toMatchObject({ announced: true, changes: [{ isOwn: true }, { isOwn: true }] });
    expect(two.flags.values.defaultTtl).toBe(60);
    expect(changes.mock.calls).toEqual([
      [{ name: 'defaultTtl', template: null, old: 3_600, new: 60, isOwn: false }],
      [{ name: 'template', template: 'users:{id}', old: true, new: false, isOwn: false }],
    ]);
  });

  it('says so when nobody hears of a change', async () => {
    const fleet = new Fleet();
    const announce = () => Promise.reject(new CacheError('NOT_RECORDED', 'queued'));
    const { flags, errors } = fleet.member({ announce });
    expect(await flags.set('metrics', false)).toMatchObject({ announced: false });
    expect(errors.counts['settings-failed']).toBe(1);
    expect(flags.values.metrics).toBe(false);
  });

  it('switches one template, all others on', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member();
    await flags.setTemplate('users:{id}', { enabled: false });
    const ask = () => [flags.isEnabled(), flags.isEnabled('users:{id}'), flags.isEnabled('other')];
    expect(ask()).toEqual([true, false, true]);
    await flags.set('enabled', false);
    await flags.setTemplate('other', { enabled: true });
    expect(ask()).toEqual([false, false, false]);
    await flags.set('enabled', true);
    await flags.setTemplate('users:{id}', null);
    expect(ask()).toEqual([true, true, true]);
    expect(fleet.document).toMatchObject({ templates: { other: { enabled: true } } });
  });

  it('returns to what the environment says', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member({ initial: { enabled: false, defaultTtl: 5 } });
    await flags.start();
    expect(flags.isEnabled()).toBe(false);
    await flags.change({ values: { enabled: true, defaultTtl: 9 } });
    expect([flags.isEnabled(), flags.values.defaultTtl]).toEqual([true, 9]);
    await flags.change({ values: { enabled: null, defaultTtl: null } });
    expect([flags.isEnabled(), flags.values.defaultTtl]).toEqual([false, 5]);
    expect(flags.changed.values).toEqual({});
  });

  it('loses no change that another process makes at the same time', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.member(), fleet.member()];
    await Promise.all([
      one.flags.set('metrics', false),
      two.flags.set('batch', false),
      two.flags.set('adaptive', false),
      one.flags.setTemplate('a', { enabled: false }),
    ]);
    expect(fleet.document).toEqual({
      version: 1,
      values: { metrics: false, batch: false, adaptive: false },
      templates: { a: { enabled: false } },
    });
  });

  it('gives up on a record that changes all the time', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member();
    let n = 0;
    fleet.between = () => fleet.write({ version: 1, values: { defaultTtl: n++ }, templates: {} });
    await expect(flags.set('metrics', false)).rejects.toMatchObject({ code: 'STORE_REFUSED' });
    expect(n).toBe(10);
  });

  it('works on a store that has get and set alone', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member({ provider: fleet.plain });
    await flags.set('metrics', false);
    expect(fleet.document).toMatchObject({ values: { metrics: false } });
  });

  it('applies answers in the order in which they were asked for', async () => {
    const fleet = new Fleet();
    const { flags } = fleet.member();
    const reload = flags.reload();
    const change = flags.set('metrics', false);
    await Promise.all([reload, change, flags.reload(), flags.reload()]);
    expect(flags.values.metrics).toBe(false);
  });

  it('survives a listener that throws, and tells the others', async () => {
    const { flags, errors } = new Fleet().member();
    const listener = jest.fn();
    flags.onChange(() => {
      throw new Error('broken');
    });
    const leave = flags.onChange(listener);
    await flags.set('logLevel', 'debug');
    leave();
    await flags.set('logLevel', 'warn');
    expect(listener).toHaveBeenCalledTimes(1);
    expect(errors.counts['listener-failed']).toBe(2);
  });

  it.each<[object, string]>([
    [
      { values: { encryption: false } },
      `"encryption" can't be changed while the cache runs; accepted: enabled, `,
    ],
    [{ values: { auditLogging: null } }, `"auditLogging" can't be changed`],
    [{ values: { constructor: true } }, `"constructor" can't be changed`],
    [{ values: { enabled: 'no' } }, 'enabled is "no"; accepted: true or false.'],
    [
      { values: { defaultTtl: 1.5 } },
      'defaultTtl is 1.5; accepted: a whole number from 0 to 31622400.',
    ],
    [{ values: { circuitBreakerThreshold: 0 } }, 'a whole number from 1 to 100000'],
    [{ values: { logLevel: 'loud' } }, 'logLevel is "loud"; accepted: one of silent, error'],
    [{ templates: { a: true } }, 'A template takes { enabled: true }'],
    [{ templates: { '': { enabled: true } } }, "A template's name has 0 characters"],
  ])('refuses %o and changes nothing', async (change, message) => {
    const fleet = new Fleet();
    const { flags } = fleet.member();
    const written = { values: { metrics: false, ...(change as { values?: object }).values } };
    await expect(flags.change({ ...change, ...written })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(message),
    });
    expect(fleet.bytes).toBeNull();
    expect(flags.values.metrics).toBe(true);
  });

  it('bounds the number of templates', async () => {
    const { flags } = new Fleet().member();
    const names = Array.from({ length: 1_001 }, (_, i) => [`t${i}`, { enabled: false }]);
    const templates = Object.fromEntries(names) as Record<string, { enabled: boolean }>;
    await expect(flags.change({ templates })).rejects.toThrow('1001 templates are switched');
  });

  it('has a default that it accepts for every setting, and none for what must not be changed', () => {
    expect(() => new Fleet().member({ initial: RUNTIME_DEFAULTS })).not.toThrow();
    const variables = Object.values(RUNTIME_SETTINGS).map(({ variable }) => variable);
    expect(variables.join()).not.toMatch(/ENCRYPTION|AUDIT|SHARDING|REPLICATION/);
    expect(() => new Fleet().member({ initial: { defaultTtl: -1 } })).toThrow('defaultTtl is -1');
  });

  it('always answers as the record says, after whatever changes', async () => {
    const step = fc.oneof(
      fc.record({ values: fc.record({ enabled: fc.option(fc.boolean()) }) }),
      fc.record({
        templates: fc.dictionary(
          fc.constantFrom('a', 'b', '__proto__', 'constructor'),
          fc.option(fc.record({ enabled: fc.boolean() })),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const fleet = new Fleet();
        const [one, two] = [fleet.member().flags, fleet.member().flags];
        await two.start();
        const off = new Map<string, boolean>();
        let isOn = true;
        for (const change of steps) {
          await one.change(change);
          if ('values' in change) isOn = change.values.enabled ?? true;
          else {
            for (const [name, said] of Object.entries(change.templates)) {
              if (said) off.set(name, !said.enabled);
              else off.delete(name);
            }
          }
        }
        await settle();
        for (const name of ['a', 'b', '__proto__', 'constructor']) {
          const expected = isOn && !off.get(name);
          expect([one.isEnabled(name), two.isEnabled(name)]).toEqual([expected, expected]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
