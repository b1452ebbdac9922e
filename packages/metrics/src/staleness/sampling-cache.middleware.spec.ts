import { CACHE_DEFAULTS, resolveOptions, type CacheOperation } from '@vitalcache/core';

import { KeyReservoir } from './key.reservoir.js';
import { SamplingCacheMiddleware } from './sampling-cache.middleware.js';

const read: CacheOperation = {
  kind: 'read',
  key: 'users:7',
  keys: [],
  tags: [],
  pattern: null,
  template: 'users:{id}',
  options: resolveOptions({}, CACHE_DEFAULTS),
  strategy: 'standard',
  isWarming: false,
};
const HIT = { outcome: 'hit', tier: 'l2' } as const;

describe('SamplingCacheMiddleware', () => {
  let reservoir: KeyReservoir;
  let middleware: SamplingCacheMiddleware;
  beforeEach(() => {
    reservoir = new KeyReservoir(4, Math.random);
    middleware = new SamplingCacheMiddleware(reservoir);
    middleware.isSampling = true;
  });
  const run = (operation: Partial<CacheOperation>, result: object = HIT) =>
    middleware.handle({ ...read, ...operation }, () => Promise.resolve(result as typeof HIT));

  it.each(['hit', 'stale'])('takes a read that ended as %s', async (outcome) => {
    await run({}, { outcome, tier: 'l2' });
    expect(reservoir.draw()).toEqual({ key: 'users:7', template: 'users:{id}' });
  });

  it('takes a hit of the shortest way', () => {
    middleware.onFreshHit('users:{id}', 'standard', 'users:7');
    expect(reservoir.draw()).toEqual({ key: 'users:7', template: 'users:{id}' });
  });

  const protectedOptions = { ...read.options, containsPHI: true } as CacheOperation['options'];
  it.each<[string, Partial<CacheOperation>, object]>([
    ['a miss', {}, { outcome: 'miss', tier: null }],
    ['a bypass', {}, { outcome: 'bypass', tier: null }],
    ['a read of protected data', { options: protectedOptions }, HIT],
    ['a get, of which it is not known what it reads', { kind: 'get', options: null }, HIT],
    ['a set', { kind: 'set' }, HIT],
    ['a batch', { key: null, keys: ['users:7'] }, HIT],
    ['a warm-up', { isWarming: true }, HIT],
  ])('leaves out %s', async (_, operation, result) => {
    await run(operation, result);
    expect(reservoir.length).toBe(0);
  });

  it('takes nothing while nobody wants it', async () => {
    middleware.isSampling = false;
    await run({});
    middleware.onFreshHit('users:{id}', 'standard', 'users:7');
    expect(reservoir.length).toBe(0);
  });

  it('passes results and errors on as they are', async () => {
    expect(await run({}, HIT)).toBe(HIT);
    const error = new Error('of the loader');
    await expect(middleware.handle(read, () => Promise.reject(error))).rejects.toBe(error);
  });
});
