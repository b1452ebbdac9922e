import { ageOf, cacheStatusOf, varyWith } from './cache-status.header.js';
import type { ServedValue } from './request-scopes.js';

const served = (value: Partial<ServedValue>): ServedValue => ({
  outcome: 'hit',
  tier: 'l1',
  ageMs: 0,
  freshForMs: 1_000,
  ...value,
});

describe('cacheStatusOf', () => {
  it.each<[Partial<ServedValue>, string]>([
    [{ freshForMs: 123_900 }, 'Vitalcache; hit; ttl=123; detail=l1'],
    [{ tier: 'l2', freshForMs: 0 }, 'Vitalcache; hit; ttl=0; detail=l2'],
    [{ outcome: 'stale', freshForMs: -11_001 }, 'Vitalcache; hit; ttl=-12; detail=stale-l1'],
    [{ outcome: 'stale', freshForMs: -1 }, 'Vitalcache; hit; ttl=-1; detail=stale-l1'],
    [{ outcome: 'miss', tier: null, freshForMs: 60_000 }, 'Vitalcache; fwd=miss; stored; ttl=60'],
    [{ outcome: 'miss', tier: null, freshForMs: null }, 'Vitalcache; fwd=miss'],
    [{ outcome: 'joined', tier: null, freshForMs: null }, 'Vitalcache; fwd=miss; collapsed'],
    [{ outcome: 'bypass', tier: null, freshForMs: null }, 'Vitalcache; fwd=bypass'],
    [
      { outcome: 'bypass', tier: null, freshForMs: null, reason: 'credentials' },
      'Vitalcache; fwd=bypass; detail=credentials',
    ],
  ])('writes %j', (value, member) => {
    expect(cacheStatusOf([served(value)])).toBe(member);
  });

  it('is a list that stays short', () => {
    const header = cacheStatusOf(Array.from({ length: 500 }, () => served({})));
    expect(header.split(', ')).toHaveLength(17);
    expect(header).toMatch(/, Vitalcache; detail="484 more"$/);
  });
});

describe('ageOf', () => {
  it('is that of the oldest value from the cache, in whole seconds', () => {
    const values = [served({ ageMs: 1_999 }), served({ outcome: 'stale', ageMs: 70_500 })];
    expect(ageOf([...values, served({ outcome: 'miss', ageMs: 99_000 })])).toBe(70);
  });

  it('is absent when nothing came from the cache', () => {
    expect(ageOf([served({ outcome: 'miss' }), served({ outcome: 'bypass' })])).toBeNull();
  });
});

describe('varyWith', () => {
  it.each([
    [undefined, ['Cookie'], 'Cookie'],
    ['Origin, accept-encoding', ['Cookie', 'ORIGIN'], 'ORIGIN, accept-encoding, Cookie'],
    ['*', ['Cookie'], '*'],
    ['Origin', ['*'], '*'],
  ])('adds to %s', (present, names, header) => {
    expect(varyWith(present, names)).toBe(header);
  });
});
