import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';

import {
  Body,
  Controller,
  Get,
  Header,
  Inject,
  Injectable,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
  type CanActivate,
  type INestApplication,
} from '@nestjs/common';
import { SWRCacheStrategy } from '@vitalcache/swr';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { FakeClock, until } from '@vitalcache/testing';
import { mergeMap, of } from 'rxjs';

import { Cache, CacheModule, CacheService } from '../src/index.js';
import { RequestScopes } from '../src/http/request-scopes.js';
import { closeAll, PLATFORMS, startControllers, startHttp, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

jest.setTimeout(30_000);

interface FastifyHooks {
  addHook(
    name: 'onRequest',
    hook: (request: object, reply: { raw: ServerResponse }, done: () => void) => void,
  ): void;
}

const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers });
const text = async (url: string, headers?: Record<string, string>) =>
  (await get(url, headers)).text();

afterEach(closeAll);

describe.each(PLATFORMS)('caching of handlers on %s', (platform) => {
  it('calls a handler once for each key', async () => {
    let calls = 0;
    @Controller('users')
    class UsersController {
      @Get(':id')
      @Cache({ keyTemplate: 'users:{id}' })
      async one(@Param('id') id: string) {
        return { id, call: ++calls };
      }
    }
    const { url } = await startControllers(platform, [UsersController]);
    expect(await text(`${url}/users/1`)).toBe('{"id":"1","call":1}');
    expect(await text(`${url}/users/1`)).toBe('{"id":"1","call":1}');
    expect(await text(`${url}/users/2`)).toBe('{"id":"2","call":2}');
  });

  it('works whether @Cache() stands above or below the route, and keeps other decorators working', async () => {
    let calls = 0;
    @Controller()
    class OrderController {
      @Cache()
      @Get('above')
      @Header('x-mark', 'a')
      above() {
        return ++calls;
      }

      @Header('x-mark', 'b')
      @Get('below')
      @Cache()
      below() {
        return ++calls;
      }
    }
    const { url } = await startControllers(platform, [OrderController]);
    for (const [path, mark] of [
      ['above', 'a'],
      ['below', 'b'],
    ] as const) {
      const first = await get(`${url}/${path}`);
      const second = await get(`${url}/${path}`);
      expect(second.headers.get('x-mark')).toBe(mark);
      expect(await second.text()).toBe(await first.text());
    }
    expect(calls).toBe(2);
  });

  it('needs no async context for a hit on Fastify, where nothing else has to know the request', async () => {
    const seen: boolean[] = [];
    let isInContext = (): boolean => false;
    @Injectable()
    class Looking implements CanActivate {
      canActivate(): boolean {
        return seen.push(isInContext()) > 0;
      }
    }
    @Controller('looks')
    @UseGuards(Looking)
    class LooksController {
      @Get('cached/:id')
      @Cache({ keyTemplate: 'looks:{id}' })
      cached(@Param('id') id: string, ...rest: never[]) {
        return [id, isInContext(), rest.length];
      }

      @Cache({ keyTemplate: 'last:{id}', varyBy: ['x-user'] })
      @Get('last/:id')
      last(@Param('id') id: string, more?: string) {
        return [id, isInContext(), more ?? null];
      }

      @Get('plain')
      plain() {
        return isInContext();
      }
    }
    const { url, app } = await startControllers(platform, [LooksController]);
    isInContext = () => app.get(RequestScopes).current !== undefined;
    const user = { 'x-user': 'ada', authorization: 'x' };
    const isNeeded = platform === 'express';
    expect(await text(`${url}/looks/plain`)).toBe(String(isNeeded));
    expect(await text(`${url}/looks/last/7`, user)).toBe('["7",true,null]');
    expect(await text(`${url}/looks/last/7`, user)).toBe('["7",true,null]');
    expect(await text(`${url}/looks/last/7`, { authorization: 'x' })).toBe('["7",true,null]');
    // Whatever an open list of parameters is given, the method sees.
    expect(await text(`${url}/looks/cached/7`)).toBe('["7",true,0]');
    expect(seen).toEqual([isNeeded, isNeeded, isNeeded, isNeeded, true]);
  });

  it('ends a request whose client was gone before its handler was reached', async () => {
    const [arrived, reached, left] = [jest.fn(), jest.fn(), jest.fn()];
    @Controller('gone')
    class GoneController {
      constructor(@Inject(CacheService) private readonly cache: CacheService) {}

      @Get()
      one() {
        reached();
        return this.cache.cache('gone', () => 'read');
      }
    }
    const whenGone = (answer: ServerResponse, next: () => void): void => {
      answer.once('close', next);
      arrived();
    };
    const { url } = await startControllers(platform, [GoneController], testOptions(), (app) => {
      const scopes = app.get(RequestScopes);
      const { leave } = scopes;
      Object.defineProperty(scopes, 'leave', { value: () => (left(), leave()) });
      if (platform === 'express') {
        app.use((_: object, answer: ServerResponse, next: () => void) => whenGone(answer, next));
      } else {
        const fastify = app.getHttpAdapter().getInstance() as FastifyHooks;
        fastify.addHook('onRequest', (_, { raw }, done) => whenGone(raw, done));
      }
    });
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    client.write('GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('it arrived', () => arrived.mock.calls.length > 0);
    client.destroy();
    await until('it is over', () => left.mock.calls.length > 0);
    expect([reached.mock.calls.length, left.mock.calls.length]).toEqual([1, 1]);
  });

  it('finds placeholders by route names when a minifier renamed the parameters', async () => {
    @Controller()
    class Minified {
      @Get('users/:id/posts')
      @Cache({ keyTemplate: 'users:{id}:{page}:{sort}' })
      posts(@Param('id') e: string, @Query('page') t: string, @Query() n: { sort?: string }) {
        return `${e}/${t}/${n.sort}/${Math.random()}`;
      }
    }
    const { url } = await startControllers(platform, [Minified]);
    const first = await text(`${url}/users/1/posts?page=2&sort=up`);
    expect(await text(`${url}/users/1/posts?page=2&sort=up`)).toBe(first);
    for (const other of [
      'users/9/posts?page=2&sort=up',
      'users/1/posts?page=3&sort=up',
      'users/1/posts?page=2',
    ]) {
      expect(await text(`${url}/${other}`)).not.toBe(first);
    }
  });

  it('lets no member of the query stand in for a declared parameter', async () => {
    @Controller()
    class Queried {
      @Get('list')
      @Cache({ keyTemplate: 'list:{query.page}' })
      list(@Query() query: { page?: string }) {
        return `page ${query.page}`;
      }
    }
    const { url } = await startControllers(platform, [Queried]);
    expect(await text(`${url}/list?page=1&query=x`)).toBe('page 1');
    expect(await text(`${url}/list?page=2&query=x`)).toBe('page 2');
  });

  it('answers a request whose values fit in no key, without the cache', async () => {
    const lines = new LogLines();
    @Controller()
    class Searching {
      @Get('search')
      @Cache({ keyTemplate: 'search:{q}' })
      search(@Query('q') q: string | string[]) {
        return `${String(q).length} ${Math.random()}`;
      }
    }
    const { url } = await startControllers(platform, [Searching], testOptions({}, lines));
    for (const query of [`q=${'x'.repeat(300)}`, 'q=a&q=b']) {
      const [first, second] = [
        await get(`${url}/search?${query}`),
        await get(`${url}/search?${query}`),
      ];
      expect([first.status, second.status]).toEqual([200, 200]);
      expect(await first.text()).not.toBe(await second.text());
    }
    expect(lines.warnings).toEqual([
      expect.stringMatching(/^Searching\.search: a call is not cached\. \{q\} has 300 bytes/),
    ]);
  });

  describe('with credentials', () => {
    class Whoami {
      calls = 0;
      who(headers: Readonly<Record<string, string | undefined>>) {
        return `${headers['authorization'] ?? headers['cookie'] ?? 'nobody'} ${++this.calls}`;
      }
    }

    function controllerWith(options: Parameters<typeof Cache>[0]) {
      @Controller()
      class AccountController extends Whoami {
        @Get('account')
        @Cache({ keyTemplate: 'account', ...options })
        account(@Req() request: { headers: Record<string, string> }) {
          return this.who(request.headers);
        }
      }
      return AccountController;
    }

    it('gives no user the answer of another, and says once what to declare', async () => {
      const lines = new LogLines();
      const { url } = await startControllers(
        platform,
        [controllerWith({})],
        testOptions({}, lines),
      );
      expect(await text(`${url}/account`, { authorization: 'alice' })).toBe('alice 1');
      expect(await text(`${url}/account`, { authorization: 'bob' })).toBe('bob 2');
      expect(await text(`${url}/account`, { cookie: 'sid=carol' })).toBe('sid=carol 3');
      const response = await get(`${url}/account`, { authorization: 'alice' });
      expect(response.headers.get('cache-status')).toBe(
        'Vitalcache; fwd=bypass; detail=credentials',
      );
      expect(lines.warnings).toEqual([
        'AccountController.account: a request with credentials is not cached, because others would get its answer: declare `varyBy` or `public: true`.',
      ]);
    });

    it('caches for requests without credentials', async () => {
      const { url } = await startControllers(platform, [controllerWith({})]);
      expect(await text(`${url}/account`)).toBe('nobody 1');
      expect(await text(`${url}/account`)).toBe('nobody 1');
    });

    it('counts a user that authentication found, and headers that are named', async () => {
      const options = testOptions({ credentialHeaders: ['X-Api-Key'] });
      const identify = (app: INestApplication): void => {
        app.useGlobalGuards({
          canActivate: (context) => {
            const request = context
              .switchToHttp()
              .getRequest<{ user?: string; headers: Record<string, string> }>();
            if (request.headers['x-person']) request.user = request.headers['x-person'];
            return true;
          },
        });
      };
      const { url } = await startControllers(platform, [controllerWith({})], options, identify);
      expect(await text(`${url}/account`)).toBe('nobody 1');
      expect(await text(`${url}/account`, { 'x-person': 'alice' })).toBe('nobody 2');
      expect(await text(`${url}/account`, { 'x-api-key': 'k' })).toBe('nobody 3');
    });

    it('shares with everybody what is public', async () => {
      const { url } = await startControllers(platform, [controllerWith({ public: true })]);
      expect(await text(`${url}/account`, { authorization: 'alice' })).toBe('alice 1');
      expect(await text(`${url}/account`, { authorization: 'bob' })).toBe('alice 1');
    });

    it('keeps variants by header apart, and says so in Vary', async () => {
      const { url, app } = await startControllers(
        platform,
        [controllerWith({ varyBy: ['Authorization', 'Accept-Language'] })],
        testOptions(),
        (instance) =>
          instance.use((_req: object, res: ServerResponse, next: () => void) => {
            res.setHeader('Vary', 'Origin');
            next();
          }),
      );
      const as = (authorization: string, language = 'en') =>
        get(`${url}/account`, { authorization, 'accept-language': language });
      expect(await (await as('alice')).text()).toBe('alice 1');
      expect(await (await as('bob')).text()).toBe('bob 2');
      expect(await (await as('alice', 'de')).text()).toBe('alice 3');
      const again = await as('alice');
      expect(await again.text()).toBe('alice 1');
      expect(again.headers.get('vary')).toBe('Origin, Authorization, Accept-Language');
      await app.get(CacheService).invalidateCache('account');
      expect(await (await as('alice')).text()).toBe('alice 4');
    });

    it('keeps variants by function apart', async () => {
      const varyBy = (request: { headers: Record<string, string> }) =>
        request.headers['authorization'];
      const { url } = await startControllers(platform, [controllerWith({ varyBy })]);
      expect(await text(`${url}/account`, { authorization: 'alice' })).toBe('alice 1');
      expect(await text(`${url}/account`, { authorization: 'bob' })).toBe('bob 2');
      const again = await get(`${url}/account`, { authorization: 'alice' });
      expect(await again.text()).toBe('alice 1');
      expect(again.headers.get('vary')).toBe('*');
      expect(await text(`${url}/account`)).toBe('nobody 3');
      expect(await text(`${url}/account`)).toBe('nobody 3');
    });

    it.each<[string, NonNullable<Parameters<typeof Cache>[0]>, RegExp]>([
      ['throws', { varyBy: () => JSON.parse('{') as string }, /varyBy threw an error/],
      ['gives no data', { varyBy: () => Promise.resolve('x') as never }, /What varyBy gives is/],
    ])('answers without the cache when varyBy %s, also to nobody', async (_what, options, why) => {
      const lines = new LogLines();
      const { url } = await startControllers(
        platform,
        [controllerWith({ public: true, ...options })],
        testOptions({}, lines),
      );
      expect(await text(`${url}/account`, { authorization: 'alice' })).toBe('alice 1');
      expect(await text(`${url}/account`)).toBe('nobody 2');
      const response = await get(`${url}/account`);
      expect(response.headers.get('cache-status')).toBe('Vitalcache; fwd=bypass; detail=vary');
      expect(lines.warnings).toEqual([
        expect.stringMatching(/^AccountController\.account: a request is not cached\. /),
      ]);
      expect(lines.warnings[0]).toMatch(why);
    });

    it('lets no header of a request into those of an answer', async () => {
      const { url } = await startControllers(platform, [controllerWith({ varyBy: ['x-clinic'] })]);
      const response = await get(`${url}/account`, { 'x-clinic': 'evil%0d%0aset-cookie: a=b' });
      expect(response.headers.get('vary')).toBe('x-clinic');
      expect(JSON.stringify([...response.headers])).not.toContain('evil');
    });

    it('does not cache when varyBy can not tell who is asking', async () => {
      const lines = new LogLines();
      const { url } = await startControllers(
        platform,
        [controllerWith({ varyBy: ['authorization'] })],
        testOptions({}, lines),
      );
      expect(await text(`${url}/account`, { cookie: 'alice' })).toBe('alice 1');
      expect(await text(`${url}/account`, { cookie: 'bob' })).toBe('bob 2');
      expect(lines.warnings).toEqual([
        expect.stringMatching(/varyBy gave nothing for a request with credentials/),
      ]);
    });
  });

  describe('headers', () => {
    async function startAged() {
      const clock = new FakeClock();
      const provider = new MemoryCacheProvider({ now: clock.now });
      @Controller()
      class AgedController {
        @Get('aged')
        @Cache({ keyTemplate: 'secret-key', ttl: 300, staleTime: 60, jitterRatio: 0 })
        aged() {
          return 'x';
        }

        @Get('plain')
        plain() {
          return 'x';
        }
      }
      const options = testOptions({ clock, provider, strategies: [new SWRCacheStrategy()] });
      const { url, app } = await startControllers(platform, [AgedController], options);
      return { clock, url, service: app.get(CacheService) };
    }

    it('tell miss, hit and stale apart, with age and remaining freshness, never the key', async () => {
      const { clock, url, service } = await startAged();
      const ask = async () => {
        const { headers } = await get(`${url}/aged`);
        await service.settled();
        expect(JSON.stringify([...headers])).not.toContain('secret-key');
        return [headers.get('cache-status'), headers.get('age')];
      };
      expect(await ask()).toEqual(['Vitalcache; fwd=miss; stored; ttl=60', null]);
      clock.advance(20_500);
      expect(await ask()).toEqual(['Vitalcache; hit; ttl=39; detail=l1', '20']);
      clock.advance(50_000);
      expect(await ask()).toEqual(['Vitalcache; hit; ttl=-11; detail=stale-l1', '70']);
      expect(await ask()).toEqual(['Vitalcache; hit; ttl=60; detail=l1', '0']);
    });

    it('say nothing where the cache was not used', async () => {
      const { url } = await startAged();
      const { headers } = await get(`${url}/plain`);
      expect([headers.get('cache-status'), headers.get('age')]).toEqual([null, null]);
    });

    it('list what services below the handler used, and the age of the oldest', async () => {
      const clock = new FakeClock();
      @Injectable()
      class Parts {
        @Cache({ keyTemplate: 'part:{name}', ttl: 300, jitterRatio: 0 })
        async part(name: string) {
          return name;
        }
      }
      @Controller()
      class Page {
        constructor(private readonly parts: Parts) {}

        @Get('page')
        async page() {
          return [await this.parts.part('a'), await this.parts.part('b')];
        }

        @Get('whole')
        @Cache({ keyTemplate: 'whole', ttl: 300, jitterRatio: 0 })
        async whole() {
          return this.parts.part('a');
        }
      }
      const provider = new MemoryCacheProvider({ now: clock.now });
      const { url, app } = await startHttp(platform, {
        imports: [CacheModule.forRoot(testOptions({ clock, provider }))],
        controllers: [Page],
        providers: [Parts],
      });
      await app.get(Parts).part('a');
      clock.advance(5_000);
      const page = await get(`${url}/page`);
      expect(page.headers.get('cache-status')).toBe(
        'Vitalcache; hit; ttl=295; detail=l1, Vitalcache; fwd=miss; stored; ttl=300',
      );
      expect(page.headers.get('age')).toBe('5');
      const whole = await get(`${url}/whole`);
      expect(whole.headers.get('cache-status')).toBe(
        'Vitalcache; hit; ttl=295; detail=l1, Vitalcache; fwd=miss; stored; ttl=300',
      );
      expect((await get(`${url}/whole`)).headers.get('cache-status')).toBe(
        'Vitalcache; hit; ttl=300; detail=l1',
      );
    });

    it('are silent about what a refresh in the background uses', async () => {
      const clock = new FakeClock();
      @Injectable()
      class Part {
        @Cache({ keyTemplate: 'part', ttl: 20 })
        async part() {
          return 'part';
        }
      }
      @Controller()
      class Refreshed {
        constructor(private readonly part: Part) {}

        @Get('refreshed')
        @Cache({ keyTemplate: 'refreshed', ttl: 300, staleTime: 60, jitterRatio: 0 })
        async refreshed() {
          return this.part.part();
        }
      }
      const { url, app } = await startHttp(
        platform,
        {
          imports: [
            CacheModule.forRoot(
              testOptions({
                clock,
                provider: new MemoryCacheProvider({ now: clock.now }),
                strategies: [new SWRCacheStrategy()],
              }),
            ),
          ],
          controllers: [Refreshed],
          providers: [Part],
        },
        // Time for the refresh to end before the answer is sent.
        (instance) =>
          instance.useGlobalInterceptors({
            intercept: (_context, next) =>
              next.handle().pipe(mergeMap(async (value: unknown) => (await soon(), value))),
          }),
      );
      const soon = () => app.get(CacheService).settled();
      await get(`${url}/refreshed`);
      clock.advance(70_000);
      const { headers } = await get(`${url}/refreshed`);
      expect(headers.get('cache-status')).toBe('Vitalcache; hit; ttl=-10; detail=stale-l1');
    });

    it('mark a load that was joined as collapsed', async () => {
      let release: (value: string) => void = () => undefined;
      const gate = new Promise<string>((resolve) => (release = resolve));
      let entered = 0;
      @Controller()
      class Slow {
        @Get('slow')
        @Cache({ keyTemplate: 'slow', jitterRatio: 0 })
        slow() {
          entered++;
          return gate;
        }
      }
      let asked = 0;
      const count = (app: INestApplication): void => {
        app.useGlobalGuards({ canActivate: () => ++asked > 0 });
      };
      const { url } = await startControllers(platform, [Slow], testOptions(), count);
      const both = [get(`${url}/slow`), get(`${url}/slow`)];
      while (asked < 2) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      release('done');
      const statuses = (await Promise.all(both)).map(({ headers }) => headers.get('cache-status'));
      expect(entered).toBe(1);
      expect(statuses.sort()).toEqual([
        expect.stringMatching(/^Vitalcache; fwd=miss; stored; ttl=3\d{3}$/),
        expect.stringMatching(/^Vitalcache; fwd=miss; stored; ttl=3\d{3}; collapsed$/),
      ]);
    });
  });

  it('passes through what can be read only once, and says so once', async () => {
    const lines = new LogLines();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    @Controller()
    class Streams {
      @Get('file')
      @Cache()
      async file() {
        await gate;
        return new StreamableFile(Buffer.from('bytes'));
      }

      @Get('observable')
      @Cache()
      observable() {
        return of('value');
      }
    }
    let asked = 0;
    const count = (app: INestApplication): void => {
      app.useGlobalGuards({ canActivate: () => ++asked > 0 });
    };
    const { url } = await startControllers(platform, [Streams], testOptions({}, lines), count);
    const files = Promise.all(['file', 'file', 'file'].map((path) => text(`${url}/${path}`)));
    while (asked < 3) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    open();
    expect(await files).toEqual(['bytes', 'bytes', 'bytes']);
    expect(await text(`${url}/file`)).toBe('bytes');
    expect(await text(`${url}/observable`)).toBe('value');
    expect(await text(`${url}/observable`)).toBe('value');
    expect(lines.warnings).toEqual([
      expect.stringMatching(/^Streams\.file returns a StreamableFile, which can't be cached/),
      expect.stringMatching(/^Streams\.observable returns an Observable/),
    ]);
  });

  it('leaves server-sent events and errors alone', async () => {
    let calls = 0;
    @Injectable()
    class Source {
      @Cache()
      async read() {
        return 'x';
      }
    }
    @Controller()
    class Events {
      constructor(private readonly source: Source) {}

      @Sse('events')
      async events() {
        return of({ data: await this.source.read() });
      }

      @Get('fails')
      @Cache()
      fails() {
        calls++;
        throw new Error('no');
      }
    }
    const { url } = await startHttp(
      platform,
      {
        imports: [CacheModule.forRoot(testOptions())],
        controllers: [Events],
        providers: [Source],
      },
      (app) => app.useLogger(false),
    );
    expect(await text(`${url}/events`)).toContain('data: x');
    expect((await get(`${url}/fails`)).status).toBe(500);
    expect((await get(`${url}/fails`)).status).toBe(500);
    expect(calls).toBe(2);
  });

  it('answers with the exception of a handler, each time anew', async () => {
    let calls = 0;
    @Controller()
    class Missing {
      @Get('missing/:id')
      @Cache({ keyTemplate: 'missing:{id}' })
      async find(@Param('id') id: string): Promise<string> {
        throw new NotFoundException({ reason: `no ${id}`, call: ++calls });
      }
    }
    const { url } = await startControllers(platform, [Missing]);
    const ask = async () => {
      const answer = await get(`${url}/missing/7`);
      return [answer.status, await answer.json(), answer.headers.get('cache-status')];
    };
    const refused = (call: number) => [404, { reason: 'no 7', call }, null];
    expect([await ask(), await ask()]).toEqual([refused(1), refused(2)]);
  });

  it('answers a HEAD request like a GET request', async () => {
    let calls = 0;
    @Controller()
    class Headed {
      @Get('headed')
      @Cache()
      headed() {
        return ++calls;
      }
    }
    const { url } = await startControllers(platform, [Headed]);
    await get(`${url}/headed`);
    const head = await fetch(`${url}/headed`, { method: 'HEAD' });
    expect(head.headers.get('cache-status')).toMatch(/^Vitalcache; hit/);
    expect(calls).toBe(1);
  });
});

describe('handlers that can not be cached', () => {
  const starting = (controller: new () => object) => startControllers('express', [controller]);

  it.each([
    [
      'POST below',
      () => {
        class C {
          @Cache() @Post() create(@Body() body: object) {
            return body;
          }
        }
        return C;
      },
      /C\.create: it answers POST requests; only GET and HEAD/,
    ],
    [
      '@Res()',
      () => {
        class C {
          @Cache({ keyTemplate: 'x' }) @Get() send(@Res() res: object) {
            return res;
          }
        }
        return C;
      },
      /C\.send: it sends its answer itself through @Res\(\)/,
    ],
    [
      '@Req() in a default key',
      () => {
        class C {
          @Cache() @Get() list(@Req() req: object) {
            return req;
          }
        }
        return C;
      },
      /C\.list: @Req\(\) can't be part of a key/,
    ],
    [
      '@Sse()',
      () => {
        class C {
          @Cache() @Sse() stream() {
            return of({ data: 1 });
          }
        }
        return C;
      },
      /C\.stream: it sends server-sent events/,
    ],
  ])('are refused when the class is defined: %s', (_what, define, message) => {
    expect(define).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('are refused at start where the route is declared above', async () => {
    @Controller()
    class Writing {
      @Post()
      @Cache()
      create() {
        return 1;
      }
    }
    await expect(starting(Writing)).rejects.toThrow(/Writing\.create: it answers POST requests/);
  });

  it('accepts @Res({ passthrough: true }) with a key of its own', async () => {
    @Controller()
    class Passing {
      @Get('x')
      @Cache({ keyTemplate: 'x' })
      send(@Res({ passthrough: true }) res: { status(code: number): void }) {
        res.status(202);
        return 'x';
      }
    }
    const { url } = await starting(Passing);
    expect((await get(`${url}/x`)).status).toBe(202);
  });

  it('refuses public and varyBy where no request is answered', async () => {
    @Injectable()
    class Service {
      @Cache({ public: true })
      find() {
        return 1;
      }
    }
    const start = startHttp('express', {
      imports: [CacheModule.forRoot(testOptions())],
      providers: [Service],
    });
    await expect(start).rejects.toThrow(
      /Service\.find: public and varyBy only mean something on handlers/,
    );
  });

  it('are never cached where CacheModule is missing: nobody could see whose request it is', async () => {
    let calls = 0;
    @Controller()
    class Lonely {
      @Get('lonely')
      @Cache()
      lonely() {
        return ++calls;
      }
    }
    const { url } = await startHttp(
      'express',
      {
        controllers: [Lonely],
        providers: [
          CacheService,
          { provide: 'ICacheProvider', useValue: new MemoryCacheProvider() },
        ],
      },
      (app) => app.useLogger(false),
    );
    expect(await text(`${url}/lonely`)).toBe('1');
    expect(await text(`${url}/lonely`)).toBe('2');
  });

  it('caches a handler that is called as a plain method until there are requests that it may be left of', async () => {
    let calls = 0;
    @Controller()
    class Direct {
      @Get('direct')
      @Cache()
      async direct() {
        return ++calls;
      }

      @Get('detached')
      detached() {
        return outside(() => this.direct());
      }
    }
    let outside: <R>(work: () => R) => R = (work) => work();
    const { url, app } = await starting(Direct);
    const { AsyncResource } = await import('node:async_hooks');
    outside = AsyncResource.bind((work: () => unknown) => work()) as typeof outside;
    const controller = app.get(Direct);
    expect([await controller.direct(), await controller.direct()]).toEqual([1, 1]);
    expect(await text(`${url}/detached`)).toBe('2');
    expect(await controller.direct()).toBe(3);
  });
});
