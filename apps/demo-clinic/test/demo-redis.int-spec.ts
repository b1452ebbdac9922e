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
