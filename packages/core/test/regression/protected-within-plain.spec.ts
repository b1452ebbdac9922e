import { CacheError } from '../../src/errors/cache.error.js';
import type { CacheOptions } from '../../src/options/cache-options.js';
import type { CacheService } from '../../src/service/cache.service.js';
import { Fleet, settle } from '../support/fleet.js';
import { ProtectedFleet } from '../support/protected-fleet.js';

const NAME = 'anna-of-ward-7';

describe('protected data within a load that says nothing of it', () => {
  let fleet: ProtectedFleet;
  let cache: CacheService;

  beforeEach(async () => {
    fleet = new ProtectedFleet();
    cache = await fleet.protect();
  });
  afterEach(() => fleet.close());

  const as = <T>(scope: string, work: () => Promise<T>): Promise<T> =>
    fleet.protection.as('t1', scope, work);
  const record = (): Promise<string> => cache.cache('record', () => NAME, fleet.options);
  const isClear = (): boolean => fleet.entries.some(([, bytes]) => bytes.includes(NAME));

  it.each<[string, (scope: string) => Promise<unknown>]>([
    ['cache', (scope) => as(scope, () => cache.cache('plain', record))],
    [
      'a load within a load',
      (scope) => as(scope, () => cache.cache('a', () => cache.cache('b', record))),
    ],
    ['cacheMany', (scope) => as(scope, () => cache.cacheMany(['m'], async () => [await record()]))],
    [
      'cacheMany of protected data',
      (scope) =>
        as(scope, () =>
          cache.cache('plain', () => cache.cacheMany(['record'], () => [NAME], fleet.options)),
        ),
    ],
    [
      'a look',
      async (scope) => {
        await as(scope, record);
        return as(scope, () => cache.cache('plain', () => cache.get('record', fleet.options)));
      },
    ],
  ])('is handed to who loaded it, and kept for nobody: %s', async (_, read) => {
    for (const scope of ['x', 'y']) {
      fleet.protection.calls.length = 0;
      expect(JSON.stringify(await read(scope))).toContain(NAME);
      await settle();
      expect(fleet.protection.calls).not.toEqual([]); // each is asked for on its own
      expect(isClear()).toBe(false);
    }
  });

  it('is not kept by another cache of the process either', async () => {
    const others = new Fleet();
    const other = await others.join();
    expect(await other.cache('own', () => 'kept')).toBe('kept');
    expect(await other.cache('own', () => 'anew')).toBe('kept');
    await as('x', () => other.cache('plain', record));
    expect(await other.cache('plain', () => 'anew')).toBe('anew');
    await others.close();
  });

  it('is not kept by an update, which says so', async () => {
    const updated = as('x', () => cache.update('plain', () => record()));
    expect(await updated).toMatchObject({ stored: false, value: NAME });
    await settle();
    expect(isClear()).toBe(false);
    expect(await cache.get('plain')).toBeNull();
  });

  it('is given to none who joined: each loads for itself, with its own refusals', async () => {
    const denied = new CacheError('OPTION_INVALID', 'Not for x.');
    const load = (scope: string) => async (): Promise<string> => {
      const value = await record();
      await settle();
      if (scope === 'x') throw denied;
      return `${value} for ${scope}`;
    };
    const read = (scope: string): Promise<string> =>
      as(scope, () => cache.cache('plain', load(scope)));
    const first = read('x').catch((error: unknown) => error);
    const others = Promise.all([read('y'), read('z')]);
    expect(await first).toBe(denied);
    expect(await others).toEqual([`${NAME} for y`, `${NAME} for z`]);
  });

  it('holds refusals against nobody else', async () => {
    const refused = async (): Promise<never> => {
      await record();
      throw new Error('not for x');
    };
    for (let i = 0; i < 5; i++) {
      await as('x', () => cache.cache('plain', refused)).catch(() => undefined);
    }
    expect(await as('y', () => cache.cache('plain', record))).toBe(NAME);
  });

  describe('of a level', () => {
    const closely = () => ({ ...fleet.options, complianceLevel: 'sensitive' as const });
    const closed = (): Promise<string> => cache.cache('closed', () => NAME, closely());

    it.each<[string, (load: () => Promise<string>) => Promise<unknown>]>([
      ['a load', (load) => cache.cache('outer', load, fleet.options)],
      ['cacheMany', (load) => cache.cacheMany(['m'], async () => [await load()], fleet.options)],
    ])('is not kept at a lower one by %s', async (_, read) => {
      const load = jest.fn(closed);
      for (let i = 0; i < 2; i++) {
        expect(JSON.stringify(await as('x', () => read(load)))).toContain(NAME);
        await settle();
      }
      expect(load).toHaveBeenCalledTimes(2);
    });

    it('is not kept at a lower one by an update, which says so', async () => {
      const update = (options: CacheOptions) =>
        as('x', () => cache.update('outer', closed, options));
      expect(await update(fleet.options)).toMatchObject({ stored: false, value: NAME });
      expect(await update(closely())).toMatchObject({ stored: true, value: NAME });
    });

    it('is kept at its own, whatever else is read', async () => {
      const load = jest.fn(async () => (await closed()) + (await record()));
      for (let i = 0; i < 2; i++) {
        await as('x', () => cache.cache('outer', load, closely()));
        await settle();
      }
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('is given to none who joined at a lower one', async () => {
      const load = (scope: string) => async () => `${await closed()} for ${scope}`;
      const read = (name: string) => as('x', () => cache.cache('outer', load(name), fleet.options));
      expect(await Promise.all([read('a'), read('b')])).toEqual([`${NAME} for a`, `${NAME} for b`]);
    });
  });

  it('refuses nobody what was refused to the one whom they joined, and shares outages', async () => {
    for (const [error, second] of [
      [Object.assign(new Error('not for a'), { status: 403 }), 'for b'],
      [new CacheError('ACCESS_MISSING', 'No purpose.'), 'for b'],
      [new Error('down'), 'down'],
    ] as const) {
      const load = (name: string) => async () => {
        await record();
        await settle();
        if (name === 'a') throw error;
        return `for ${name}`;
      };
      const read = (name: string) =>
        as('x', () => cache.cache(`outer-${error.message}`, load(name), fleet.options)).catch(
          (reason: Error) => reason.message,
        );
      expect(await Promise.all([read('a'), read('b')])).toEqual([error.message, second]);
    }
  });

  it('is kept, sealed, by a load that says so', async () => {
    const load = jest.fn(record);
    for (let i = 0; i < 2; i++) {
      expect(await as('x', () => cache.cache('outer', load, fleet.options))).toBe(NAME);
      await settle();
    }
    expect(load).toHaveBeenCalledTimes(1);
    expect(isClear()).toBe(false);
  });
});
