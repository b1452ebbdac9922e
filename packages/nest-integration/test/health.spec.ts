import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { CacheService } from '@vitalcache/core';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

import { CacheHealthIndicator, CacheHealthService, CacheModule } from '../src/index.js';
import { closeAll, PLATFORMS, startControllers, startHttp, testOptions } from './support/apps.js';

/** A store that a test takes away, with a line that would name it. */
class FragileProvider extends MemoryCacheProvider {
  isDown = false;

  override async status() {
    const status = await super.status();
    return { ...status, connected: !this.isDown };
  }
}

const FIELDS = ['connectionStatus', 'hitRate', 'lastHealthCheck', 'memoryUsage', 'status'];

async function ask(url: string, path: string) {
  const response = await fetch(`${url}${path}`);
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

/** An answer is kept for half a second. */
const forgotten = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 550));

describe.each(PLATFORMS)('health on %s', (platform) => {
  afterEach(closeAll);

  it('is open, has five fields and nothing else, and is 200 also when critical', async () => {
    const provider = new FragileProvider();
    const { url } = await startControllers(platform, [], testOptions({ provider }));
    const good = await ask(url, '/cache/health');
    expect(good.status).toBe(200);
    expect(Object.keys(good.body).sort()).toEqual(FIELDS);
    expect(good.body).toMatchObject({ status: 'healthy', connectionStatus: true });
    expect(good.headers.get('cache-control')).toBe('no-store');
    provider.isDown = true;
    await forgotten();
    const bad = await ask(url, '/cache/health');
    expect(bad.status).toBe(200);
    expect(Object.keys(bad.body).sort()).toEqual(FIELDS);
    expect(bad.body).toMatchObject({ status: 'critical', connectionStatus: false });
    const strict = await ask(url, '/cache/health?strict=1');
    expect([strict.status, strict.body['status']]).toEqual([503, 'critical']);
    expect((await ask(url, '/cache/health?strict=0')).status).toBe(200);
  });

  it('asks the store once for many who ask', async () => {
    const provider = new FragileProvider();
    const { url } = await startControllers(platform, [], testOptions({ provider }));
    const asked = jest.spyOn(provider, 'status');
    await Promise.all(Array.from({ length: 50 }, () => ask(url, '/cache/health')));
    expect(asked.mock.calls.length).toBeLessThan(25); // how many half seconds it takes depends on the machine
  });

  it('tells a cache that is down from a service that is', async () => {
    const provider = new FragileProvider();
    const { app, url } = await startControllers(platform, [], testOptions({ provider }));
    provider.isDown = true;
    for (const path of ['/cache/health/live', '/cache/health/ready']) {
      const answer = await ask(url, path);
      expect([answer.status, answer.body]).toEqual([
        200,
        { service: 'running', cache: 'critical' },
      ]);
    }
    app.get(CacheHealthService).beforeApplicationShutdown();
    expect((await ask(url, '/cache/health/live')).status).toBe(200);
    const ready = await ask(url, '/cache/health/ready');
    expect([ready.status, ready.body]).toEqual([503, { service: 'stopping', cache: 'critical' }]);
  });

  it('serves what terminus asks', async () => {
    @Controller('probe')
    class ProbeController {
      constructor(
        @Inject(HealthCheckService) private readonly health: HealthCheckService,
        @Inject(CacheHealthIndicator) private readonly cache: CacheHealthIndicator,
      ) {}

      @Get('live')
      @HealthCheck()
      live() {
        return this.health.check([() => this.cache.isLive('store')]);
      }

      @Get('ready')
      @HealthCheck()
      ready() {
        return this.health.check([() => this.cache.isReady()]);
      }

      @Get('strict')
      @HealthCheck()
      strict() {
        return this.health.check([() => this.cache.isReady('cache', { needsCache: true })]);
      }
    }
    const provider = new FragileProvider();
    const { url } = await startHttp(platform, {
      imports: [
        CacheModule.forRoot(testOptions({ provider })),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [ProbeController],
    });
    provider.isDown = true;
    await forgotten();
    const [live, ready, strict] = await Promise.all(
      ['live', 'ready', 'strict'].map((path) => ask(url, `/probe/${path}`)),
    );
    expect(live).toMatchObject({
      status: 200,
      body: { status: 'ok', info: { store: { status: 'up', cache: 'critical' } } },
    });
    expect(ready).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(strict).toMatchObject({
      status: 503,
      body: { status: 'error', error: { cache: { status: 'down', cache: 'critical' } } },
    });
  });
});

describe('CacheHealthService', () => {
  it('is not ready before the application has started', async () => {
    const health = new CacheHealthService(new CacheService(new MemoryCacheProvider()));
    expect(await health.readiness()).toMatchObject({ isUp: false, service: 'starting' });
    expect(await health.liveness()).toMatchObject({ isUp: true });
    health.onApplicationBootstrap();
    expect(await health.readiness()).toMatchObject({ isUp: true, service: 'running' });
  });
});
