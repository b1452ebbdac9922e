import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeWithRedis } from '@vitalcache/testing';

import { DemoApi } from './demo-api.js';
import { describeJourney } from './demo-journey.js';

const NOWHERE = { CACHE_PROVIDER: 'redis', REDIS_HOST: '127.0.0.1', REDIS_PORT: '1' };

describeWithRedis('the demo on Redis', (store) => {
  const open = (): Promise<DemoApi> =>
    DemoApi.open({
      CACHE_PROVIDER: 'redis',
      REDIS_URL: store().url,
      CACHE_NAMESPACE: `${store().prefix}-demo`,
    });
  describeJourney(open);

  it('shares what is sealed between processes with one folder of keys, until one of them deletes it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'demo-shared-'));
    const env = {
      CACHE_PROVIDER: 'redis',
      REDIS_URL: store().url,
      CACHE_NAMESPACE: `${store().prefix}-shared`,
      DEMO_KEYS_DIR: folder,
    };
    const one = await DemoApi.open({ ...env, PORT: '1' });
    const other = await DemoApi.open({ ...env, PORT: '2' });
    try {
      const records = '/patients/patient-000008/records';
      const { body } = await one.get(records);
      const shared = await other.get(records);
      expect(shared.cache).toMatch(/hit; .*detail=l2/);
      expect(shared.body).toEqual(body);
      const erasure = '/patients/patient-000008/erasure';
      expect((await one.ask('POST', erasure, { reason: 'asked for' })).status).toBe(200);
      // Each has a database of its own here, so that the other one still finds the patient, but not in the cache.
      expect((await other.get(records)).cache).toMatch(/fwd=miss/);
    } finally {
      await Promise.all([one.close(), other.close()]);
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});

describe('the demo without its store', () => {
  it('starts, answers from the database, and says that it is critical', async () => {
    const api = await DemoApi.open(NOWHERE);
    try {
      const [first, second] = [
        await api.get('/patients/patient-000001'),
        await api.get('/patients/patient-000001'),
      ];
      expect([first.status, second.status]).toEqual([200, 200]);
      const change = await api.ask('PATCH', '/patients/patient-000001', {
        phone: '+49 30 23125 900',
      });
      expect((await api.get('/patients/patient-000001')).body).toEqual(change.body);
      expect((await api.get('/health')).body).toMatchObject({
        status: 'critical',
        connectionStatus: false,
      });
    } finally {
      await api.close();
    }
  }, 60_000);
});
