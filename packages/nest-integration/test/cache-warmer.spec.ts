import { Injectable, Scope, type Type } from '@nestjs/common';
import type { WarmContext, WarmItem } from '@vitalcache/core';

import { Cache, CacheModule, CacheService, CacheWarmer } from '../src/index.js';
import { closeAll, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

async function start(types: Type[], lines = new LogLines()) {
  const module = await startModule({
    imports: [CacheModule.forRoot(testOptions({}, lines))],
    providers: types,
  });
  return { module, cache: module.get(CacheService), lines };
}

describe('CacheWarmer', () => {
  it('fills the cache at start through the cached method of its class', async () => {
    const calls: string[] = [];
    @Injectable()
    class Doctors {
      readonly clinic = 'north';

      @Cache({ keyTemplate: 'doctors:{id}', tags: ['doctor:{id}'] })
      async find(id: string) {
        calls.push(id);
        return `${this.clinic} ${id}`;
      }

      @CacheWarmer({ of: 'find', kinds: ['doctor'] })
      async *onDuty({ clinicId }: WarmContext) {
        yield [`a${clinicId ?? ''}`];
        yield [`b${clinicId ?? ''}`];
      }
    }
    const { module, cache } = await start([Doctors]);
    const doctors = module.get(Doctors);
    await cache.warm({ names: ['Doctors.onDuty'] }); // whatever the start left
    expect(calls.sort()).toEqual(['a', 'b']);
    expect(await doctors.find('a')).toBe('north a');
    expect(calls).toHaveLength(2);
    await cache.invalidateCacheByTag('doctor:a');
    expect(await cache.warmClinicCache('7')).toEqual({ warmed: 2, skipped: 0, failed: 0 });
    expect(await doctors.find('a7')).toBe('north a7');
    expect(calls).toHaveLength(4);
  });

  it('takes items of its own, in a list, by a name of its own', async () => {
    @Injectable()
    class Popular {
      @CacheWarmer({ name: 'popular' })
      async items(): Promise<WarmItem[]> {
        return [{ key: 'p:1', load: async () => 'one', options: { ttl: 60 } }];
      }
    }
    const { cache } = await start([Popular]);
    await cache.clear();
    expect(await cache.warm({ names: ['popular'] })).toEqual({ warmed: 1, skipped: 0, failed: 0 });
    expect(await cache.get('p:1')).toBe('one');
  });

  it('counts what it gives wrongly as failed', async () => {
    @Injectable()
    class Wrong {
      @Cache({ keyTemplate: 'w:{id}' })
      async find(id: string) {
        return id;
      }

      @CacheWarmer({ name: 'no list' })
      nothing() {
        return 1;
      }

      @CacheWarmer({ name: 'no arguments', of: 'find' })
      names() {
        return ['a'];
      }
    }
    const { cache } = await start([Wrong]);
    for (const name of ['no list', 'no arguments']) {
      expect(await cache.warm({ names: [name] })).toMatchObject({ warmed: 0, failed: 1 });
    }
  });

  it('warms for each subclass, and once for an instance of two names', async () => {
    class Base {
      @CacheWarmer()
      items(): WarmItem[] {
        return [{ key: this.constructor.name, load: async () => 1 }];
      }
    }
    @Injectable()
    class One extends Base {}
    @Injectable()
    class Two extends Base {}
    const module = await startModule({
      imports: [CacheModule.forRoot(testOptions())],
      providers: [One, Two, { provide: 'alias', useExisting: One }],
    });
    const cache = module.get(CacheService);
    await cache.clear();
    expect(await cache.warm()).toEqual({ warmed: 2, skipped: 0, failed: 0 });
  });

  it('is refused in request scope', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      @CacheWarmer()
      items() {
        return [];
      }
    }
    await expect(start([Scoped])).rejects.toThrow(
      /@CacheWarmer\(\) on Scoped\.items: its class is built for each request/,
    );
  });

  it('is refused for a method that is not cached, or varies', async () => {
    @Injectable()
    class Uncached {
      @CacheWarmer({ of: 'find' })
      items() {
        return [];
      }

      find() {
        return 1;
      }
    }
    await expect(start([Uncached])).rejects.toThrow(
      /Uncached\.items: Uncached\.find has no @Cache\(\) that could be warmed/,
    );
  });

  it.each<[string, object, RegExp]>([
    ['an unknown option', { kind: 'x' }, /kind is not an option; accepted: cache, name, kinds, of/],
    ['an empty name', { name: '' }, /name must be a word/],
    ['kinds that are no list', { kinds: 'doctor' }, /kinds must be a list of words/],
    ['an empty method', { of: '' }, /of must be the name of a method/],
  ])('refuses %s when the class is defined', (_what, options, message) => {
    expect(() => {
      class Warming {
        @CacheWarmer(options)
        items() {
          return [];
        }
      }
      return Warming;
    }).toThrow(message);
  });
});
