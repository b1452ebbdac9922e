import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  generateKeyring,
  healthcarePlugin,
  HealthcareCacheService,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
  type AuditEvent,
} from '@vitalcache/healthcare-phi';
import { metricsPlugin } from '@vitalcache/metrics';

import { CacheModule } from '../../src/index.js';
import { closeAll, startHttp, testOptions } from '../support/apps.js';
import { LogLines } from '../support/log-lines.js';
import { DOCTOR } from './samples.app.js';

afterEach(closeAll);

const TOKEN = 'the-token-of-the-curl-lines';

interface CurlLine {
  readonly line: string;
  readonly method: string;
  readonly path: string;
}

const LINES: readonly CurlLine[] = readFileSync(
  join(__dirname, 'document/28-debugging-tools-2.txt'),
  'utf8',
)
  .split('\n')
  .filter((line) => line.startsWith('curl '))
  .map((line) => ({
    line,
    method: /-X (\w+)/.exec(line)?.[1] ?? 'GET',
    path: /http:\/\/localhost:8088([^"\s]*)/.exec(line)?.[1] ?? '',
  }));

/** What each of them answers, in the order of the document. */
const ANSWERS = [
  { stats: expect.anything(), health: expect.anything(), provider: expect.anything() },
  { status: expect.any(String), connectionStatus: true },
  { totalRequests: expect.any(Number), cacheHitRate: expect.any(Number) },
  { recorded: true, stamp: expect.any(Number) },
  { recorded: true },
  { warmed: expect.any(Number), skipped: expect.any(Number), failed: 0 },
] as const;

describe('the curl lines of the document, with an Authorization header', () => {
  async function start() {
    const audit: AuditEvent[] = [];
    const plugins = [
      metricsPlugin({ alerts: false, staleness: false }),
      healthcarePlugin({
        keyring: Keyring.parse(generateKeyring()),
        keyStore: new MemoryKeyStore(),
        audit: { record: async (event) => void audit.push(event) },
        logger: new LogLines(),
      }),
    ];
    const options = testOptions({ admin: { token: TOKEN }, plugins });
    const { app, url } = await startHttp('express', { imports: [CacheModule.forRoot(options)] });
    const call = async (
      { method, path }: CurlLine,
      headers: Record<string, string> = { 'X-Audit-Reason': 'a drill' },
    ) => {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { Authorization: `Bearer ${TOKEN}`, ...headers },
      });
      return { status: answer.status, body: (await answer.json()) as object };
    };
    return { cache: app.get(HealthcareCacheService), audit, call, url };
  }

  it('are six', () => expect(LINES).toHaveLength(ANSWERS.length));

  it.each(LINES.map((one, index) => ({ ...one, answer: ANSWERS[index] })))(
    'answers $line',
    async ({ answer, ...line }) => {
      const { call } = await start();
      const { status, body } = await call(line);
      expect(body).toMatchObject(answer ?? {});
      expect([200, 201]).toContain(status);
    },
  );

  it('clears by pattern, and all PHI with a reason alone', async () => {
    const { cache, call } = await start();
    const [pattern, phi] = LINES.filter(({ method }) => method === 'DELETE') as [
      CurlLine,
      CurlLine,
    ];
    let calls = 0;
    const users = () => cache.cache('users:7', () => ++calls);
    const records = () =>
      runWithAccess(DOCTOR, () => cache.cachePatientRecords('p', 'c', () => ++calls));
    expect([await users(), await records()]).toEqual([1, 2]);
    await call(pattern);
    expect([await users(), await records()]).toEqual([3, 2]);
    expect((await call(phi, {})).status).toBe(400);
    expect(await records()).toBe(2);
    await call(phi);
    expect([await users(), await records()]).toEqual([3, 4]);
  });
});
