import { Controller, Get, Injectable, Param } from '@nestjs/common';
import { describeWithRedis } from '@vitalcache/testing';

import { Cache, CacheModule, CacheService } from '../src/index.js';
import { closeAll, startHttp } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

let version = 1;

@Injectable()
class Names {
  @Cache({ keyTemplate: 'name:{id}', tags: ['name:{id}'] })
  async name(id: string) {
    return `${id} v${version}`;
  }
}

@Controller()
class NamesController {
  constructor(private readonly names: Names) {}

  @Get('names/:id')
  name(@Param('id') id: string) {
    return this.names.name(id);
  }
}

describeWithRedis('CacheModule on Redis', (store) => {
  afterEach(closeAll);

  async function start(lines = new LogLines()) {
    const { url, prefix } = store();
    const env = { CACHE_PROVIDER: 'redis', REDIS_URL: url, CACHE_NAMESPACE: `${prefix}nest` };
    const { app, url: address } = await startHttp('fastify', {
      imports: [CacheModule.forRoot({ env, logger: lines })],
      controllers: [NamesController],
      providers: [Names],
    });
    const ask = async () => {
      const response = await fetch(`${address}/names/7`);
      await app.get(CacheService).settled();
      return [await response.text(), response.headers.get('cache-status')];
    };
    return { cache: app.get(CacheService), ask, lines };
  }

  it('is chosen by CACHE_PROVIDER alone, and says so', async () => {
    const { lines } = await start();
    expect(lines.warnings).toEqual([]);
    expect(lines.logs).toEqual([
      expect.stringMatching(/^provider redis, standalone \(connected\)/),
    ]);
  });

  it('shares values between applications, and invalidations, too', async () => {
    const [one, two] = [await start(), await start()];
    expect(await one.ask()).toEqual(['7 v1', expect.stringMatching(/fwd=miss; stored/)]);
    expect(await two.ask()).toEqual(['7 v1', expect.stringMatching(/hit; .*detail=l2/)]);
    expect(await two.ask()).toEqual(['7 v1', expect.stringMatching(/hit; .*detail=l1/)]);
    version = 2;
    const { stamp, recorded } = await one.cache.invalidateCacheByTag('name:7');
    expect(recorded).toBe(true);
    expect(await two.cache.waitFor(stamp)).toBe(true);
    expect(await two.ask()).toEqual(['7 v2', expect.stringMatching(/fwd=miss/)]);
    expect(await one.ask()).toEqual(['7 v2', expect.stringMatching(/hit/)]);
  });
});
