import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Injectable } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { providerPackage } from '@vitalcache/provider-memory';

import { CacheModule, CacheService, type CacheModuleOptions } from '../src/index.js';
import { closeAll, startModule } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'vitalcache-config-'));
const before = { ...process.env };

afterEach(closeAll);
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function configured(text: string) {
  const envFilePath = join(folder, `${Math.random()}.env`);
  writeFileSync(envFilePath, text);
  return ConfigModule.forRoot({ envFilePath, ignoreEnvVars: true });
}

describe('CacheModule.forRootAsync with @nestjs/config', () => {
  it('takes options from the configuration of the application', async () => {
    const module = await startModule({
      imports: [
        CacheModule.forRootAsync({
          imports: [configured('CLINIC=north\nCACHE_TTL_MS=60000\n')],
          inject: [ConfigService],
          useFactory: (config: ConfigService): CacheModuleOptions => ({
            provider: providerPackage,
            namespace: config.getOrThrow<string>('CLINIC'),
            defaults: { ttlMs: Number(config.getOrThrow('CACHE_TTL_MS')) },
            env: {},
            logger: new LogLines(),
          }),
        }),
      ],
    });
    const cache = module.get(CacheService);
    expect(cache.namespace).toBe('north');
    await cache.cache('k', async () => 1, { jitterRatio: 0 });
    await cache.settled();
    const { expiresInMs } = await cache.explain('k');
    expect(expiresInMs).toBeGreaterThan(50_000);
    expect(expiresInMs).toBeLessThanOrEqual(60_000);
  });

  it('reads the variables that the configuration loaded from a file', async () => {
    const lines = new LogLines();
    const module = await startModule({
      imports: [
        CacheModule.forRootAsync({
          imports: [configured('CACHE_PROVIDER=memory\nCACHE_NAMESPACE=south\n')],
          inject: [ConfigService],
          useFactory: () => ({ logger: lines }),
        }),
      ],
    });
    expect(module.get(CacheService).namespace).toBe('south');
    expect(lines.logs.join()).toMatch(/provider memory \(connected\)/);
  });

  it('explains what is wrong with them in one line', async () => {
    const wrong = startModule({
      imports: [
        CacheModule.forRootAsync({
          imports: [configured('CACHE_PROVIDER=memory\nCACHE_DEFAULT_TTL=soon\n')],
          inject: [ConfigService],
          useFactory: () => ({ logger: new LogLines() }),
        }),
      ],
    });
    await expect(wrong).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/CACHE_DEFAULT_TTL/),
    });
  });

  it('takes a class that makes the options', async () => {
    @Injectable()
    class Options {
      createCacheOptions(): CacheModuleOptions {
        return { provider: providerPackage, namespace: 'class', env: {}, logger: new LogLines() };
      }
    }
    const module = await startModule({
      imports: [CacheModule.forRootAsync({ useClass: Options })],
    });
    expect(module.get(CacheService).namespace).toBe('class');
  });
});
