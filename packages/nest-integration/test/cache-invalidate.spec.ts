import {
  Controller,
  Delete,
  Get,
  Injectable,
  Param,
  Patch,
  Body,
  Query,
  type Type,
} from '@nestjs/common';
import {
  CacheError,
  type CacheOperation,
  type ICacheMiddleware,
  type OperationResult,
} from '@vitalcache/core';
import {
  concat,
  defer,
  firstValueFrom,
  from,
  lastValueFrom,
  of,
  tap,
  throwError,
  toArray,
  type Observable,
} from 'rxjs';

import {
  Cache,
  CacheInvalidate,
  CacheModule,
  CachePut,
  CacheService,
  type CacheInvalidateOptions,
} from '../src/index.js';
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

/** Stores one entry for each key, and tells later which are left. */
async function holding(
  cache: Pick<CacheService, 'cache' | 'settled' | 'batchGet'>,
  keys: readonly string[],
  tags: readonly string[] = [],
) {
  for (const key of keys) await cache.cache(key, async () => 1, { tags });
  await cache.settled();
  return async (): Promise<readonly string[]> => {
    const found = await cache.batchGet<number>(keys);
    return keys.filter((_, index) => found[index] !== null);
  };
}

/** A class with one method that ends as it is told. */
function changing(options: CacheInvalidateOptions) {
  @Injectable()
  class Changing {
    @CacheInvalidate(options)
    async change(id: unknown, result?: unknown): Promise<unknown> {
      if (result instanceof Error) throw result;
      return result ?? id;
    }
  }
  return Changing;
}

