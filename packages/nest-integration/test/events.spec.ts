import { Injectable } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { tellAlert, type ICacheProvider } from '@vitalcache/core';
import {
  generateKeyring,
  HealthcareCacheService,
  healthcarePlugin,
  Keyring,
  MemoryKeyStore,
  runWithAccess,
} from '@vitalcache/healthcare-phi';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';
import { SWRCacheStrategy } from '@vitalcache/swr';
import { FakeClock } from '@vitalcache/testing';

import {
  CacheModule,
  CacheService,
  type CacheEventPayload,
  type CacheModuleOptions,
} from '../src/index.js';
import { closeAll, startModule, testOptions } from './support/apps.js';
import { fakeProvider } from './support/fake-provider.js';

afterEach(closeAll);

type Heard = readonly [name: string, payload: CacheEventPayload];

@Injectable()
class Listener {
  readonly heard: Heard[] = [];

  @OnEvent('cache.*')
  note(this: Listener & { event?: string }, payload: CacheEventPayload): void {
    this.heard.push(['', payload]);
  }
}

async function start(options: CacheModuleOptions = testOptions()) {
  const module = await startModule({
    imports: [EventEmitterModule.forRoot({ wildcard: true }), CacheModule.forRoot(options)],
    providers: [Listener],
  });
  const heard: Heard[] = [];
  module.get(EventEmitter2).on('cache.**', function (this: { event: string }, payload) {
    heard.push([this.event, payload as CacheEventPayload]);
  });
  const listener = module.get(Listener);
  return { module, cache: module.get(CacheService), heard, listener };
}

describe('events of @nestjs/event-emitter', () => {
  it('tell of misses, stores, hits and invalidations, with template, tier, ms and reason alone', async () => {
    const { cache, heard, listener } = await start();
    const load = () => ({ secret: 'value' });
    await cache.cache('rows:key-7', load, { template: 'rows:{id}', tags: ['tag-7'] });
    await cache.settled();
    await cache.cache('rows:key-7', load, { template: 'rows:{id}' });
    await cache.invalidateCacheByTag('tag-7');
    const ms = expect.any(Number) as number;
    expect(heard).toEqual([
      ['cache.set', { template: 'rows:{id}', tier: null, ms, reason: null }],
      ['cache.miss', { template: 'rows:{id}', tier: null, ms, reason: null }],
      ['cache.hit', { template: 'rows:{id}', tier: 'l1', ms, reason: null }],
      ['cache.invalidated', { template: 'unnamed', tier: null, ms, reason: null }],
    ]);
    expect(listener.heard).toHaveLength(4);
    expect(JSON.stringify(heard)).not.toMatch(/key-7|tag-7|secret|value/);
  });

  it('tell of stale values', async () => {
    const clock = new FakeClock();
    const provider = new MemoryCacheProvider({ now: clock.now });
    const strategies = [new SWRCacheStrategy()];
    const { cache, heard } = await start(testOptions({ provider, strategies, clock }));
    const options = { ttl: 60, staleTime: 10, jitterRatio: 0 };
    await cache.cache('key', () => 1, options);
    await cache.settled();
    clock.advance(20_000);
    await cache.cache('key', () => 2, options);
    expect(heard.map(([name]) => name)).toContain('cache.stale');
  });

  it('tell of faults, breakers and alerts in words of the code', async () => {
    const failing: ICacheProvider = fakeProvider({
      get: () => Promise.reject(new Error('user:7 is gone')),
    });
    const { cache, heard } = await start(
      testOptions({ provider: failing, breaker: { threshold: 1, timeoutMs: 60_000 } }),
    );
    await cache.cache('key', () => 1);
    tellAlert('test', 'hit-rate', 'firing', '0.1 is below 0.5');
    tellAlert('another', 'hit-rate', 'firing', 'none of ours');
    const reasonsOf = (event: string) =>
      heard.filter(([name]) => name === event).map(([, { reason }]) => reason);
    expect(reasonsOf('cache.error')[0]).toMatch(/^[a-z-]+(: [A-Za-z_]+)?$/);
    expect(reasonsOf('cache.breaker')).toContain('fake: open');
    expect(reasonsOf('cache.alert')).toEqual(['hit-rate firing: 0.1 is below 0.5']);
    expect(JSON.stringify(heard)).not.toContain('user:7');
  });

  it('name nobody where data is protected', async () => {
    const plugin = healthcarePlugin({
      keyring: Keyring.parse(generateKeyring()),
      keyStore: new MemoryKeyStore(),
      audit: { record: async () => undefined },
    });
    const { cache, heard } = await start(testOptions({ plugins: [plugin] }));
    const who = { tenant: 'default', actor: 'ada', roles: [], purpose: 'TREAT' } as const;
    await runWithAccess(who, async () => {
      const records = cache as unknown as HealthcareCacheService;
      for (let i = 0; i < 2; i++) {
        await records.cachePatientRecords('patient-77', 'clinic-5', () => 'diabetes');
      }
      await records.invalidatePatientCache('patient-77', 'clinic-5');
    });
    expect(heard.map(([name]) => name)).toEqual(
      expect.arrayContaining(['cache.miss', 'cache.hit', 'cache.invalidated']),
    );
    expect(JSON.stringify(heard)).not.toMatch(/patient-77|clinic-5|diabetes/);
  });

  it('end with the application, and a listener that throws harms nobody', async () => {
    const { module, cache, heard } = await start();
    module.get(EventEmitter2).on('cache.miss', () => {
      throw new Error('listener');
    });
    expect(await cache.cache('key', () => 1)).toBe(1);
    await module.close();
    const before = heard.length;
    tellAlert('test', 'hit-rate', 'firing', 'after the end');
    expect(heard).toHaveLength(before);
  });

  it('are not there with events: false, nor without the emitter', async () => {
    const { cache, heard } = await start(testOptions({ events: false }));
    await cache.cache('key', () => 1);
    expect(heard).toEqual([]);
    const options = testOptions({ provider: new MemoryCacheProvider(), namespace: 'other' });
    await startModule({ imports: [CacheModule.forRoot(options)] });
  });
});
