import { randomUUID } from 'node:crypto';

import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { SWRCacheStrategy } from '@vitalcache/swr';
import { describeWithRedis } from '@vitalcache/testing';

import { tracingPlugin } from '../src/export/opentelemetry.js';
import { outline, RecordedSpans } from './support/recorded-spans.js';

/** Marks of a person: none of them may be in any span. */
const SECRETS = ['4711', 'Ada', 'tenant-9'];
const OPTIONS = {
  template: 'patient:{id}',
  tags: ['patient:4711'],
  tenant: 'tenant-9',
  ttl: 60,
  staleTime: 30,
};

describeWithRedis('tracingPlugin on Redis', (store) => {
  let spans: RecordedSpans;
  let cache: CacheService;
  let key: string;

  beforeEach(async () => {
    spans = new RecordedSpans();
    key = `patient:4711:${randomUUID()}`;
    cache = new CacheService(new RedisCacheProvider(new RedisService({ url: store().url })), {
      namespace: `tracing-${randomUUID().slice(0, 8)}`,
      strategies: [new SWRCacheStrategy()],
      plugins: [tracingPlugin({ tracerProvider: spans.provider })],
    });
    await cache.start();
  });
  afterEach(async () => {
    await cache.close();
    const everything = JSON.stringify(
      spans.all.map(({ name, attributes, events, status, links }) => [
        name,
        attributes,
        events,
        status,
        links.map((link) => link.attributes),
      ]),
    );
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
    await spans.close();
  });

  it('shows a cold read as a tree: read, and inside it lease, load and write', async () => {
    const tracer = spans.provider.getTracer('application');
    const load = () =>
      tracer.startActiveSpan('SELECT', async (span) => {
        span.end();
        return { name: 'Ada' };
      });
    await cache.cache(key, load, OPTIONS);
    await cache.settled();
    expect(spans.trees.map(outline)).toEqual([
      ['cache.read', ['cache.lease', ['cache.load', ['SELECT']], 'cache.write']],
    ]);
    const [read] = spans.trees;
    const [lease, loading, write] = read?.children ?? [];
    const labels = { 'vitalcache.template': 'patient:{id}', 'vitalcache.level': 'standard' };
    expect(read?.attributes).toEqual({
      ...labels,
      'vitalcache.operation': 'read',
      'vitalcache.strategy': 'swr',
      'vitalcache.outcome': 'miss',
    });
    const redis = { 'db.system.name': 'redis' };
    const mine = { 'vitalcache.operation': 'lease', 'vitalcache.outcome': 'mine' };
    expect(lease?.attributes).toEqual({ ...labels, ...redis, ...mine });
    const loaded = { 'vitalcache.operation': 'load', 'vitalcache.outcome': 'loaded' };
    expect(loading?.attributes).toEqual({ ...labels, ...loaded });
    const stored = { 'vitalcache.operation': 'write', 'vitalcache.outcome': 'stored' };
    expect(write?.attributes).toEqual({ ...labels, ...redis, ...stored });
  });

  it('shows a hit, of either tier, as one span', async () => {
    await cache.cache(key, () => 1, OPTIONS);
    await cache.settled();
    spans.clear();
    await cache.cache(key, () => 2, OPTIONS);
    await cache.get(key);
    expect(spans.trees.map(outline)).toEqual(['cache.read', 'cache.get']);
    expect(spans.trees[0]?.attributes).toMatchObject({
      'vitalcache.outcome': 'hit',
      'vitalcache.tier': 'l1',
    });
  });

  it('shows a refresh as a trace of its own that names the read which asked for it', async () => {
    const soon = { ...OPTIONS, staleTime: 0 };
    await cache.cache(key, () => 1, soon);
    await cache.settled();
    spans.clear();
    await cache.cache(key, () => 2, soon);
    await cache.settled();
    expect(spans.trees.map(outline).sort()).toEqual([
      'cache.read',
      ['cache.refresh', ['cache.lease', 'cache.load', 'cache.write']],
    ]);
    const named = (name: string) => spans.all.find((span) => span.name === name);
    const refresh = named('cache.refresh');
    const read = named('cache.read');
    expect(refresh?.attributes).toMatchObject({ 'vitalcache.outcome': 'changed' });
    expect(refresh?.links.map(({ context }) => context.spanId)).toEqual([
      read?.spanContext().spanId,
    ]);
    expect(refresh?.spanContext().traceId).not.toBe(read?.spanContext().traceId);
  });

  it('shows what waits for another process: its lease, and no load', async () => {
    const other = new CacheService(new RedisCacheProvider(new RedisService({ url: store().url })), {
      namespace: (await cache.status()).namespace,
    });
    await other.start();
    let finish = (): void => undefined;
    const first = other.cache(
      key,
      () => new Promise((resolve) => (finish = () => resolve(1))),
      OPTIONS,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = cache.cache(key, () => 2, OPTIONS);
    await new Promise((resolve) => setTimeout(resolve, 50));
    finish();
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    await other.close();
    expect(spans.trees.map(outline)).toEqual([['cache.read', ['cache.lease']]]);
    expect(spans.trees[0]?.attributes).toMatchObject({ 'vitalcache.outcome': 'hit' });
    expect(spans.trees[0]?.children[0]?.attributes).toMatchObject({
      'vitalcache.outcome': 'found',
    });
    expect((await cache.status()).counts).toMatchObject({ waited: 1, loads: 0 });
  });

  it('says of a loader that fails what kind of thing happened, not what it said', async () => {
    const failing = cache.cache(
      key,
      () => Promise.reject(new Error('no such patient: Ada')),
      OPTIONS,
    );
    await expect(failing).rejects.toThrow('Ada');
    await cache.settled();
    for (const name of ['cache.read', 'cache.load']) {
      const span = spans.all.find((one) => one.name === name);
      expect(span?.status).toEqual({ code: 2 });
      expect(span?.attributes).toMatchObject({
        'error.type': '_OTHER',
        'vitalcache.outcome': 'failed',
      });
      expect(span?.events).toEqual([]);
    }
  });
});
