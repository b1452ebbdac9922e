import { closeAll } from '../support/apps.js';
import * as sample from './monitoring.sample.js';
import { startHealthcare } from './samples.app.js';

afterEach(closeAll);

/** The members that an interface of the document names, with their types as words. */
const membersIn = {
  CacheStats: { hits: 'number', misses: 'number', hitRate: 'number', timestamp: 'string' },
  HealthcareCacheMetrics: {
    patientCacheHits: 'number',
    appointmentCacheHits: 'number',
    doctorCacheHits: 'number',
    emergencyCacheHits: 'number',
    totalHits: 'number',
    totalMisses: 'number',
    hitRate: 'number',
  },
  PerformanceMetrics: {
    totalRequests: 'number',
    successfulRequests: 'number',
    failedRequests: 'number',
    averageResponseTime: 'number',
    p95ResponseTime: 'number',
    p99ResponseTime: 'number',
    cacheHitRate: 'number',
    memoryUsage: 'number',
    connectionPoolUtilization: 'number',
    throughput: 'number',
    errorRate: 'number',
    timestamp: 'Date',
  },
  CacheHealth: {
    status: 'string',
    memoryUsage: 'number',
    hitRate: 'number',
    connectionStatus: 'boolean',
    lastHealthCheck: 'Date',
  },
};

const typesOf = (value: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      member instanceof Date ? 'Date' : typeof member,
    ]),
  );

describe('the monitoring interfaces', () => {
  async function start() {
    const { cache, asDoctor } = await startHealthcare([]);
    for (let i = 0; i < 2; i++) {
      await asDoctor(() => cache.cachePatientRecords('patient-1', 'clinic-1', () => ({})));
    }
    return cache;
  }

  it('CacheStats are what getCacheStats gives', async () => {
    const stats = sample.stats(await (await start()).getCacheStats());
    expect(typesOf(stats)).toEqual(membersIn.CacheStats);
    expect(stats).toMatchObject({ hits: 1, misses: 1, hitRate: 0.5 });
    expect(new Date(stats.timestamp).toISOString()).toBe(stats.timestamp);
  });

  it('HealthcareCacheMetrics are what getHealthcareCacheMetrics gives', async () => {
    const metrics = sample.healthcare(await (await start()).getHealthcareCacheMetrics());
    expect(typesOf(metrics)).toEqual(membersIn.HealthcareCacheMetrics);
    expect(metrics).toMatchObject({
      patientCacheHits: 1,
      totalHits: 1,
      totalMisses: 1,
      hitRate: 0.5,
    });
  });

  it('PerformanceMetrics are what getCacheMetrics gives', async () => {
    const metrics = sample.performance(await (await start()).getCacheMetrics());
    expect(typesOf(metrics)).toEqual(membersIn.PerformanceMetrics);
    expect(metrics).toMatchObject({ totalRequests: 2, cacheHitRate: 0.5, errorRate: 0 });
  });

  it('CacheHealth is what getCacheHealth gives', async () => {
    const health = sample.health(await (await start()).getCacheHealth());
    expect(typesOf(health)).toEqual(membersIn.CacheHealth);
    expect(['healthy', 'warning', 'critical']).toContain(health.status);
  });
});
