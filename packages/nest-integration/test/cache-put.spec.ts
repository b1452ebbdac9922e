import { Body, Controller, Get, Injectable, Param, Put, Res, type Type } from '@nestjs/common';
import { defer, firstValueFrom, type Observable } from 'rxjs';

import { Cache, CacheModule, CachePut, CacheService, type CachePutOptions } from '../src/index.js';
import { closeAll, PLATFORMS, startControllers, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

async function start<T>(type: Type<T>, lines = new LogLines()) {
  const module = await startModule({
    imports: [CacheModule.forRoot(testOptions({}, lines))],
    providers: [type],
  });
  return { service: module.get(type), cache: module.get(CacheService), lines };
}

/** A class with one method that returns what it is told, as it is told. */
function saving(options: CachePutOptions) {
  @Injectable()
  class Saving {
    calls = 0;

    @CachePut(options)
    save(id: unknown, result: unknown = id): unknown {
      this.calls++;
      return result;
    }
  }
  return Saving;
}

describe('CachePut', () => {
  it('calls the method every time, and replaces what is cached', async () => {
    @Injectable()
    class Users {
      calls = 0;

      @Cache({ keyTemplate: 'users:{id}' })
      async find(id: string) {
        return `${id} of call ${++this.calls}`;
      }

      @CachePut({ keyTemplate: 'users:{id}', ttl: 60 })
      async save(id: string, name: string) {
        return `${id} ${name}`;
      }
    }
    const { service } = await start(Users);
    expect(await service.find('1')).toBe('1 of call 1');
    expect(await service.save('1', 'ada')).toBe('1 ada');
    expect(await service.find('1')).toBe('1 ada');
    expect(await service.save('1', 'eve')).toBe('1 eve');
    expect(await service.find('1')).toBe('1 eve');
  });

  it.each<[string, CachePutOptions, string]>([
    ['a parameter', { keyTemplate: 'k:{id}' }, 'k:1'],
    ['the result', { keyTemplate: 'k:{result.id}' }, 'k:7'],
    ['a function', { key: (id: string) => `own:${id}` }, 'own:1'],
  ])('makes the key of %s', async (_what, options, key) => {
    const { service, cache } = await start(saving(options));
    await service.save('1', { id: 7 });
    expect(await cache.get(key)).toEqual({ id: 7 });
  });

  it('gives the entry tags, of arguments and result, or of the value', async () => {
    for (const tags of [
      ['all', 'user:{result.id}'],
      (value: { id: string }) => [`user:${value.id}`],
    ]) {
      const { service, cache } = await start(saving({ keyTemplate: 'k:{id}', tags }));
      await service.save('1', { id: 7 });
      expect(await cache.get('k:1')).toEqual({ id: 7 });
      await cache.invalidateCacheByTag('user:7');
      expect(await cache.get('k:1')).toBeNull();
      await closeAll();
    }
  });

  it('does not store what something made invalid while the method ran', async () => {
    @Injectable()
    class Slow {
      release: () => void = () => undefined;

      @CachePut({ keyTemplate: 'k', tags: ['t'] })
      async save() {
        await new Promise<void>((resolve) => (this.release = resolve));
        return 'old';
      }
    }
    const { service, cache } = await start(Slow);
    const saved = service.save();
    await cache.invalidateCacheByTag('t');
    service.release();
    expect(await saved).toBe('old');
    expect(await cache.get('k')).toBeNull();
    const again = service.save();
    service.release();
    await again;
    expect(await cache.get('k')).toBe('old');
  });

  it('stores nothing when the method fails, and leaves what is there', async () => {
    @Injectable()
    class Failing {
      @CachePut({ keyTemplate: 'k' })
      async save() {
        throw new Error('no');
      }
    }
    const { service, cache } = await start(Failing);
    await cache.set('k', 'before');
    await expect(service.save()).rejects.toThrow('no');
    expect(await cache.get('k')).toBe('before');
  });

  it('makes invalid what is there when an Observable has done its work, not before', async () => {
    const source = { value: 'old' };
    let release: () => void = () => undefined;
    const isDone = new Promise<void>((resolve) => (release = resolve));
    @Injectable()
    class Streaming {
      @CachePut({ keyTemplate: 'k:{result}' })
      save(): unknown {
        return defer(async () => {
          await isDone;
          return (source.value = 'new');
        });
      }
    }
    const { service, cache, lines } = await start(Streaming);
    const read = () => cache.cache('k:new', async () => source.value);
    const saved = firstValueFrom((await service.save()) as Observable<string>);
    expect(await read()).toBe('old');
    release();
    expect(await saved).toBe('new');
    expect(await read()).toBe('new');
    expect(lines.warnings).toEqual([
      expect.stringMatching(/returns an Observable, which can't be cached/),
    ]);
  });

  it('waits for the commit of a transaction', async () => {
    const { service, cache } = await start(saving({ keyTemplate: 'k:{id}' }));
    const failed = cache.inTransaction(async () => {
      await service.save('1');
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await cache.get('k:1')).toBeNull();
    await cache.inTransaction(async () => {
      await service.save('1');
      expect(await cache.get('k:1')).toBeNull();
    });
    expect(await cache.get('k:1')).toBe('1');
  });

  it.each<[string, unknown, RegExp | null]>([
    ['undefined', undefined, null],
    ['a function', () => 1, /was not put into the cache, only what was there made invalid/],
  ])('makes invalid what is there when the method returns %s', async (_what, result, warning) => {
    @Injectable()
    class Odd {
      @CachePut({ keyTemplate: 'k' })
      save(): unknown {
        return result;
      }
    }
    const { service, cache, lines } = await start(Odd);
    await cache.set('k', 'before');
    expect(await service.save()).toBe(result);
    expect(await cache.get('k')).toBeNull();
    expect(lines.warnings).toEqual(warning ? [expect.stringMatching(warning)] : []);
  });

  it('makes invalid what is there when its tag function throws', async () => {
    const tags = (): string[] => {
      throw new Error('no');
    };
    const { service, cache, lines } = await start(saving({ keyTemplate: 'k', tags }));
    await cache.set('k', 'before');
    expect(await service.save('x')).toBe('x');
    expect(await cache.get('k')).toBeNull();
    expect(lines.warnings).toEqual([expect.stringMatching(/its tags function threw an error/)]);
  });

  describe('refuses when the class is defined', () => {
    it.each<[string, CachePutOptions, RegExp]>([
      ['no key', {}, /keyTemplate or key must say where/],
      ['two', { key: () => 'k', keyTemplate: 'k' }, /both make the key/],
      ['an unknown parameter', { keyTemplate: 'k:{ID}' }, /names \{ID\}.*known are id, 0, result/],
      [
        'an unknown option',
        { keyTemplate: 'k', tll: 1 } as object,
        /tll \(did you mean ttl\?\) is not an option/,
      ],
      [
        'options of reads',
        { keyTemplate: 'k', forceRefresh: true },
        /forceRefresh only mean something where values are read/,
      ],
      ['varyBy', { keyTemplate: 'k', varyBy: ['x'] } as object, /varyBy only mean something/],
      [
        'protected data for everybody',
        { keyTemplate: 'k', containsPHI: true, public: true },
        /public says that everybody may see it/,
      ],
    ])('%s', (_what, options, message) => {
      const define = () => {
        class Users {
          @CachePut(options)
          async save(id: string) {
            return id;
          }
        }
        return Users;
      };
      expect(define).toThrow(/^@CachePut\(\) on Users\.save: /);
      expect(define).toThrow(message);
    });

    it('@Res() without passthrough, and @Cache() on the same method', () => {
      expect(() => {
        class C {
          @CachePut({ keyTemplate: 'k' }) @Put() put(@Res() res: object) {
            return res;
          }
        }
        return C;
      }).toThrow(/C\.put: it sends its answer itself through @Res\(\)/);
      expect(() => {
        class C {
          @CachePut({ keyTemplate: 'k' }) @Cache() put() {
            return 1;
          }
        }
        return C;
      }).toThrow(/C\.put has @Cache\(\) and @CachePut\(\)/);
    });
  });

  it('refuses protected data at start where nothing protects it', async () => {
    await expect(start(saving({ keyTemplate: 'k', containsPHI: true }))).rejects.toMatchObject({
      code: 'FEATURE_MISSING',
      message: expect.stringMatching(/@CachePut\(\) on Saving\.save: .*healthcare-phi/),
    });
  });
});

describe.each(PLATFORMS)('CachePut on handlers on %s', (platform) => {
  function controllerWith(isPublic: boolean) {
    @Controller('notes')
    class NotesController {
      @Get(':id')
      @Cache({ keyTemplate: 'notes:{id}' })
      one(@Param('id') id: string) {
        return `${id} from the source`;
      }

      @Put(':id')
      @CachePut({ keyTemplate: 'notes:{id}', ...(isPublic && { public: true }) })
      put(@Param('id') id: string, @Body() body: { text: string }) {
        return `${id} ${body.text}`;
      }
    }
    return NotesController;
  }

  async function run(isPublic: boolean, headers: Record<string, string>) {
    const lines = new LogLines();
    const { url } = await startControllers(
      platform,
      [controllerWith(isPublic)],
      testOptions({}, lines),
    );
    const read = async () => (await fetch(`${url}/notes/1`)).text();
    expect(await read()).toBe('1 from the source');
    await fetch(`${url}/notes/1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"text":"of ada"}',
    });
    return { answer: await read(), warnings: lines.warnings };
  }

  it('puts the answer to a request without credentials', async () => {
    expect(await run(false, {})).toEqual({ answer: '1 of ada', warnings: [] });
  });

  it('keeps the answer to a request with credentials from others, unless it is public', async () => {
    expect(await run(false, { authorization: 'ada' })).toEqual({
      answer: '1 from the source',
      warnings: [
        expect.stringMatching(
          /^NotesController\.put: what a request with credentials is answered is not put/,
        ),
      ],
    });
    expect(await run(true, { authorization: 'ada' })).toEqual({ answer: '1 of ada', warnings: [] });
  });
});
