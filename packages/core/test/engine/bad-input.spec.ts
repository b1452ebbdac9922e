import { CacheService } from '../../src/service/cache.service.js';
import type { LoadContext } from '../../src/strategy/read-request.js';
import { Fleet, settle, slowLoader } from '../support/fleet.js';
import { Patient, revoked } from '../support/odd-values.js';

const KEY = 'users:7';
/** Whatever a caller without types may hand in. */
const any = (value: unknown): never => value as never;
const fails = (code: string) => expect.objectContaining({ code });

function cyclic(): object {
  const self: { self?: unknown } = {};
  self.self = self;
  return self;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

function raise(error: unknown): never {
  throw error;
}

describe('bad input', () => {
  let fleet: Fleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new Fleet();
    cache = await fleet.join();
  });

  /** Whatever was handed in, others go on as if nothing had been. */
  afterEach(async () => {
    await settle();
    expect(await cache.cache('other', () => 'fine')).toBe('fine');
    expect(await cache.get('other')).toBe('fine');
    const leases = [...fleet.store.items.keys()].filter((name) => name.includes(':l:'));
    expect(leases.filter((name) => fleet.store.read(name))).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
    await fleet.close();
  });

  describe('keys', () => {
    const calls: Record<string, (key: never) => Promise<unknown>> = {
      cache: (key) => cache.cache(key, () => 1),
      read: (key) => cache.read(key, () => 1),
      cacheMany: (key) => cache.cacheMany([key], () => [1]),
      get: (key) => cache.get(key),
      batchGet: (key) => cache.batchGet(['fine', key]),
      set: (key) => cache.set(key, 1),
      batchSet: (key) => cache.batchSet([{ key, value: 1 }]),
      update: (key) => cache.update(key, () => 1),
      del: (key) => cache.del(key),
      batchDelete: (key) => cache.batchDelete(['fine', key]),
      invalidateCache: (key) => cache.invalidateCache(key),
      explain: (key) => cache.explain(key),
      probe: (key) => cache.probe(key),
    };
    const keys: [string, unknown][] = [
      ['undefined', undefined],
      ['null', null],
      ['a number', 7],
      ['a bigint', 7n],
      ['a symbol', Symbol('key')],
      ['an object', {}],
      ['a list', ['users:7']],
      ['a String object', new String('users:7')],
      ['nothing', ''],
      ['too long', 'x'.repeat(1_025)],
      ['a control character', 'a\u0000b'],
      ['broken Unicode', '\ud800'],
    ];

    it.each(Object.keys(calls))('%s refuses what is no key, by name', async (method) => {
      const call = calls[method] as (key: never) => Promise<unknown>;
      for (const [, key] of keys) {
        await expect(call(any(key))).rejects.toEqual(fails('KEY_INVALID'));
      }
      expect(fleet.store.items.size).toBe(0);
    });

    it.each([undefined, null, 'users:7', 5, {}])('refuses %p as a list of keys', async (keys) => {
      await cache.set('u', 1, 60);
      await expect(cache.batchGet(any(keys))).rejects.toEqual(fails('KEY_INVALID'));
      await expect(cache.batchDelete(any(keys))).rejects.toEqual(fails('KEY_INVALID'));
      expect(await cache.get('u')).toBe(1); // a text is no list of letters
    });

    it('names no key in a message', async () => {
      const error: unknown = await cache.get(`ada\u0000`).catch((reason: unknown) => reason);
      expect(String(error)).not.toContain('ada');
    });

    it('reads and deletes a hundred thousand keys at once', async () => {
      const keys = Array.from({ length: 100_000 }, (_, index) => `key:${index}`);
      expect((await cache.batchGet(keys)).every((value) => value === null)).toBe(true);
      await cache.set('key:5', 1, 60);
      expect(await cache.batchDelete(keys)).toBe(1);
    });
  });

  describe('tags and patterns', () => {
    it.each<[string, unknown]>([
      ['no list', 'doctors'],
      ['null', null],
      ['a number', 5],
      ['numbers', [1]],
      ['nothing', ['']],
      ['ten thousand', Array.from({ length: 10_000 }, (_, index) => `t${index}`)],
      ['a control character', ['\u0001']],
      ['a long one', ['x'.repeat(257)]],
    ])('refuses %s as tags before anything is loaded', async (_, tags) => {
      const load = jest.fn(() => 1);
      const options = any({ tags });
      await expect(cache.cache(KEY, load, options)).rejects.toEqual(fails('TAG_INVALID'));
      await expect(cache.set(KEY, 1, options)).rejects.toEqual(fails('TAG_INVALID'));
      await expect(cache.update(KEY, load, options)).rejects.toEqual(fails('TAG_INVALID'));
      expect(load).not.toHaveBeenCalled();
    });

    it.each<[string, (value: { a: number }) => unknown]>([
      ['gives a number', () => 5],
      ['gives nothing', () => undefined],
      ['gives a text', () => 'doctors'],
      ['gives a promise', () => Promise.resolve(['doctors'])],
      ['gives ten thousand', () => Array.from({ length: 10_000 }, (_, index) => `t${index}`)],
    ])('returns, but does not cache, when a tags function %s', async (_, tags) => {
      const options = any({ tags });
      expect(await cache.cache(KEY, () => ({ a: 1 }), options)).toEqual({ a: 1 });
      await cache.settled();
      expect(await cache.get(KEY)).toBeNull();
      await expect(cache.set(KEY, { a: 1 }, options)).rejects.toEqual(fails('TAG_INVALID'));
      const update = cache.update(KEY, () => ({ a: 1 }), options);
      await expect(update).rejects.toEqual(fails('TAG_INVALID'));
    });

    it('returns, but does not cache, when a tags function throws', async () => {
      const error = new Error('no tags');
      const tags = (): never => {
        throw error;
      };
      expect(await cache.cache(KEY, () => 1, { tags })).toBe(1);
      await cache.settled();
      expect(await cache.get(KEY)).toBeNull();
      await expect(cache.set(KEY, 1, { tags })).rejects.toBe(error);
    });

    it('harms nobody when a tags function gives a promise that rejects', async () => {
      const unhandled = jest.fn();
      process.on('unhandledRejection', unhandled);
      const tags = any(() => Promise.reject(new Error('no tags')));
      expect(await cache.cache(KEY, () => 1, { tags })).toBe(1);
      await settle();
      process.off('unhandledRejection', unhandled);
      expect(unhandled).not.toHaveBeenCalled();
    });

    it('refuses what is no tag and no pattern, and never takes one for everything', async () => {
      await cache.set(KEY, 1, 60);
      for (const tag of [undefined, 5, '', {}]) {
        const call = cache.invalidateCacheByTag(any(tag));
        await expect(call).rejects.toEqual(fails('TAG_INVALID'));
      }
      for (const pattern of [undefined, 5, '', '*', '**', 'x'.repeat(257)]) {
        const call = cache.invalidateCacheByPattern(any(pattern));
        await expect(call).rejects.toEqual(fails('PATTERN_INVALID'));
      }
      expect(await cache.get(KEY)).toBe(1);
    });
  });

  describe('options', () => {
    it.each<[string, unknown]>([
      ['out of range', { ttl: -1 }],
      ['not a number', { ttl: NaN }],
      ['endless', { ttl: Infinity }],
      ['of the wrong type', { compress: 'yes' }],
      ['unknown', { timeToLive: 5 }],
      ['of a prototype', { __proto__: { isolation: 'copy' } }],
      ['a prototype in disguise', JSON.parse('{"__proto__":{"polluted":true}}')],
      ['contradictory', { ttl: 1, staleTime: 2 }],
      ['null', null],
      ['a text', 'ttl=60'],
      ['a function', () => 60],
    ])('refuses options that are %s before anything is loaded', async (_, options) => {
      const load = jest.fn(() => 1);
      const calls = [
        cache.cache(KEY, load, any(options)),
        cache.read(KEY, load, any(options)),
        cache.cacheMany([KEY], load as never, any(options)),
        cache.set(KEY, 1, any(options)),
        cache.update(KEY, load, any(options)),
      ];
      for (const call of calls) await expect(call).rejects.toEqual(fails('OPTION_INVALID'));
      expect(load).not.toHaveBeenCalled();
      expect(fleet.store.items.size).toBe(0);
    });

    it('refuses one bad item of a batch before anything is written', async () => {
      const items = [
        { key: 'a', value: 1 },
        { key: 'b', value: 2, ttl: -1 },
      ];
      await expect(cache.batchSet(items)).rejects.toEqual(fails('OPTION_INVALID'));
      expect(await cache.get('a')).toBeNull();
    });

    it('rejects, and never throws, with what a getter of the options throws', async () => {
      const error = new Error('getter');
      const options = {
        get ttl(): never {
          return raise(error);
        },
      };
      await cache.set(KEY, 'fresh', 60); // the shortest way looks at the options first
      await expect(cache.cache(KEY, () => 1, options)).rejects.toBe(error);
      await expect(cache.read(KEY, () => 1, options)).rejects.toBe(error);
    });

    it.each([undefined, null, {}, [null], ['users:7']])('refuses %p as items', async (items) => {
      await expect(cache.batchSet(any(items))).rejects.toEqual(
        expect.objectContaining({ code: expect.stringMatching('OPTION_INVALID|KEY_INVALID') }),
      );
    });

    it('takes options as they were when they were handed in', async () => {
      const tags = ['patients'];
      const options = { ttl: 60, tags };
      const source = slowLoader<string>();
      const reading = cache.cache(KEY, source.load, options);
      await settle();
      options.ttl = 0;
      tags[0] = 'doctors';
      source.resolve('v1');
      await reading;
      await cache.settled();
      expect(await cache.get(KEY)).toBe('v1');
      await cache.invalidateCacheByTag('patients');
      expect(await cache.get(KEY)).toBeNull();
    });

    it('takes frozen options, and one object for many calls', async () => {
      const options = Object.freeze({ ttl: 60, tags: Object.freeze(['patients']) });
      const keys = ['a', 'b', 'c'];
      await Promise.all(keys.map((key) => cache.cache(key, () => key, options)));
      await cache.settled();
      expect(await cache.batchGet(keys)).toEqual(keys);
    });

    it.each<[string, object]>([
      ['option', { moed: 'stale' }],
      ['mode', { mode: 'soft' }],
      ['whenQueued', { whenQueued: 'explode' }],
      ['settleMs', { settleMs: -1 }],
      ['settleMs', { settleMs: 60_001 }],
      ['settleMs', { settleMs: NaN }],
      ['settleMs', { settleMs: 'long' }],
    ])('refuses a wrong %s of an invalidation, which then records nothing', async (_, options) => {
      await cache.set(KEY, 1, 60);
      const calls = [
        cache.invalidateCache(KEY, any(options)),
        cache.invalidateCacheByTag('t', any(options)),
        cache.invalidateCacheByPattern('users:*', any(options)),
        cache.clear(any(options)),
      ];
      for (const call of calls) await expect(call).rejects.toEqual(fails('OPTION_INVALID'));
      expect(await cache.get(KEY)).toBe(1);
    });
  });

  describe('loaders', () => {
    it.each<[string, unknown]>([
      ['missing', undefined],
      ['a value', 5],
      ['a promise', Promise.resolve(1)],
    ])('refuses a loader that is %s', async (_, load) => {
      await expect(cache.cache(KEY, any(load))).rejects.toEqual(fails('OPTION_INVALID'));
      await expect(cache.cacheMany([KEY], any(load))).rejects.toEqual(fails('OPTION_INVALID'));
    });

    it.each<[string, (error: Error) => unknown]>([
      ['throws at once', raise],
      ['throws later', (error) => Promise.reject(error)],
      ['gives a thenable that throws', (error) => ({ then: () => raise(error) })],
    ])('hands on the very error when it %s, to all who wait', async (_, fail) => {
      const error = Object.freeze(new Error('source'));
      const notAsked = jest.fn();
      const readings = [cache.cache(KEY, () => fail(error)), cache.cache(KEY, notAsked)];
      for (const reading of readings) await expect(reading).rejects.toBe(error);
      expect(notAsked).not.toHaveBeenCalled();
      expect(await cache.get(KEY)).toBeNull();
    });

    it.each<[string, () => unknown]>([
      ['throws in its getters', () => Object.defineProperty({}, 'code', { get: () => raise(1) })],
      ['has a symbol as status', () => ({ status: Symbol('status') })],
      ['has an object as status', () => ({ status: Object.create(null) as object })],
    ])('hands on an error that %s, and gives its lease back', async (_, make) => {
      const error = make();
      await expect(cache.cache(KEY, () => raise(error))).rejects.toBe(error);
      const other = await fleet.join();
      expect(await other.cache(KEY, () => 'elsewhere')).toBe('elsewhere');
    });

    it.each([undefined, null, 0, 'text'])('hands on %p, which is no error', async (thrown) => {
      await expect(cache.cache(KEY, () => raise(thrown))).rejects.toBe(thrown);
    });

    it('returns undefined, and never caches it', async () => {
      const load = jest.fn(() => undefined);
      expect(await cache.cache(KEY, load)).toBeUndefined();
      expect(await cache.cache(KEY, load)).toBeUndefined();
      expect(load).toHaveBeenCalledTimes(2);
    });

    it('gives up a loader that never settles, tells it, and lets the next caller load', async () => {
      let signal: AbortSignal | undefined;
      const hang = (context: LoadContext): Promise<never> => {
        signal = context.signal;
        return new Promise(() => undefined);
      };
      const reading = cache.cache(KEY, hang, { hardTimeoutMs: 1_000 });
      const refused = expect(reading).rejects.toEqual(fails('LOAD_TIMEOUT'));
      await fleet.clock.advance(1_000);
      await refused;
      expect(signal?.aborted).toBe(true);
      expect(await cache.cache(KEY, () => 'next')).toBe('next');
    });

    it.each<[string, (context: LoadContext) => void, string]>([
      ['setTtl(-1)', ({ setTtl }) => setTtl(-1), 'OPTION_INVALID'],
      ['setTtl(NaN)', ({ setTtl }) => setTtl(NaN), 'OPTION_INVALID'],
      ['setTtl(Infinity)', ({ setTtl }) => setTtl(Infinity), 'OPTION_INVALID'],
      ["setTtl('5 minutes')", ({ setTtl }) => setTtl('5 minutes'), 'OPTION_INVALID'],
      ['setTtl(null)', ({ setTtl }) => setTtl(any(null)), 'OPTION_INVALID'],
      ['setTtl({})', ({ setTtl }) => setTtl(any({})), 'OPTION_INVALID'],
      ['setTtl(1, 2)', ({ setTtl }) => setTtl(1, 2), 'OPTION_INVALID'],
      ["setTags('t')", ({ setTags }) => setTags(any('t')), 'TAG_INVALID'],
      ['setTags([1])', ({ setTags }) => setTags(any([1])), 'TAG_INVALID'],
      ['setTags(null)', ({ setTags }) => setTags(any(null)), 'TAG_INVALID'],
      ['notModified() of nothing', ({ notModified }) => notModified(), 'OPTION_INVALID'],
    ])('refuses %s where it is called', async (_, misuse, code) => {
      let refusal: unknown;
      const value = await cache.cache(KEY, (context) => {
        try {
          misuse(context);
        } catch (error) {
          refusal = error;
        }
        return 'loaded all the same';
      });
      expect(refusal).toEqual(fails(code));
      expect(value).toBe('loaded all the same');
    });

    it('is deaf to a context once the load is over', async () => {
      let kept: LoadContext | undefined;
      await cache.cache(KEY, (context) => {
        kept = context;
        return 'v1';
      });
      kept?.skip();
      kept?.setTtl(0);
      kept?.setTags(['late']);
      await cache.invalidateCacheByTag('late');
      expect(await cache.get(KEY)).toBe('v1');
    });
  });

  describe('values', () => {
    it.each<[string, () => unknown]>([
      ['a cyclic value', cyclic],
      ['10 000 levels', () => nested(10_000)],
      ['50 MB', () => 'x'.repeat(50 * 2 ** 20)],
      ['a Proxy', () => new Proxy({ a: 1 }, {})],
      ['a revoked Proxy inside', () => ({ inside: revoked() })],
      ['a function', () => () => 1],
      ['a symbol', () => Symbol('value')],
      ['a promise inside', () => ({ inside: Promise.resolve(1) })],
      ['a WeakMap', () => new WeakMap()],
      [
        'a getter that throws',
        () => ({
          get name(): never {
            throw new Error('ada');
          },
        }),
      ],
    ])('returns %s as it is, uncached; as a value to set it is refused', async (_, make) => {
      const value = make();
      expect(await cache.cache(KEY, () => value)).toBe(value);
      await cache.settled();
      expect(await cache.get(KEY)).toBeNull();
      await expect(cache.set('set', value, 60)).rejects.toEqual(fails('VALUE_INVALID'));
      await expect(cache.update('set', () => any(value))).rejects.toEqual(fails('VALUE_INVALID'));
      const items = [
        { key: 'bad', value },
        { key: 'good', value: 1 },
      ];
      expect(await cache.batchSet(items)).toMatchObject({ recorded: true, failed: 1 });
      expect(await cache.batchGet(['bad', 'good'])).toEqual([null, 1]);
    });

    it('rejects a revoked Proxy, which no promise can hold', async () => {
      const other = cache.cache('beside', () => 1);
      await expect(cache.cache(KEY, () => revoked())).rejects.toBeInstanceOf(TypeError);
      expect(await other).toBe(1);
    });

    it('gives class instances back as plain objects, from the first answer on', async () => {
      const first = await cache.cache(KEY, () => new Patient());
      expect(first).toEqual({ name: 'Ada' });
      expect(first).not.toBeInstanceOf(Patient);
      expect(await cache.get(KEY)).toEqual(first);
    });

    it('drops a member named __proto__', async () => {
      const evil: unknown = JSON.parse('{"a":1,"__proto__":{"polluted":true}}');
      const value = await cache.cache<object>(KEY, () => any(evil));
      expect(Object.getOwnPropertyNames(value)).toEqual(['a']);
      expect(value).not.toHaveProperty('polluted');
    });

    it('refuses undefined to be set', async () => {
      await expect(cache.set(KEY, undefined)).rejects.toEqual(fails('VALUE_INVALID'));
      expect(await cache.batchSet([{ key: KEY, value: undefined }])).toMatchObject({ failed: 1 });
    });
  });

  describe('cacheMany', () => {
    it.each<[string, unknown]>([
      ['a text', 'v'],
      ['a number', 5],
      ['null', null],
      ['nothing', undefined],
      ['a function', () => 1],
      ['a Set', new Set(['v'])],
      ['a Date', new Date(0)],
      ['bytes', new Uint8Array(2)],
      ['a WeakMap', new WeakMap()],
      ['too many', [1, 2, 3]],
      ['too few', [1]],
    ])('refuses %s from its loader, and caches nothing of it', async (_, given) => {
      const reading = cache.cacheMany(['a', 'b'], () => any(given));
      await expect(reading).rejects.toEqual(fails('VALUE_INVALID'));
      expect(await cache.batchGet(['a', 'b'])).toEqual([null, null]);
    });

    it('rejects with what its loader throws at once', async () => {
      const error = new Error('source');
      const load = (): never => {
        throw error;
      };
      await expect(cache.cacheMany(['a', 'b'], load)).rejects.toBe(error);
    });

    it('looks for keys among own members only', async () => {
      const load = (): object => ({ real: 1 });
      const keys = ['real', 'toString', '__proto__', 'constructor'];
      expect(await cache.cacheMany<unknown>(keys, any(load))).toEqual([1, null, null, null]);
    });

    it.each([undefined, null, 'ab', 5, {}])('refuses %p as keys', async (keys) => {
      const load = jest.fn(() => []);
      await expect(cache.cacheMany(any(keys), load)).rejects.toEqual(fails('KEY_INVALID'));
      expect(load).not.toHaveBeenCalled();
    });
  });

  describe('update', () => {
    beforeEach(() => cache.set(KEY, { n: 1 }, 60));

    it.each<[string, unknown]>([
      ['missing', undefined],
      ['a value', { n: 2 }],
    ])('refuses a change that is %s', async (_, change) => {
      await expect(cache.update(KEY, any(change))).rejects.toEqual(fails('OPTION_INVALID'));
    });

    it.each<[string, (previous: { n: number } | null) => unknown]>([
      ['throws', () => raise(new TypeError('change'))],
      ['rejects', () => Promise.reject(new TypeError('change'))],
      ['writes to the previous value', (previous) => Object.assign(any(previous), { n: 9 })],
    ])(
      'leaves things as they are when a change %s, and hinders no later one',
      async (_, change) => {
        const failing = cache.update(KEY, any(change));
        const later = cache.update<{ n: number }>(KEY, (previous) => ({
          n: (previous?.n ?? 0) + 1,
        }));
        await expect(failing).rejects.toBeInstanceOf(TypeError);
        expect(await later).toMatchObject({ stored: true, value: { n: 2 } });
      },
    );

    it('refuses a change that updates its own key, which would wait for itself', async () => {
      const inner = jest.fn();
      const update = cache.update(KEY, async () => {
        await cache.update(KEY, inner);
        return null;
      });
      await expect(update).rejects.toEqual(fails('LOAD_REENTRANT'));
      expect(inner).not.toHaveBeenCalled();
    });

    it('lets no change that never settles hold up the next one without end', async () => {
      void cache.update(KEY, () => new Promise<never>(() => undefined));
      const next = cache.update(KEY, () => ({ n: 2 }));
      await fleet.clock.advance(120_000); // by then it has lost its lease as well
      expect(await next).toMatchObject({ value: { n: 2 } });
    });

    it('leaves things as they are when a change gives undefined', async () => {
      const result = await cache.update(KEY, () => undefined);
      expect(result).toEqual({
        stamp: 0,
        recorded: false,
        queued: false,
        stored: false,
        value: null,
      });
      expect(await cache.get(KEY)).toEqual({ n: 1 });
    });
  });

  describe('afterCommit', () => {
    it('hands on what work throws outside of a transaction', async () => {
      const error = new Error('work');
      await expect(cache.afterCommit(() => Promise.reject(error))).rejects.toBe(error);
    });

    it('keeps a committed transaction committed when work throws, and does the rest', async () => {
      const done: string[] = [];
      let failed: Promise<unknown> | undefined;
      const result = await cache.inTransaction(async () => {
        const error = new Error('work');
        failed = (
          await cache.afterCommit(() => {
            throw error;
          })
        ).ended;
        await cache.afterCommit(async () => void done.push('second'));
        return 'committed';
      });
      expect([result, done]).toEqual(['committed', ['second']]);
      expect(await failed).toMatchObject({ status: 'failed' });
    });

    it('drops work of a transaction that throws at once', async () => {
      const work = jest.fn();
      const transaction = (): never => {
        void cache.afterCommit(work);
        throw new Error('rolled back');
      };
      await expect(cache.inTransaction(transaction)).rejects.toThrow('rolled back');
      expect(work).not.toHaveBeenCalled();
    });
  });

  describe('configuration', () => {
    it.each<[string, object]>([
      ['an unknown name', { namspace: 'clinic' }],
      ['a namespace with spaces', { namespace: 'north clinic' }],
      ['a switch that is none', { enabled: 'yes' }],
      ['a negative size', { l1MaxBytes: -1 }],
      ['a fraction', { maxValueBytes: 1.5 }],
      ['a budget of nothing', { readBudgetMs: 0 }],
      ['a budget in words', { readBudgetMs: '250' }],
      ['a sketch that is no power of two', { sketchSlots: 3 }],
      ['a version out of range', { schemaVersion: 65_536 }],
      ["a template's version", { templateVersions: { 'users:{id}': -1 } }],
      ['a default out of range', { defaults: { jitterRatio: 0.6 } }],
      ['an unknown default', { defaults: { ttl: 60 } }],
      ['a default of no kind', { defaults: { isolation: 'copy' } }],
      ['a breaker that never opens', { breaker: { threshold: 0 } }],
      ['a logger without methods', { logger: {} }],
      ['a clock that stands still', { clock: {} }],
      ['no strategy', { strategies: [null] }],
      ['a compressor', { compression: { compressor: 'lzma', thresholdBytes: 1 } }],
      ['a plugin without a name', { plugins: [{}] }],
      ['a warmer without items', { warmers: [{ name: 'w' }] }],
    ])('refuses %s when it is made', (_, config) => {
      const make = (): unknown => new CacheService(fleet.store.provider(), any(config));
      expect(make).toThrow(fails('CONFIG_INVALID'));
    });

    it('refuses settings that are none, and changes none of them', async () => {
      const before = cache.settings;
      for (const values of [
        { bogus: 1 },
        { enabled: 'no' },
        { defaultTtl: -1 },
        { compression: false, logLevel: 'loud' },
      ]) {
        const change = cache.configure({ values: any(values) });
        await expect(change).rejects.toEqual(fails('OPTION_INVALID'));
      }
      expect(cache.settings).toEqual(before);
    });
  });
});
