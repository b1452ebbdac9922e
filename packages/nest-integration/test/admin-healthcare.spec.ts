import {
  generateKeyring,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
  type AccessContext,
  type AuditEvent,
} from '@vitalcache/healthcare-phi';
import { metricsPlugin } from '@vitalcache/metrics';

import { CacheService } from '../src/index.js';
import { closeAll, PLATFORMS, startControllers, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

jest.setTimeout(30_000);

const TOKEN = 'the-admin-token-of-this-test';
const DOCTOR: AccessContext = { tenant: 'default', actor: 'dr-grey', roles: [], purpose: 'TREAT' };

describe.each(PLATFORMS)('the administration of healthcare data on %s', (platform) => {
  afterEach(closeAll);

  async function start() {
    const recorded: AuditEvent[] = [];
    const plugin = healthcarePlugin({
      keyring: Keyring.parse(generateKeyring()),
      keyStore: new MemoryKeyStore(),
      audit: { record: async (event) => void recorded.push(event) },
      // As an application with logins has it: whoever has none is nobody.
      resolveAccess: () => null,
      authorize: () => true,
      reportsUndeclared: false,
      logger: new LogLines(),
    });
    const options = testOptions({ admin: { token: TOKEN }, plugins: [metricsPlugin(), plugin] });
    const { app, url } = await startControllers(platform, [], options);
    const cache = app.get(CacheService);
    let loads = 0;
    const read = (patient: string): Promise<number> =>
      runWithAccess(DOCTOR, () =>
        cache.cache(`patient:${patient}:records`, async () => ++loads, { containsPHI: true }),
      );
    const call = async (path: string, method = 'GET', reason?: string) => {
      const headers = {
        Authorization: `Bearer ${TOKEN}`,
        ...(reason !== undefined && { 'X-Audit-Reason': reason }),
      };
      const response = await fetch(`${url}${path}`, { method, headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    return { recorded, read, call };
  }

  it('clears it with a reason, recorded before, and tells counts', async () => {
    const { recorded, read, call } = await start();
    expect([await read('4711'), await read('4711'), await read('4712')]).toEqual([1, 1, 2]);
    expect((await call('/cache/phi', 'DELETE')).status).toBe(400);
    expect(await read('4711')).toBe(1);
    const { status, body } = await call('/cache/phi', 'DELETE', 'practice closed');
    expect([status, body]).toEqual([200, { removed: expect.any(Number), recorded: true }]);
    expect([await read('4711'), await read('4712')]).toEqual([3, 4]);
    const clears = recorded.filter(({ event }) => event === 'clear');
    expect(clears[0]).toMatchObject({
      actor: 'admin-token',
      detail: { act: 'requested', reason: 'practice closed' },
    });
    expect(JSON.stringify(body)).not.toContain('4711');
  });

  it('tells hits by kind, purges, and describes both actions', async () => {
    const { read, call } = await start();
    await read('4711');
    await read('4711');
    const { body } = await call('/cache');
    expect(body['healthcare']).toMatchObject({ totalHits: 1, totalMisses: 1 });
    expect(JSON.stringify(body)).not.toContain('4711');
    expect((await call('/cache/purge', 'POST')).status).toBe(200);
    const described = (await call('/cache/openapi')).body as { paths: Record<string, object> };
    expect(Object.keys(described.paths['/cache/purge'] ?? {})).toEqual(['post']);
  });

  it('does not let a pattern reach patients without an access context, and says what does', async () => {
    const { read, call } = await start();
    await read('4711');
    const cases: readonly [string, number, string][] = [
      ['patient:4711*', 400, 'PATTERN_INVALID'],
      ['patient:4711:*', 403, 'ACCESS_MISSING'],
    ];
    for (const [pattern, status, code] of cases) {
      const answer = await call(`/cache?pattern=${pattern}`, 'DELETE');
      expect(answer).toMatchObject({ status, body: { status, code } });
      if (status === 403) expect(answer.body['detail']).toContain('DELETE /cache/phi');
      expect(JSON.stringify(answer)).not.toContain('4711');
      expect(await read('4711')).toBe(1);
    }
  });
});
