import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  Controller,
  Get,
  Injectable,
  Param,
  Post,
  VersioningType,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import {
  AuditCacheMiddleware,
  CacheService,
  type AuditRecord,
  type CachePlugin,
  type CacheWarmer,
} from '@vitalcache/core';
import { metricsPlugin } from '@vitalcache/metrics';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { predictionPlugin, PredictiveWarmer, RefreshScheduler } from '@vitalcache/swr';

import {
  adminAuditContext,
  adminScopeOf,
  Cache,
  CacheModule,
  type CacheModuleOptions,
} from '../src/index.js';
import { closeAll, PLATFORMS, startControllers, startHttp, testOptions } from './support/apps.js';
import { fakeProvider } from './support/fake-provider.js';
import { LogLines } from './support/log-lines.js';

jest.setTimeout(30_000);

const TOKEN = 'the-admin-token-of-this-test';
const READ_TOKEN = 'the-read-token-of-this-test';
const MARK = 'mark-4711';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

async function call(
  url: string,
  path: string,
  { token = TOKEN, ...init }: RequestInit & { readonly token?: string | null } = {},
): Promise<Answer> {
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, body };
}

/** What another process does needs a moment. */
async function expectSoon(check: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + 5_000; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

@Controller('users')
class UsersController {
  calls = 0;

  @Get(':id')
  @Cache({ keyTemplate: 'users:{id}', tags: ['users'], public: true })
  find(@Param('id') _id: string): { calls: number } {
    return { calls: ++this.calls };
  }

  @Post()
  create(): void {
    this.calls++;
  }
}

const protectedOptions = (more: CacheModuleOptions = {}, lines?: LogLines): CacheModuleOptions =>
  testOptions(
    { admin: { token: TOKEN, readToken: READ_TOKEN }, plugins: [metricsPlugin()], ...more },
    lines,
  );

describe.each(PLATFORMS)('the administration on %s', (platform) => {
  afterEach(closeAll);

  const start = async (more: CacheModuleOptions = {}, prepare?: (app: INestApplication) => void) =>
    (await startControllers(platform, [UsersController], protectedOptions(more), prepare)).url;

  describe('without a guard and a token', () => {
    const PATHS = [
      'GET /cache',
      'GET /cache/metrics',
      'GET /cache/benchmark',
      'GET /cache/config',
      'GET /cache/openapi',
      'GET /cache/dashboard',
      'GET /cache/dashboard/state',
      'DELETE /cache?pattern=users:*',
      'DELETE /cache/phi',
      'POST /cache/warm',
      'POST /cache/config',
    ];

    it('is not there, but for health', async () => {
      const { url } = await startControllers(platform, [UsersController]);
      for (const one of PATHS) {
        const [method, path] = one.split(' ') as [string, string];
        expect([one, (await call(url, path, { method })).status]).toEqual([one, 404]);
      }
      expect((await call(url, '/cache/health', { token: null })).status).toBe(200);
    });

    it('is nowhere with admin: false, whatever is set', async () => {
      const env = { CACHE_ADMIN_TOKEN: TOKEN };
      const { url } = await startControllers(platform, [], testOptions({ admin: false, env }));
      expect((await call(url, '/cache')).status).toBe(404);
      expect((await call(url, '/cache/health')).status).toBe(404);
    });
  });

  describe('access', () => {
    it.each([
      ['no token', {}],
      ['a wrong token', { Authorization: 'Bearer the-admin-token-of-this-tesT' }],
      ['a token that begins like it', { Authorization: `Bearer ${TOKEN}x` }],
      ['another scheme', { Authorization: `Basic ${TOKEN}` }],
    ])('is refused for %s', async (_what, headers) => {
      const url = await start();
      for (const path of ['/cache', '/cache/metrics', '/cache/dashboard/state']) {
        const answer = await call(url, path, { token: null, headers });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="cache"');
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(answer.body).toMatchObject({ status: 401, title: 'Unauthorized' });
        expect(answer.text).not.toContain('-token-of-');
      }
    });

    it('lets the read token look and change nothing', async () => {
      const url = await start();
      const token = READ_TOKEN;
      for (const path of ['/cache', '/cache/metrics', '/cache/config', '/cache/openapi']) {
        expect((await call(url, path, { token })).status).toBe(200);
      }
      await call(url, '/users/1');
      const refused = await Promise.all([
        call(url, '/cache?pattern=users:*', { token, method: 'DELETE' }),
        call(url, '/cache/phi', { token, method: 'DELETE' }),
        call(url, '/cache/warm', { token, method: 'POST' }),
        call(url, '/cache/config', { token, ...post({ defaultTtl: 1 }) }),
        call(url, '/cache/benchmark', { token }),
      ]);
      expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
      expect((await call(url, '/users/1')).body).toEqual({ calls: 1 });
    });

    it('takes tokens from variables and from files', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'admin-'));
      const file = join(folder, 'token');
      writeFileSync(file, `${TOKEN}\n`);
      const env = { CACHE_ADMIN_TOKEN_FILE: file, CACHE_ADMIN_READ_TOKEN: READ_TOKEN };
      const lines = new LogLines();
      const { url } = await startControllers(platform, [], testOptions({ env }, lines));
      rmSync(folder, { recursive: true });
      expect((await call(url, '/cache')).status).toBe(200);
      expect((await call(url, '/cache', { token: READ_TOKEN })).status).toBe(200);
      expect(lines.warnings).toEqual([]);
      expect(lines.all.join()).not.toContain('-token-of-');
    });

    it('asks the guard of the application, which knows what is asked for', async () => {
      const seen: (string | null)[] = [];

      @Injectable()
      class OperatorGuard implements CanActivate {
        canActivate(context: ExecutionContext): boolean {
          seen.push(adminScopeOf(context));
          const request = context.switchToHttp().getRequest<Record<string, unknown>>();
          const { operator } = request['headers'] as { operator?: string };
          request['user'] = { id: operator };
          return operator !== undefined && adminScopeOf(context) === 'read';
        }
      }
      const { url } = await startControllers(
        platform,
        [],
        testOptions({ admin: { guard: OperatorGuard } }),
      );
      const headers = { operator: 'ann' };
      expect((await call(url, '/cache', { token: null, headers })).status).toBe(200);
      expect((await call(url, '/cache/warm', { headers, method: 'POST' })).status).toBe(403);
      expect((await call(url, '/cache', { token: null })).status).toBe(403);
      expect(seen).toEqual(['read', 'write', 'read']);
    });

    it('refuses changes that a page of another site asks for', async () => {
      const url = await start();
      const headers = { 'Sec-Fetch-Site': 'cross-site' };
      expect((await call(url, '/cache/warm', { method: 'POST', headers })).status).toBe(403);
    });

    it('bounds wrong tokens, and keeps nobody out who has a right one', async () => {
      const url = await start();
      const statuses: number[] = [];
      for (let at = 0; at < 12; at++) {
        statuses.push(
          (await call(url, '/cache', { token: `wrong-token-of-this-test-${at}` })).status,
        );
      }
      expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
      expect((await call(url, '/cache')).status).toBe(200);
    });

    it('bounds changes apart from looks, and says when there is room again', async () => {
      const admin = { token: TOKEN, changesPerMinute: 2 };
      const url = await start({ admin });
      const warm = () => call(url, '/cache/warm', { method: 'POST' });
      expect([(await warm()).status, (await warm()).status]).toEqual([200, 200]);
      const refused = await warm();
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await call(url, '/cache')).status).toBe(200);
    });
  });

  describe('GET /cache', () => {
    it('tells everything of the process, and no key', async () => {
      const url = await start();
      await call(url, `/users/${MARK}`, { token: null });
      await call(url, `/users/${MARK}`, { token: null });
      const { body, text, headers } = await call(url, '/cache');
      expect(body).toMatchObject({
        instance: expect.stringContaining(String(process.pid)),
        stats: { hits: 1, misses: 1, hitRate: 0.5 },
        metrics: { totalRequests: 2, failedRequests: 0 },
        health: { status: 'healthy', connectionStatus: true },
        provider: { name: 'memory', connected: true, breaker: 'closed' },
        config: { defaultTtl: 3_600, enabled: true },
      });
      expect(body).not.toHaveProperty('healthcare');
      expect(text).not.toContain(MARK);
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('says null for what nothing counts', async () => {
      const url = await start({ env: { CACHE_ENABLE_METRICS: 'false' } });
      expect((await call(url, '/cache')).body).toMatchObject({ stats: null, metrics: null });
    });
  });

  describe('GET /cache/metrics', () => {
    it('tells how the cache performs', async () => {
      const url = await start();
      await call(url, '/users/1', { token: null });
      expect((await call(url, '/cache/metrics')).body).toMatchObject({
        instance: expect.stringContaining(String(process.pid)),
        totalRequests: 1,
        cacheHitRate: 0,
        connectionPoolUtilization: 0,
      });
    });

    it.each([
      [
        'the variable that is off',
        { env: { CACHE_ENABLE_METRICS: 'false' } },
        'CACHE_ENABLE_METRICS',
      ],
      ['the package that is missing', { plugins: [] }, '@vitalcache/metrics'],
    ])('answers 409 naming %s', async (_what, more, name) => {
      const { status, body } = await call(await start(more), '/cache/metrics');
      expect(status).toBe(409);
      expect(body).toMatchObject({
        code: 'FEATURE_MISSING',
        detail: expect.stringContaining(name),
      });
    });
  });

  describe('DELETE /cache', () => {
    it('clears what matches, and nothing else', async () => {
      const url = await start();
      await call(url, '/users/1', { token: null });
      const { status, body } = await call(url, '/cache?pattern=users:*', { method: 'DELETE' });
      expect(status).toBe(200);
      expect(body).toEqual({ removed: 1, recorded: true, stamp: expect.any(Number) });
      expect((await call(url, '/users/1', { token: null })).body).toEqual({ calls: 2 });
      await call(url, '/cache?pattern=orders:*', { method: 'DELETE' });
      expect((await call(url, '/users/1', { token: null })).body).toEqual({ calls: 2 });
    });

    it.each([
      ['', 'Say what to clear'],
      ['?pattern=', 'Say what to clear'],
      ['?pattern=a&pattern=b', 'Say what to clear'],
      ['?pattern=*', 'match everything'],
      ['?pattern=**', 'match everything'],
      ['?pattern=%3F*', 'match everything'],
      ['?pattern=*:*', 'match everything'],
      ['?pattern=[a-z]*', 'match everything'],
      [`?pattern=${MARK}${'x'.repeat(300)}`, 'up to 256'],
      [`?pattern=users:%00${MARK}`, 'control characters'],
      [`?patern=users:*`, 'has no \\"patern\\"'],
    ])('refuses %s', async (query, detail) => {
      const url = await start();
      await call(url, '/users/1', { token: null });
      const answer = await call(url, `/cache${query}`, { method: 'DELETE' });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.text).toContain(detail);
      expect(answer.text).not.toContain(MARK);
      expect((await call(url, '/users/1', { token: null })).body).toEqual({ calls: 1 });
    });
  });

  describe('DELETE /cache/phi', () => {
    it('says what is missing where there is no healthcare data', async () => {
      const { status, body } = await call(await start(), '/cache/phi', { method: 'DELETE' });
      expect(status).toBe(409);
      expect(body['detail']).toContain('@vitalcache/healthcare-phi');
    });
  });

  describe('what plugins bring', () => {
    const plugin = (calls: unknown[]): CachePlugin => ({
      name: 'clinic',
      adminActions: [
        {
          method: 'DELETE',
          path: 'phi',
          needsReason: true,
          run: async (_cache, given) => (calls.push(given), { removed: 3, recorded: true }),
        },
        { method: 'GET', path: 'holds/open', run: async () => ({ open: 2 }) },
        {
          method: 'POST',
          path: 'purge',
          run: () => Promise.reject(new TypeError(`broken by ${MARK}`)),
        },
      ],
    });

    it('stands behind the same guard, wants its reason, and is told who calls', async () => {
      const calls: unknown[] = [];
      const url = await start({ plugins: [plugin(calls)] });
      expect((await call(url, '/cache/phi', { method: 'DELETE', token: null })).status).toBe(401);
      const without = await call(url, '/cache/phi', { method: 'DELETE' });
      expect(without.status).toBe(400);
      expect(without.body['detail']).toContain('X-Audit-Reason');
      const headers = { 'X-Audit-Reason': 'moved away' };
      const done = await call(url, '/cache/phi?shred=true', { method: 'DELETE', headers });
      expect(done.body).toEqual({ removed: 3, recorded: true });
      expect(calls).toEqual([
        { input: { shred: 'true' }, actor: 'admin-token', reason: 'moved away' },
      ]);
    });

    it('has its own paths, and others are 404', async () => {
      const url = await start({ plugins: [plugin([])] });
      expect((await call(url, '/cache/holds/open', { token: READ_TOKEN })).body).toEqual({
        open: 2,
      });
      expect((await call(url, '/cache/holds')).status).toBe(404);
      expect((await call(url, '/cache/purge', { method: 'POST', token: READ_TOKEN })).status).toBe(
        403,
      );
    });

    it('never fails as a 500, and tells nothing of what is foreign', async () => {
      const lines = new LogLines();
      const url = await start({ plugins: [plugin([])], logger: lines });
      const { status, text } = await call(url, '/cache/purge', { method: 'POST' });
      expect(status).toBe(503);
      expect(text).not.toContain(MARK);
      expect(lines.all.join()).not.toContain(MARK);
      expect(lines.errors).toEqual(['a call of the administration failed: TypeError']);
    });
  });

  describe('POST /cache/warm', () => {
    const warmer = (name: string, kinds?: string[]): CacheWarmer => ({
      name,
      ...(kinds && { kinds }),
      items: ({ clinicId = 'all' }) => [
        { key: `${name}:${clinicId}`, load: () => 'value', options: { ttl: 60 } },
      ],
    });

    it('runs every warmer without a body, and those of one clinic with one', async () => {
      const warmers = [warmer('news'), warmer('wards', ['clinic'])];
      const url = await start({ warmers, settings: { warming: false } });
      const all = await call(url, '/cache/warm', { method: 'POST' });
      expect(all.body).toEqual({ warmed: 2, skipped: 0, failed: 0 });
      const one = await call(url, '/cache/warm', post({ clinicId: '7' }));
      expect(one.body).toEqual({ warmed: 1, skipped: 0, failed: 0 });
    });

    it('refuses to run twice at once', async () => {
      let go = (): void => undefined;
      const wait = new Promise<void>((resolve) => (go = resolve));
      const slow: CacheWarmer = {
        name: 'slow',
        items: () => [{ key: 'slow', load: () => wait.then(() => 1) }],
      };
      const url = await start({ warmers: [slow], settings: { warming: false } });
      const first = call(url, '/cache/warm', { method: 'POST' });
      const second = await call(url, '/cache/warm', { method: 'POST' });
      go();
      const statuses = [(await first).status, second.status].sort();
      expect(statuses).toEqual([200, 409]);
    });

    it.each([
      ['[]', 'JSON object'],
      [`{"clinicId":""}`, 'clinicId must be'],
      [`{"clinicId":{"$ne":"${MARK}"}}`, 'clinicId must be'],
      [`{"clinic":"${MARK}"}`, 'has no \\"clinic\\"'],
    ])('refuses %s', async (body, detail) => {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await call(await start(), '/cache/warm', { method: 'POST', headers, body });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(detail);
      expect(answer.text).not.toContain(MARK);
    });
  });

  describe('bodies', () => {
    const JSON_TYPE = { 'Content-Type': 'application/json' };
    const large = (size: number) => JSON.stringify({ clinicId: 'x'.repeat(size) });

    it.each<[string, number, string | Blob, Record<string, string>]>([
      ['a little too large', 413, large(20_000), JSON_TYPE],
      ['much too large', 413, large(3_000_000), JSON_TYPE],
      ['no JSON', 400, `{"clinicId": ${MARK}`, JSON_TYPE],
      ['empty JSON', 400, ' ', JSON_TYPE],
      ['no object', 400, `["${MARK}"]`, JSON_TYPE],
      ['about prototypes', 400, `{"__proto__": {"clinicId": "${MARK}"}}`, JSON_TYPE],
      ['text', 415, `{"clinicId": "${MARK}"}`, { 'Content-Type': 'text/plain' }],
      ['XML', 415, `<c>${MARK}</c>`, { 'Content-Type': 'application/xml' }],
      ['a form', 415, `clinicId=${MARK}`, { 'Content-Type': 'application/x-www-form-urlencoded' }],
      ['of no type', 415, new Blob([`{"clinicId": "${MARK}"}`]), {}],
      ['of a type that is none', 415, '{}', { 'Content-Type': `${MARK}` }],
    ])(
      'that are %s are %d as a problem, and nothing is done',
      async (_what, status, body, headers) => {
        const run = jest.fn<[], []>(() => []);
        const url = await start({ warmers: [{ name: 'all', items: run }] });
        run.mockClear();
        const answer = await call(url, '/cache/warm', { method: 'POST', headers, body });
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(answer.headers.get('cache-control')).toBe('no-store');
        expect(answer.body).toEqual({
          ...(answer.body['code'] !== undefined && { code: 'OPTION_INVALID' }),
          type: 'about:blank',
          title: STATUS_CODES[status],
          status,
          detail: expect.stringMatching(/^[A-Z].{15,}\.$/),
        });
        expect(answer.text).not.toContain(MARK);
        expect(run).not.toHaveBeenCalled();
      },
    );

    it('are problems wherever the routes stand, and no concern of other routes', async () => {
      const options = { admin: { token: TOKEN, path: 'ops/cache', version: '2' } };
      const { url } = await startControllers(
        platform,
        [UsersController],
        protectedOptions(options),
        (app) => {
          app.setGlobalPrefix('api');
          app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
        },
      );
      const given = { method: 'POST', headers: { ...JSON_TYPE, 'X-Version': '2' }, body: '{' };
      const typeAt = async (path: string): Promise<unknown> => {
        const { status, headers } = await call(url, path, given);
        expect(status).toBe(400);
        return headers.get('content-type');
      };
      expect(await typeAt('/api/ops/cache/config')).toContain('application/problem+json');
      expect(await typeAt('/api/users')).toContain('application/json');
      expect(
        (await call(url, '/api/ops/cache/config', { ...given, body: '{"defaultTtl": 9}' })).status,
      ).toBe(200);
    });
  });

  describe('GET and POST /cache/config', () => {
    it('change what can change, by names and by variables, and take it back', async () => {
      const url = await start();
      const before = (await call(url, '/cache/config')).body as { settings: object };
      expect(before.settings).toMatchObject({ defaultTtl: 3_600, adaptive: true });
      const changed = await call(
        url,
        '/cache/config',
        post({ defaultTtl: 600, CACHE_ADAPTIVE_ENABLED: false }),
      );
      expect(changed.body).toEqual({
        announced: true,
        changes: [
          expect.objectContaining({ name: 'defaultTtl', old: 3_600, new: 600 }),
          expect.objectContaining({ name: 'adaptive', old: true, new: false }),
        ],
      });
      expect((await call(url, '/cache/config')).body).toMatchObject({
        settings: { defaultTtl: 600, adaptive: false },
      });
      await call(url, '/cache/config', post({ defaultTtl: null, values: { adaptive: null } }));
      expect((await call(url, '/cache/config')).body).toMatchObject(before);
    });

    it('switch one template off', async () => {
      const url = await start();
      await call(url, '/cache/config', post({ templates: { 'users:{id}': { enabled: false } } }));
      await call(url, '/users/1', { token: null });
      expect((await call(url, '/users/1', { token: null })).body).toEqual({ calls: 2 });
    });

    it('switch prediction on and off, and what it needs with it', async () => {
      const scheduler = new RefreshScheduler({ utilization: () => 0 });
      const of = (template: string) => ({ template, load: () => template });
      const templates = [of('profile:{id}'), of('history:{id}')];
      const plugins = [predictionPlugin(new PredictiveWarmer({ scheduler, templates }))];
      const { app, url } = await startControllers(platform, [], protectedOptions({ plugins }));
      const cache = app.get(CacheService);
      const read = (template: string, id: number) =>
        cache.read(template.replace('{id}', String(id)), () => 1, { template });
      const isPredicted = async (id: number): Promise<boolean> => {
        await read('profile:{id}', id);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return (await read('history:{id}', id)).outcome === 'hit';
      };
      for (let id = 0; id < 60; id++) {
        await read('profile:{id}', id);
        await read('history:{id}', id);
      }
      const after = async (change: object, id: number): Promise<boolean> => {
        expect((await call(url, '/cache/config', post(change))).status).toBe(200);
        return isPredicted(id);
      };
      expect(await isPredicted(90)).toBe(false);
      expect(await after({ CACHE_PREDICTIVE_ENABLED: true }, 91)).toBe(true);
      expect(await after({ warming: false }, 92)).toBe(false);
      expect(await after({ warming: null }, 93)).toBe(true);
      expect(await after({ predictive: false }, 94)).toBe(false);
    });

    it('let the log level take effect', async () => {
      const lines = new LogLines();
      const url = await start({ logger: lines });
      await call(url, '/cache/config', post({ logLevel: 'silent' }));
      const before = lines.all.length;
      await call(url, '/cache/warm', { method: 'POST' });
      expect(lines.all.length).toBe(before);
      await call(url, '/cache/config', post({ logLevel: 'log' }));
      await call(url, '/cache/warm', { method: 'POST' });
      expect(lines.logs.at(-1)).toBe('administration: warm by admin-token');
    });

    it.each([
      [{ encryption: false }, "CACHE_ENCRYPTION_ENABLED can't be changed"],
      [{ CACHE_AUDIT_LOGGING_ENABLED: false }, "CACHE_AUDIT_LOGGING_ENABLED can't be changed"],
      [{ sharding: true }, "CACHE_SHARDING_ENABLED can't be changed"],
      [{ CACHE_REPLICATION_ENABLED: true }, "CACHE_REPLICATION_ENABLED can't be changed"],
      [{ constructor: 1 }, '\\"constructor\\" can\'t be changed'],
      [{ defaultTtl: '600' }, 'defaultTtl is \\"600\\"; accepted: a whole number'],
      [{ logLevel: 'loud' }, 'accepted: one of silent'],
      [{ colour: 'blue' }, '\\"colour\\" can\'t be changed'],
      [{ __proto__: null, values: [] }, 'values must be an object'],
      [{ adaptive: true, CACHE_ADAPTIVE_ENABLED: false }, 'given twice'],
      [{ templates: { 'users:{id}': 1 } }, 'A template takes'],
      [{}, 'Nothing to change'],
    ])('refuse %j by name, and change nothing', async (body, detail) => {
      const url = await start();
      const before = await call(url, '/cache/config');
      const refused = await call(url, '/cache/config', post({ enabled: false, ...body }));
      const empty =
        Object.keys(body).length === 0 ? await call(url, '/cache/config', post({})) : refused;
      expect(empty.status).toBe(400);
      expect(empty.text).toContain(detail);
      if (empty === refused) expect((await call(url, '/cache/config')).text).toBe(before.text);
    });

    it('reach every process of the namespace', async () => {
      const provider = new MemoryCacheProvider();
      const [one, other] = [await start({ provider }), await start({ provider })];
      await call(one, '/cache/config', post({ defaultTtl: 77, metrics: false }));
      await expectSoon(async () => {
        const { body } = await call(other, '/cache/config');
        expect(body).toMatchObject({ settings: { defaultTtl: 77, metrics: false } });
      });
      expect((await call(other, '/cache/metrics')).status).toBe(409);
    });
  });

  describe('GET /cache/benchmark', () => {
    it('measures within bounds and leaves nothing behind', async () => {
      const provider = new MemoryCacheProvider();
      const { app, url } = await startControllers(platform, [], protectedOptions({ provider }));
      const { body } = await call(url, '/cache/benchmark?ops=100');
      const times = (ops: number) => ({
        ops,
        p50Ms: expect.any(Number),
        p95Ms: expect.any(Number),
        p99Ms: expect.any(Number),
      });
      expect(body).toEqual({ get: times(100), set: times(100), batch: times(5) });
      const keys: string[] = [];
      await provider.visitKeys('vc:*', (page) => void keys.push(...page), 1_000);
      expect(keys.filter((key) => key.includes('benchmark'))).toEqual([]);
      expect(await app.get(CacheService).status()).toMatchObject({ l1: { entries: 0 } });
    });

    it('refuses to run twice at once', async () => {
      const url = await start();
      const both = await Promise.all([
        call(url, '/cache/benchmark?ops=400'),
        call(url, '/cache/benchmark?ops=400'),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect((await call(url, '/cache/benchmark?ops=10')).status).toBe(200);
    });

    it('refuses to run twice at once in two processes of a namespace', async () => {
      const provider = new MemoryCacheProvider();
      const urls = [await start({ provider }), await start({ provider })];
      const both = await Promise.all(urls.map((url) => call(url, '/cache/benchmark?ops=400')));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    });

    it('refuses to run twice at once on a store without leases', async () => {
      const url = await start({ provider: fakeProvider() });
      const both = await Promise.all([1, 2].map(() => call(url, '/cache/benchmark?ops=400')));
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    });

    it.each(['?ops=0', '?ops=1e9', '?ops=-5', '?ops=99999999999', '?ops=10&ops=20', '?x=1'])(
      'refuses %s',
      async (query) => {
        expect((await call(await start(), `/cache/benchmark${query}`)).status).toBe(400);
      },
    );

    it('says that there is nothing to measure while the cache is off', async () => {
      const url = await start({ enabled: false });
      const { status, body } = await call(url, '/cache/benchmark');
      expect([status, body['detail']]).toEqual([409, expect.stringContaining('CACHE_ENABLED')]);
    });
  });

  it('records calls before they take effect, with who and why', async () => {
    const records: AuditRecord[] = [];
    const audit = new AuditCacheMiddleware({
      sink: { write: (record) => void records.push(record) },
      context: adminAuditContext,
    });
    const url = await start({ middleware: [audit] });
    const headers = { 'X-Audit-Reason': 'ticket 12' };
    await call(url, '/cache?pattern=users:*', { method: 'DELETE', headers });
    await call(url, '/cache');
    await audit.flush();
    expect(records).toEqual([
      expect.objectContaining({ kind: 'admin', template: 'clear', outcome: 'done' }),
      expect.objectContaining({ kind: 'invalidate', outcome: 'recorded' }),
    ]);
    for (const record of records) {
      expect(record).toMatchObject({ actor: 'admin-token', reason: 'ticket 12' });
    }
    await audit.close();
  });

  it('does nothing that middleware refuses', async () => {
    const middleware = [
      {
        name: 'freeze',
        handle: <R>({ kind }: { kind: string }, next: () => Promise<R>): Promise<R> =>
          kind === 'admin' ? Promise.reject(new Error(MARK)) : next(),
      },
    ];
    const url = await start({ middleware });
    await call(url, '/users/1', { token: null });
    const { status, text } = await call(url, '/cache?pattern=users:*', { method: 'DELETE' });
    expect([status, text.includes(MARK)]).toEqual([503, false]);
    expect((await call(url, '/users/1', { token: null })).body).toEqual({ calls: 1 });
  });

  it('stands behind a global prefix and a version', async () => {
    const url = await start({ admin: { token: TOKEN, version: '2' } }, (app) => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI });
    });
    expect((await call(url, '/api/v2/cache')).status).toBe(200);
    expect((await call(url, '/api/v2/cache/health', { token: null })).status).toBe(200);
    expect((await call(url, '/cache')).status).toBe(404);
  });

  it('stands at a path of its own, and only there', async () => {
    const url = await start({ admin: { token: TOKEN, path: 'internal/cache-ops' } });
    expect((await call(url, '/internal/cache-ops')).status).toBe(200);
    expect((await call(url, '/internal/cache-ops/health', { token: null })).status).toBe(200);
    expect((await call(url, '/cache')).status).toBe(404);
    expect((await call(url, '/cache/health', { token: null })).status).toBe(404);
  });

  it('takes a path beside options that are made later', async () => {
    const { url } = await startHttp(platform, {
      imports: [
        CacheModule.forRootAsync({
          admin: { path: 'ops' },
          useFactory: async () => protectedOptions({ admin: { token: TOKEN } }),
        }),
      ],
    });
    expect((await call(url, '/ops')).status).toBe(200);
    expect((await call(url, '/cache')).status).toBe(404);
  });

  it('keeps the endpoints of several caches apart', async () => {
    const lines = new LogLines();
    const cacheOf = (namespace: string, admin: CacheModuleOptions['admin']) =>
      CacheModule.forRoot(testOptions({ namespace, admin: admin ?? false }, lines));
    const { url } = await startHttp(platform, {
      imports: [
        cacheOf('one', { token: TOKEN }),
        cacheOf('two', false),
        cacheOf('three', { token: READ_TOKEN, path: 'cache-three' }),
        cacheOf('four', { token: READ_TOKEN }),
      ],
    });
    const namespaceAt = async (path: string, token: string): Promise<unknown> =>
      ((await call(url, path, { token })).body['provider'] as { namespace: string }).namespace;
    expect(await namespaceAt('/cache', TOKEN)).toBe('one');
    expect(await namespaceAt('/cache-three', READ_TOKEN)).toBe('three');
    expect((await call(url, '/cache', { token: READ_TOKEN })).status).toBe(401);
    expect(lines.warnings.filter((line) => line.includes('admin.path'))).toHaveLength(1);
  });

  it('mounts from the environment alone', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { CACHE_PROVIDER: 'memory', CACHE_ADMIN_TOKEN: TOKEN });
    try {
      const { url } = await startHttp(platform, { imports: [CacheModule] });
      expect((await call(url, '/cache')).status).toBe(200);
      expect((await call(url, '/cache', { token: null })).status).toBe(401);
    } finally {
      process.env = before;
    }
  });
});
