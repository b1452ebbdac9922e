import { Injectable, Scope, type Type } from '@nestjs/common';
import { REQUEST, ContextIdFactory, ModuleRef } from '@nestjs/core';
import { Inject, SetMetadata } from '@nestjs/common';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

import { Cache, CacheModule, CacheService, type CacheDecoratorOptions } from '../src/index.js';
import { closeAll, startModule, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

afterEach(closeAll);

async function start<T>(type: Type<T>, options = testOptions(), others: Type[] = []): Promise<T> {
  const module = await startModule({
    imports: [CacheModule.forRoot(options)],
    providers: [type, ...others],
  });
  return module.get(type);
}

/** A class with one cached method that counts its calls. */
function counting(options?: CacheDecoratorOptions) {
  @Injectable()
  class Counting {
    calls = 0;

    @Cache(options)
    async find(..._args: unknown[]): Promise<number> {
      return ++this.calls;
    }
  }
  return Counting;
}

describe('Cache', () => {
  it('caches what a provider returns, with the instance as this', async () => {
    const service = await start(counting());
    expect([await service.find('a'), await service.find('a'), await service.find('b')]).toEqual([
      1, 1, 2,
    ]);
  });

  it('keeps name, length and metadata of the method, from decorators above and below', async () => {
    const found: unknown[] = [];
    const below: MethodDecorator = (_target, _name, descriptor) => {
      Reflect.defineMetadata('below', 1, descriptor.value as object);
    };
    class Marked {
      @SetMetadata('above', 2)
      @Cache()
      @below
      async find(_a: string, _b: string) {
        return 1;
      }
    }
    const { find } = Marked.prototype;
    found.push(
      find.name,
      find.length,
      Reflect.getMetadata('below', find),
      Reflect.getMetadata('above', find),
    );
    expect(found).toEqual(['find', 2, 1, 2]);
  });

  it('calls the method itself on an object that Nest did not build', async () => {
    const Counting = counting();
    const object = new Counting();
    expect([await object.find(), await object.find()]).toEqual([1, 2]);
    class Detached {
      @Cache()
      async find() {
        return 3;
      }
    }
    const { find } = Detached.prototype;
    expect(await find()).toBe(3);
  });

  it('lets Nest name CacheModule when it is missing', async () => {
    await expect(startModule({ providers: [counting()] })).rejects.toThrow(
      /Counting.*add CacheModule to the imports/s,
    );
  });

  it('works with nothing but CacheService and a store', async () => {
    const Counting = counting();
    const module = await startModule({
      providers: [
        Counting,
        CacheService,
        { provide: 'ICacheProvider', useValue: new MemoryCacheProvider() },
      ],
    });
    const service = module.get(Counting);
    expect([await service.find(1), await service.find(1)]).toEqual([1, 1]);
    await module.get(CacheService).close();
  });

  it('passes errors on as they are, and caches none', async () => {
    const error = new TypeError('no');
    @Injectable()
    class Failing {
      calls = 0;

      @Cache()
      find(): number {
        this.calls++;
        throw error;
      }
    }
    const service = await start(Failing);
    await expect(Promise.resolve().then(() => service.find())).rejects.toBe(error);
    await expect(Promise.resolve().then(() => service.find())).rejects.toBe(error);
    expect(service.calls).toBe(2);
  });

  it('returns what its tag function throws for, uncached, and says so', async () => {
    const lines = new LogLines();
    const tags = (): string[] => {
      throw new Error('secret');
    };
    const service = await start(counting({ keyTemplate: 'k', tags }), testOptions({}, lines));
    expect([await service.find(), await service.find()]).toEqual([1, 2]);
    expect(lines.warnings.filter((line) => line.includes('tags function threw'))).toHaveLength(1);
    expect(lines.all.join()).not.toContain('secret');
  });

  it('connects what a factory built', async () => {
    const Counting = counting();
    const module = await startModule({
      imports: [CacheModule.forRoot(testOptions())],
      providers: [{ provide: Counting, useFactory: () => new Counting() }],
    });
    const service = module.get(Counting);
    expect([await service.find(), await service.find()]).toEqual([1, 1]);
  });

  it('refuses several instances from factories, unless the key names the instance', async () => {
    @Injectable()
    class Named {
      constructor(readonly name: string) {}

      @Cache({ keyTemplate: 'rows' })
      async rows() {
        return this.name;
      }
    }
    @Injectable()
    class Keyed {
      constructor(readonly name: string) {}

      @Cache({
        key(this: Keyed) {
          return `rows:${this.name}`;
        },
      })
      async rows() {
        return this.name;
      }
    }
    const startTwo = (type: typeof Named | typeof Keyed) =>
      startModule({
        imports: [CacheModule.forRoot(testOptions())],
        providers: ['a', 'b'].map((name) => ({ provide: name, useFactory: () => new type(name) })),
      });
    await expect(startTwo(Named)).rejects.toThrow(/Named is built more than once by factories/);
    const module = await startTwo(Keyed);
    const rows = async (name: string) => module.get<Keyed>(name).rows();
    expect([await rows('a'), await rows('b'), await rows('a')]).toEqual(['a', 'b', 'a']);
  });

  it('says that it can do nothing for an object that is given as a value', async () => {
    const lines = new LogLines();
    const Counting = counting();
    await startModule({
      imports: [CacheModule.forRoot(testOptions({}, lines))],
      providers: [{ provide: Counting, useValue: new Counting() }],
    });
    expect(lines.warnings).toEqual([expect.stringMatching(/^Counting is given as a value/)]);
  });

  describe('keys', () => {
    it.each<[string, CacheDecoratorOptions, unknown[], string]>([
      ['position', { keyTemplate: 'k:{0}:{1}' }, ['a', 2], 'k:a:2'],
      ['nested position', { keyTemplate: 'k:{0.user.id}' }, [{ user: { id: 7 } }], 'k:7'],
      ['absent', { keyTemplate: 'k:{0}' }, [], 'k:%-'],
      ['null', { keyTemplate: 'k:{0}' }, [null], 'k:%0'],
      ['escaped', { keyTemplate: 'k:{0}' }, ['a:b*'], 'k:a%3Ab%2A'],
      ['function', { key: (a: string, b: string) => `${b}-${a}` }, ['x', 'y'], 'y-x'],
    ])('by %s', async (_what, options, args, key) => {
      const Counting = counting(options);
      const module = await startModule({
        imports: [CacheModule.forRoot(testOptions())],
        providers: [Counting],
      });
      await module.get(Counting).find(...args);
      await module.get(CacheService).settled();
      expect(await module.get(CacheService).get(key)).toBe(1);
    });

    it('finds declared parameters, defaults and nested members by name', async () => {
      @Injectable()
      class Users {
        @Cache({ keyTemplate: 'users:{id}:{filter.role}:{page}', tags: ['users', 'user:{id}'] })
        async list(id: string, filter: { role: string } = { role: 'x' }, page = 1) {
          return `${id}${filter.role}${page}`;
        }
      }
      const module = await startModule({
        imports: [CacheModule.forRoot(testOptions())],
        providers: [Users],
      });
      const cache = module.get(CacheService);
      await module.get(Users).list('a:1', { role: 'doctor' }, 2);
      await cache.settled();
      expect(await cache.get('users:a%3A1:doctor:2')).toBe('a:1doctor2');
      await cache.invalidateCacheByTag('user:a%3A1');
      expect(await cache.get('users:a%3A1:doctor:2')).toBeNull();
    });

    it('separates class, method and arguments by default, whatever the order of members', async () => {
      @Injectable()
      class Catalogue {
        calls = 0;
        @Cache() async one(_filter: object) {
          return ++this.calls;
        }
        @Cache() async two(_filter: object) {
          return ++this.calls;
        }
      }
      const service = await start(Catalogue);
      expect(await service.one({ a: 1, b: { c: 2, d: 3 } })).toBe(1);
      expect(await service.one({ b: { d: 3, c: 2 }, a: 1 })).toBe(1);
      expect(await service.one({ a: 1 })).toBe(2);
      expect(await service.two({ a: 1 })).toBe(3);
    });

    it('refuses an argument that is no data, by name', async () => {
      @Injectable()
      class Callers {
        @Cache() async call(_id: string, callback: () => void) {
          callback();
        }
      }
      const service = await start(Callers);
      await expect(service.call('a', () => undefined)).rejects.toThrow(
        /The argument callback of Callers\.call is a function; name what the result depends on/,
      );
    });
  });

  describe('inheritance', () => {
    abstract class Repository {
      abstract readonly rows: string[];

      @Cache()
      async all(): Promise<string[]> {
        return this.rows.slice();
      }
    }

    it('keeps the data of subclasses apart', async () => {
      @Injectable()
      class Dogs extends Repository {
        readonly rows = ['dog'];
      }
      @Injectable()
      class Cats extends Repository {
        readonly rows = ['cat'];
      }
      const module = await startModule({
        imports: [CacheModule.forRoot(testOptions())],
        providers: [Dogs, Cats],
      });
      const dogs = module.get(Dogs);
      expect(await dogs.all()).toEqual(['dog']);
      expect(await module.get(Cats).all()).toEqual(['cat']);
      dogs.rows.push('more');
      expect(await dogs.all()).toEqual(['dog']);
    });

    it('lets an override call the method that it overrides, at any depth', async () => {
      @Injectable()
      class Base extends Repository {
        readonly rows = ['base'];
      }
      @Injectable()
      class Override extends Base {
        @Cache()
        override async all() {
          return [...(await super.all()), 'override'];
        }
      }
      @Injectable()
      class Leaf extends Override {}
      const module = await startModule({
        imports: [CacheModule.forRoot(testOptions())],
        providers: [Base, Override, Leaf],
      });
      expect(await module.get(Override).all()).toEqual(['base', 'override']);
      expect(await module.get(Leaf).all()).toEqual(['base', 'override']);
    });
  });

  it('works in request scope', async () => {
    let built = 0;
    @Injectable({ scope: Scope.REQUEST })
    class Scoped {
      readonly number = ++built;
      constructor(@Inject(REQUEST) readonly request: object) {}

      @Cache({ keyTemplate: 'scoped:{id}' })
      async find(id: string) {
        return `${id} ${this.number}`;
      }
    }
    const module = await startModule({
      imports: [CacheModule.forRoot(testOptions())],
      providers: [Scoped],
    });
    const resolve = () =>
      module.get(ModuleRef).resolve(Scoped, ContextIdFactory.create(), { strict: false });
    expect(await (await resolve()).find('a')).toBe('a 1');
    expect(await (await resolve()).find('a')).toBe('a 1');
    expect(built).toBe(2);
  });

  it('keeps two applications in one process apart', async () => {
    const Counting = counting({ keyTemplate: 'same' });
    const [one, two] = [await start(Counting), await start(Counting)];
    expect([await one.find(), await one.find(), await two.find()]).toEqual([1, 1, 1]);
    expect([one.calls, two.calls]).toEqual([1, 1]);
  });

  describe('refuses when the class is defined', () => {
    it.each<[string, () => unknown, RegExp]>([
      [
        'an unknown parameter',
        () => {
          class Users {
            @Cache({ keyTemplate: 'users:{ID}' }) async one(id: string) {
              return id;
            }
          }
          return Users;
        },
        /@Cache\(\) on Users\.one: users:\{ID\} names \{ID\}, which is no parameter; known are id, 0/,
      ],
      [
        'an unknown parameter in a tag',
        () => {
          class Users {
            @Cache({ tags: ['user:{ID}'] }) async one(id: string) {
              return id;
            }
          }
          return Users;
        },
        /user:\{ID\} names \{ID\}/,
      ],
      [
        'a position that does not exist',
        () => {
          class Users {
            @Cache({ keyTemplate: '{1}' }) async one(id: string) {
              return id;
            }
          }
          return Users;
        },
        /\{1\}, which is no parameter/,
      ],
      [
        'a template that is none',
        () => counting({ keyTemplate: 'users:{' }),
        /holds a special character/,
      ],
      [
        'two ways to make the key',
        () => counting({ key: () => 'a', keyTemplate: 'b' }),
        /key and keyTemplate both make the key/,
      ],
      [
        'spellings that disagree',
        () => counting({ useSwr: true, enableSwr: false }),
        /they disagree/,
      ],
      [
        'staleTime above ttl',
        () => counting({ ttl: 1, staleTime: 2 }),
        /staleTime \(2 s\) is above ttl/,
      ],
      [
        'an unknown option',
        () => counting({ keyTemplat: 'x' } as object),
        /keyTemplat is not an option.*@Cache\(\) itself takes key, keyTemplate/,
      ],
      ['an empty varyBy', () => counting({ varyBy: [] }), /varyBy must be/],
      [
        'a header in varyBy that is more than a name',
        () => counting({ varyBy: ['accept\r\nset-cookie: a=b'] }),
        /^@Cache\(\) on Counting\.find: varyBy must be a function of the request, or a list of header names/,
      ],
      ...(
        [
          { containsPHI: true },
          { emergencyData: true },
          { patientSpecific: true },
          { encrypt: true },
        ] as const
      ).map((options): [string, () => unknown, RegExp] => [
        `public with ${Object.keys(options).join()}`,
        () => counting({ public: true, ...options }),
        /public says that everybody may see it, and the other options that it is protected/,
      ]),
      ['a bad name of a cache', () => counting({ cache: '../x' }), /The name of a cache must be/],
      ['a bad tag', () => counting({ tags: [''] }), /A tag must be a string/],
      [
        'twice',
        () => {
          class Users {
            @Cache() @Cache() async one() {
              return 1;
            }
          }
          return Users;
        },
        /Users\.one has @Cache\(\) twice/,
      ],
    ])('%s', (_what, define, message) => {
      expect(define).toThrow(message);
    });

    it.each<[string, () => unknown]>([
      ['a property', () => Reflect.decorate([Cache()], { constructor: class Props {} }, 'field')],
      [
        'an accessor',
        () => {
          class Accessor {
            get x() {
              return 1;
            }
          }
          const descriptor = Object.getOwnPropertyDescriptor(
            Accessor.prototype,
            'x',
          ) as PropertyDescriptor;
          return Reflect.decorate([Cache()], Accessor.prototype, 'x', descriptor);
        },
      ],
      [
        'a static method',
        () => {
          class Static {
            static x() {
              return 1;
            }
          }
          const descriptor = Object.getOwnPropertyDescriptor(Static, 'x') as PropertyDescriptor;
          return Reflect.decorate([Cache()], Static, 'x', descriptor);
        },
      ],
      ['a class', () => (Cache() as unknown as ClassDecorator)(class Whole {})],
      [
        'a standard decorator',
        () =>
          (Cache() as unknown as (value: unknown, context: unknown) => void)(() => 1, {
            kind: 'method',
            name: 'x',
          }),
      ],
    ])('what is no method: %s', (_what, define) => {
      expect(define).toThrow(/@Cache\(\) belongs on a method of an instance/);
    });
  });

  describe('refuses at start', () => {
    it('protected data without a strategy for it', async () => {
      await expect(start(counting({ containsPHI: true }))).rejects.toMatchObject({
        code: 'FEATURE_MISSING',
        message: expect.stringMatching(/Counting\.find: .*@vitalcache\/healthcare-phi/),
      });
    });

    it('enableSwr without a strategy, and warns of staleTime', async () => {
      await expect(start(counting({ enableSwr: true }))).rejects.toThrow(
        /Counting\.find: enableSwr has no effect/,
      );
      const lines = new LogLines();
      await start(counting({ ttl: 9, staleTime: 3 }), testOptions({}, lines));
      expect(lines.warnings).toEqual([
        expect.stringMatching(/Counting\.find: staleTime has no effect/),
      ]);
    });

    it('nothing of a method that is overridden without @Cache()', async () => {
      class Protected {
        @Cache({ containsPHI: true })
        async find() {
          return 1;
        }
      }
      @Injectable()
      class Plain extends Protected {
        override async find() {
          return 2;
        }
      }
      expect(await (await start(Plain)).find()).toBe(2);
    });

    it('two classes of one name that make default keys', async () => {
      const others = [counting()];
      await expect(start(counting(), testOptions(), others)).rejects.toThrow(
        /Two classes are called Counting/,
      );
      await expect(
        start(counting({ keyTemplate: 'x' }), testOptions(), others),
      ).resolves.toBeDefined();
    });

    it('two symbols of one description that make default keys', async () => {
      const [one, other] = [Symbol('find'), Symbol('find')];
      @Injectable()
      class Symbols {
        @Cache()
        async [one]() {
          return 1;
        }

        @Cache()
        async [other]() {
          return 2;
        }
      }
      await expect(start(Symbols)).rejects.toThrow(/Methods of Symbols are called the same/);
    });
  });
});
