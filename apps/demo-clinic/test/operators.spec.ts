import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { AuditRecord } from '@vitalcache/core';

import { createApp } from '../src/create-app.js';
import { prepareAdminToken, type AdminToken } from '../src/monitoring/admin-token.js';
import { welcome } from '../src/welcome.js';
import { DEMO_ENV } from './demo-api.js';
import { HttpApi } from './http-api.js';

const DOCUMENT = '../../../packages/nest-integration/test/samples/document';

/** The lines of the requirements. */
const LINES = readFileSync(join(__dirname, DOCUMENT, '28-debugging-tools-2.txt'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('curl '));

/** What each of them answers, in the order of the document. */
const ANSWERS = [
  { stats: expect.anything(), health: expect.anything(), healthcare: expect.anything() },
  { status: 'healthy', connectionStatus: true },
  { totalRequests: expect.any(Number), cacheHitRate: expect.any(Number) },
  { recorded: true, stamp: expect.any(Number) },
  { recorded: true },
  { warmed: 0, skipped: 1, failed: 0 }, // it was warmed at the start
];

jest.setTimeout(60_000);

describe('the lines for operators in the welcome', () => {
  let admin: AdminToken;
  let api: HttpApi;
  let close: () => Promise<void>;
  let text: string;

  beforeAll(async () => {
    admin = prepareAdminToken(DEMO_ENV);
    const app = await createApp(admin.env);
    close = () => app.close();
    api = await HttpApi.listen(app);
    text = welcome('http://127.0.0.1:8088', admin);
  }, 120_000);
  afterAll(() => close());

  /** Does what a shell does with a line of the welcome, after the one that sets AUTH. */
  function run(line: string) {
    const auth = /AUTH="(.*)"$/m.exec(text)?.[1] ?? '';
    const headers = [...line.matchAll(/-H "([^"]*)"/g)].map(([, header = '']) =>
      header.replace('$AUTH', auth).split(': '),
    );
    const method = /-X (\w+)/.exec(line)?.[1] ?? 'GET';
    const path = /http:\/\/localhost:8088([^"\s]*)/.exec(line)?.[1] ?? '';
    return api.ask(method, path, undefined, Object.fromEntries(headers));
  }

  const welcomed = (line: string): string =>
    line
      .replace('curl', 'curl -H "$AUTH"')
      .replace(/(-X DELETE \S+phi)/, '-H "X-Audit-Reason: a drill" $1');

  it('are those of the requirements, with the header and the reason', () => {
    expect(LINES).toHaveLength(ANSWERS.length);
    const shown = text.split('\n').filter((line) => line.includes('$AUTH'));
    expect(shown.map((line) => line.trim())).toEqual(LINES.map(welcomed));
  });

  it.each(LINES.map((line, index) => ({ line, answer: ANSWERS[index] })))(
    'work: $line',
    async ({ line, answer }) => {
      const { status, body } = await run(welcomed(line));
      expect(body).toMatchObject(answer ?? {});
      expect(status).toBe(200);
    },
  );

  /** In a shell, with the lines of the welcome as they are pasted, but for the port. */
  async function paste(line: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const auth = text.split('\n').find((one) => one.includes('AUTH=')) ?? '';
    const toPort = line.replace('http://localhost:8088', api.url);
    const script = `${auth}\n${toPort} --silent --write-out '\\n%{http_code}'`;
    const { stdout } = await promisify(execFile)('sh', ['-c', script]);
    const [body = '', status] = stdout.split(/\n(?=\d+$)/);
    return { status: Number(status), body: JSON.parse(body) };
  }

  const hasCurl = spawnSync('curl', ['--version']).status === 0;
  (hasCurl ? it : it.skip).each(LINES.map((line, index) => ({ line, answer: ANSWERS[index] })))(
    `work when they are pasted${hasCurl ? '' : ' (skipped: no curl on the PATH)'}: $line`,
    async ({ line, answer }) => {
      const { status, body } = await paste(welcomed(line));
      expect(body).toMatchObject(answer ?? {});
      expect(status).toBe(200);
      expect((await paste(line)).status).toBe(line.includes('/health') ? 200 : 401);
    },
  );

  it('clear what they name, and nothing without the header or the reason', async () => {
    const patient = '/patients/patient-000004';
    const outcomes = async (): Promise<string[]> => {
      const both = [await api.get(patient), await api.get('/clinics')];
      return both.map(({ cache }) => /hit|miss/.exec(cache ?? '')?.[0] ?? 'none');
    };
    await outcomes();
    expect(await outcomes()).toEqual(['hit', 'hit']);
    const phi = LINES.find((line) => line.includes('/cache/phi')) ?? '';
    expect((await run(phi)).status).toBe(401);
    expect((await run(phi.replace('curl', 'curl -H "$AUTH"'))).status).toBe(400);
    expect(await outcomes()).toEqual(['hit', 'hit']);
    await run(welcomed(phi));
    expect(await outcomes()).toEqual(['miss', 'hit']);
    const pattern = LINES.find((line) => line.includes('pattern=')) ?? '';
    await run(welcomed(pattern).replace('users:', 'clinics:'));
    expect(await outcomes()).toEqual(['hit', 'miss']);
    await run(welcomed(pattern).replace('users:', 'clinics:'));
    expect((await run(welcomed(LINES.at(-1) ?? ''))).body).toMatchObject({ warmed: 1, skipped: 0 });
    expect(await outcomes()).toEqual(['hit', 'hit']);
  });

  it('are on record with who and why, before they act', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-operators-'));
    const other = await createApp({ ...admin.env, DEMO_KEYS_DIR: folder });
    try {
      const auth = { authorization: `Bearer ${admin.inShell}` };
      const because = { ...auth, 'x-audit-reason': 'a drill' };
      const calls = await HttpApi.listen(other);
      await calls.ask('POST', '/cache/config', { defaultTtl: 60 }, because);
      await calls.ask('DELETE', '/cache?pattern=clinics:*', undefined, auth);
      await calls.ask('GET', '/cache', undefined, auth);
    } finally {
      await other.close();
    }
    const path = join(folder, 'operators.jsonl');
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    const records = lines.map((line) => JSON.parse(line) as AuditRecord);
    rmSync(folder, { recursive: true });
    expect(records).toMatchObject([
      { kind: 'admin', template: 'configure', actor: 'admin-token', reason: 'a drill' },
      {
        kind: 'configure',
        outcome: 'changed',
        detail: 'defaultTtl: 3600 to 60',
        reason: 'a drill',
      },
      { kind: 'configure', outcome: 'done', actor: 'admin-token' },
      { kind: 'admin', template: 'clear', actor: 'admin-token' },
    ]);
    expect(lines.join()).not.toContain(admin.inShell);
  });

  it('stand in the description of the API, once, beside those of the clinic', async () => {
    const { body: described } = await api.get('/docs-json');
    const paths = Object.keys(described.paths);
    expect(described.openapi).toBe('3.1.0');
    expect(paths).toEqual(
      expect.arrayContaining(['/patients/{patientId}/records', '/cache/phi', '/cache/purge']),
    );
    expect(paths.filter((path) => path.startsWith('/cache/{'))).toEqual([]);
    expect(described.paths['/cache'].delete.security).toEqual([{ cacheToken: [] }]);
    expect(described.components.securitySchemes.cacheToken).toMatchObject({ scheme: 'bearer' });
    const references = [...JSON.stringify(described).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references)
      expect(described.components.schemas).toHaveProperty(name ?? '');
  });

  it('have a dashboard beside them', async () => {
    expect(text).toContain('http://localhost:8088/cache/dashboard');
    expect((await api.get('/cache/dashboard')).body).toContain('<title>Cache</title>');
    expect((await api.get('/cache/health/ready')).body).toEqual({
      service: 'running',
      cache: 'healthy',
    });
    expect((await api.get('/')).body).toContain('href="/cache/dashboard"');
  });
});

describe('prepareAdminToken', () => {
  it('makes another one each time, and shows it once', () => {
    const [one, other] = [prepareAdminToken({}), prepareAdminToken({ CACHE_ADMIN_TOKEN: '' })];
    expect(one.inShell).toMatch(/^[0-9a-f]{32}$/);
    expect(one.env['CACHE_ADMIN_TOKEN']).toBe(one.inShell);
    expect(other.inShell).not.toBe(one.inShell);
    expect(welcome('http://localhost:1', one).split(one.inShell)).toHaveLength(2);
  });

  it.each([
    [{ CACHE_ADMIN_TOKEN: 'a-secret-of-their-own' }, '$CACHE_ADMIN_TOKEN'],
    [{ CACHE_ADMIN_TOKEN_FILE: '/run/secrets/token' }, '$(cat "$CACHE_ADMIN_TOKEN_FILE")'],
  ])('shows where that of somebody is, and never the token: %o', (env, inShell) => {
    const admin = prepareAdminToken(env);
    expect(admin).toEqual({ env, inShell, isMade: false });
    const text = welcome('http://localhost:1', admin);
    expect(text).toContain(inShell);
    expect(text).not.toContain('a-secret-of-their-own');
  });
});