describe('CacheInvalidate', () => {
  it.each<[string, CacheInvalidateOptions, unknown[], string[]]>([
    ['a key', { keys: ['users:{id}'] }, ['1'], ['users:2', 'users:1:posts', 'users:2:posts']],
    [
      'a key by position',
      { keys: ['users:{0}'] },
      ['1'],
      ['users:2', 'users:1:posts', 'users:2:posts'],
    ],
    ['a pattern', { patterns: ['users:{id}:*'] }, ['1'], ['users:1', 'users:2', 'users:2:posts']],
    [
      'both',
      { keys: ['users:{id}'], patterns: ['users:{id}:*'] },
      ['1'],
      ['users:2', 'users:2:posts'],
    ],
    [
      'the result',
      { keys: ['users:{result.id}'] },
      ['1', { id: '2' }],
      ['users:1', 'users:1:posts', 'users:2:posts'],
    ],
    ['each of a list', { keys: ['users:{id}'] }, [['1', '2']], ['users:1:posts', 'users:2:posts']],
    [
      'no member of a pattern in a value',
      { patterns: ['users:{id}'] },
      ['*'],
      ['users:1', 'users:2', 'users:1:posts', 'users:2:posts'],
    ],
  ])('makes invalid what is named by %s', async (_what, options, args, left) => {
    const { service, cache } = await start(changing(options));
    const rest = await holding(cache, ['users:1', 'users:2', 'users:1:posts', 'users:2:posts']);
    await service.change(...(args as [unknown]));
    expect(await rest()).toEqual(left);
  });

  it('makes invalid what has a tag, however many there are', async () => {
    const { service, cache } = await start(changing({ tags: ['all', 'user:{id}'] }));
    const ids = Array.from({ length: 200 }, (_, index) => index);
    const rest = await holding(cache, ['a'], ['user:150']);
    await service.change(ids);
    expect(await rest()).toEqual([]);
  });

  it('covers loads that began before its method ended', async () => {
    const { service, cache } = await start(changing({ keys: ['slow'] }));
    let release: (value: string) => void = () => undefined;
    let begun: () => void = () => undefined;
    const isLoading = new Promise<void>((resolve) => (begun = resolve));
    const old = cache.cache('slow', () => {
      begun();
      return new Promise<string>((resolve) => (release = resolve));
    });
    await isLoading;
    await service.change('x');
    release('old');
    expect(await old).toBe('old');
    await cache.settled();
    expect(await cache.get('slow')).toBeNull();
  });

  it('leaves everything as it is when the method fails, unless it is told otherwise', async () => {
    const error = new Error('no');
    for (const [options, left] of [
      [{ keys: ['k'] }, ['k']],
      [{ keys: ['k'], alsoOnError: true }, []],
    ] as const) {
      const { service, cache } = await start(changing(options));
      const rest = await holding(cache, ['k']);
      await expect(service.change(1, error)).rejects.toBe(error);
      expect(await rest()).toEqual(left);
      await closeAll();
    }
  });

  it.each<[string, (fails: () => Promise<unknown>) => unknown]>([
    ['rejects', (fails) => fails()],
    ['has an Observable that fails', (fails) => defer(fails)],
  ])('leaves a method that %s its error, and tells what else went wrong', async (_how, answer) => {
    class Unrecording implements ICacheMiddleware {
      readonly name = 'unrecording';

      handle<R extends OperationResult>({ kind }: CacheOperation, next: () => Promise<R>) {
        return kind === 'invalidate'
          ? Promise.reject(new CacheError('NOT_RECORDED', 'It waits.'))
          : next();
      }
    }
    const error = new Error('own');
    @Injectable()
    class Failing {
      @CacheInvalidate({ keys: ['k'], alsoOnError: true })
      change(): unknown {
        return answer(async () => Promise.reject(error));
      }
    }
    const lines = new LogLines();
    const middleware = [new Unrecording()];
    const module = await startModule({
      imports: [CacheModule.forRoot(testOptions({ middleware }, lines))],
      providers: [Failing],
    });
    await expect(lastValueFrom(from(module.get(Failing).change() as never))).rejects.toBe(error);
    expect(lines.warnings).toEqual([
      'Failing.change failed, and so did what it invalidates all the same. NOT_RECORDED: It waits.',
    ]);
  });

  it('waits for the commit of a transaction, and does nothing when it is rolled back', async () => {
    const { service, cache } = await start(changing({ keys: ['k'] }));
    const rest = await holding(cache, ['k']);
    const failed = cache.inTransaction(async () => {
      await service.change(1);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await rest()).toEqual(['k']);
    await cache.inTransaction(async () => {
      await service.change(1);
      expect(await rest()).toEqual(['k']);
    });
    expect(await rest()).toEqual([]);
  });

  it('says once that a value can not stand in a name, and invalidates the rest', async () => {
    const { service, cache, lines } = await start(
      changing({ keys: ['users:{id}'], patterns: ['users:{id}:*'], tags: ['users'] }),
    );
    const rest = await holding(cache, ['users:1'], ['users']);
    expect(await service.change({ a: 1 })).toEqual({ a: 1 });
    await service.change({ a: 2 });
    expect(await rest()).toEqual([]);
    expect(lines.warnings).toEqual([
      expect.stringMatching(
        /^Changing\.change: a call invalidates less than it should\. \{id\} is of type object/,
      ),
    ]);
  });

  it('lets nobody have a value of an Observable before the invalidation is done', async () => {
    @Injectable()
    class Streaming {
      @CacheInvalidate({ keys: ['k:{result}'] })
      change(): Observable<number> {
        return concat(
          of(1),
          throwError(() => new Error('no')),
        );
      }
    }
    const { service, cache } = await start(Streaming);
    const rest = await holding(cache, ['k:1', 'k:2']);
    expect(await firstValueFrom(service.change())).toBe(1);
    expect(await rest()).toEqual(['k:2']);
    const seen: unknown[] = [];
    await expect(lastValueFrom(service.change().pipe(tap((v) => seen.push(v))))).rejects.toThrow(
      'no',
    );
    expect(seen).toEqual([1]);
  });

  it('ends an Observable when the invalidation is done', async () => {
    @Injectable()
    class Streaming {
      @CacheInvalidate({ keys: ['k:{result}'] })
      change(fails: boolean): Observable<number> {
        return fails ? throwError(() => new Error('no')) : of(1, 2);
      }
    }
    const { service, cache } = await start(Streaming);
    const rest = await holding(cache, ['k:2']);
    await expect(firstValueFrom(service.change(true))).rejects.toThrow('no');
    expect(await rest()).toEqual(['k:2']);
    expect(await lastValueFrom(service.change(false).pipe(toArray()))).toEqual([1, 2]);
    expect(await rest()).toEqual([]);
  });

  it('may stand beside another one that only writes, and knows the parameters below it', async () => {
    @Injectable()
    class Override {
      @CacheInvalidate({ keys: ['users:{id}'] })
      async save(id: string) {
        return id;
      }
    }
    @Injectable()
    class Sub extends Override {
      @CacheInvalidate({ keys: ['more:{id}'] })
      override async save(id: string) {
        return super.save(id);
      }
    }
    const { service, cache } = await start(Sub);
    const rest = await holding(cache, ['users:1', 'more:1']);
    await service.save('1');
    expect(await rest()).toEqual([]);
  });

  describe('refuses when the class is defined', () => {
    it.each<[string, CacheInvalidateOptions, RegExp]>([
      ['nothing to invalidate', {}, /nothing would become invalid; name keys, tags or patterns/],
      ['empty lists', { keys: [], tags: [] }, /nothing would become invalid/],
      [
        'an unknown parameter',
        { keys: ['users:{ID}'] },
        /users:\{ID\} names \{ID\}, which is no parameter; known are id, 0, result/,
      ],
      ['one in a pattern', { patterns: ['users:{ID}:*'] }, /names \{ID\}/],
      ['a pattern for everything', { patterns: ['*'] }, /matches everything is refused/],
      ['a bad tag', { tags: [''] }, /A tag must be a string/],
      ['a text for a list', { keys: 'users' as never }, /keys must be a list/],
      [
        'an unknown option',
        { key: ['users'] } as object,
        /key is not an option; accepted: cache, keys/,
      ],
      ['a time that is none', { keys: ['k'], settleMs: -1 }, /settleMs must be/],
      ['an unknown mode', { keys: ['k'], mode: 'x' as never }, /mode must be/],
      [
        'an unknown answer to a lost store',
        { keys: ['k'], whenQueued: 'x' as never },
        /whenQueued must be/,
      ],
      ['a switch that is none', { keys: ['k'], alsoOnError: 1 as never }, /alsoOnError must be/],
      ['a bad name of a cache', { keys: ['k'], cache: 'a b' }, /The name of a cache must be/],
    ])('%s', (_what, options, message) => {
      const define = () => {
        class Users {
          @CacheInvalidate(options)
          async save(id: string) {
            return id;
          }
        }
        return Users;
      };
      expect(define).toThrow(/^@CacheInvalidate\(\) on Users\.save: /);
      expect(define).toThrow(message);
    });

    it('@Cache() on the same method, whichever stands above', () => {
      const above = () => {
        class Users {
          @Cache() @CacheInvalidate({ keys: ['k'] }) async one() {
            return 1;
          }
        }
        return Users;
      };
      const below = () => {
        class Users {
          @CacheInvalidate({ keys: ['k'] }) @Cache() async one() {
            return 1;
          }
        }
        return Users;
      };
      for (const define of [above, below]) {
        expect(define).toThrow(/Users\.one has @Cache\(\) and @CacheInvalidate\(\), but a hit/);
      }
    });

    it.each([
      ['@Cache()', Cache()],
      ['@CacheInvalidate()', CacheInvalidate({ keys: ['k'] })],
      ['@CachePut()', CachePut({ keyTemplate: 'k' })],
    ])('%s on a generator', (_name, decorator) => {
      const define = () => {
        class Users {
          @decorator
          async *save() {
            yield 1;
          }
        }
        return Users;
      };
      expect(define).toThrow(/Users\.save: it is a generator, which has done nothing yet/);
    });

    it('what is no method', () => {
      expect(() =>
        (CacheInvalidate({ keys: ['k'] }) as unknown as ClassDecorator)(class X {}),
      ).toThrow(/@CacheInvalidate\(\) belongs on a method of an instance/);
    });
  });
});

describe.each(PLATFORMS)('CacheInvalidate on handlers on %s', (platform) => {
  it('lets the next request see the change', async () => {
    const names = new Map([['1', 'ada']]);
    @Controller('users')
    class UsersController {
      @Get(':id')
      @Cache({ keyTemplate: 'users:{id}', tags: ['user:{id}'] })
      one(@Param('id') e: string) {
        return names.get(e) ?? 'nobody';
      }

      @Patch(':id')
      @CacheInvalidate({ tags: ['user:{id}'] })
      rename(@Param('id') e: string, @Body() t: { name: string }) {
        names.set(e, t.name);
        return 'done';
      }

      @Delete()
      @CacheInvalidate({ keys: ['users:{id}'] })
      remove(@Query('id') e: string[]) {
        for (const id of e) names.delete(id);
        return 'done';
      }
    }
    const { url } = await startControllers(platform, [UsersController]);
    const read = async () => (await fetch(`${url}/users/1`)).text();
    expect(await read()).toBe('ada');
    names.set('1', 'unseen');
    expect(await read()).toBe('ada');
    const answer = await fetch(`${url}/users/1`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: 'ada' },
      body: '{"name":"eve"}',
    });
    expect(await answer.text()).toBe('done');
    expect(await read()).toBe('eve');
    await fetch(`${url}/users?id=1&id=2`, { method: 'DELETE' });
    expect(await read()).toBe('nobody');
  });
});
