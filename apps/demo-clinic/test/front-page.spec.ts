import { join } from 'node:path';

interface CacheFacts {
  outcome: string;
  age: number | null;
  ttl: number | null;
  staleFor: number | null;
  detail: string;
  stored: boolean;
  shared: boolean;
}
interface Answer {
  body: { version: number };
  cache: { outcome: string };
  ms: number;
}
interface HammerTask {
  read(): Promise<Answer>;
  write(patch: { phone: string }): Promise<Answer>;
  phone: string;
  onProgress(): void;
}

// The page's scripts are plain JavaScript for the browser: loaded by a path that the compiler does not follow.
const load = (name: string): Promise<unknown> => import(join(__dirname, '../public/js', name));

describe('cache-status.js', () => {
  let describeCache: (headers: Headers) => CacheFacts;
  let parseCacheStatus: (header: string | null) => { name: string; params: object }[];
  const facts = (cacheStatus: string, more: Record<string, string> = {}) =>
    describeCache(new Headers({ 'cache-status': cacheStatus, ...more }));

  beforeAll(async () => {
    ({ describeCache, parseCacheStatus } = (await load('cache-status.js')) as {
      describeCache: typeof describeCache;
      parseCacheStatus: typeof parseCacheStatus;
    });
  });

  it.each([
    ['Vitalcache; hit; ttl=123; detail=l1', 'hit'],
    ['Vitalcache;hit;ttl=0', 'hit'],
    ['Vitalcache; hit=?1', 'hit'],
    ['Vitalcache; hit; ttl=-30; detail=stale', 'stale'],
    ['Vitalcache; hit; ttl=-1', 'stale'],
    ['Vitalcache; fwd=miss; stored', 'miss'],
    ['Vitalcache; fwd=stale; fwd-status=200', 'miss'],
    ['Vitalcache; fwd=bypass', 'bypass'],
    ['Vitalcache', 'unknown'],
    ['', 'unknown'],
    [';;=,"', 'unknown'],
  ])('%s is a %s', (header, outcome) => {
    expect(facts(header).outcome).toBe(outcome);
  });

  it('reads the numbers', () => {
    const more = { age: '7', 'cache-control': 'private, max-age=0, stale-while-revalidate=60' };
    expect(facts('Vitalcache; hit; ttl=23; detail=l2; collapsed', more)).toEqual({
      outcome: 'hit',
      age: 7,
      ttl: 23,
      staleFor: 60,
      detail: 'l2',
      stored: false,
      shared: true,
    });
  });

  it('leaves open what the headers do not say', () => {
    expect(facts('Vitalcache; hit; ttl=soon', { age: 'old' })).toMatchObject({
      age: null,
      ttl: null,
      staleFor: null,
    });
  });

  it('prefers our cache to those on the way', () => {
    expect(facts('Vitalcache; hit; ttl=5, ProxyOfTheHouse; fwd=miss').outcome).toBe('hit');
    expect(facts('Origin; fwd=miss, Edge; hit; ttl=5').outcome).toBe('hit');
  });

  it('is not misled by separators inside of quotes', () => {
    expect(parseCacheStatus('"a, \\"b\\"; c"; key="x;y,z"; hit')).toEqual([
      { name: 'a, "b"; c', params: { key: 'x;y,z', hit: true } },
    ]);
  });
});

describe('hammer.js', () => {
  const runAgainst = async (invalidates: boolean) => {
    const { hammer } = (await load('hammer.js')) as {
      hammer(task: HammerTask): Promise<{ reads: Answer[]; faults: object[]; writes: number }>;
    };
    const row = { version: 1, phone: '' };
    let cached: number | undefined;
    const answer = (version: number, outcome: string) => ({
      body: { version },
      cache: { outcome },
      ms: 1,
    });
    const result = await hammer({
      phone: 'the old one',
      onProgress: () => undefined,
      read: async () => {
        await new Promise(setImmediate);
        const outcome = cached === undefined ? 'miss' : 'hit';
        cached ??= row.version;
        return answer(cached, outcome);
      },
      write: async ({ phone }) => {
        Object.assign(row, { phone, version: row.version + 1 });
        if (invalidates) cached = undefined;
        await new Promise(setImmediate);
        return answer(row.version, 'write');
      },
    });
    return { result, row };
  };

  it('finds nothing in a cache that forgets what was written, and restores the phone number', async () => {
    const { result, row } = await runAgainst(true);
    expect(result.reads).toHaveLength(50);
    expect(result.faults).toEqual([]);
    expect(row).toEqual({ version: 6, phone: 'the old one' });
  });

  it('finds the stale reads of a cache that does not', async () => {
    const { result } = await runAgainst(false);
    expect(result.faults.length).toBeGreaterThan(0);
    expect(result.faults[0]).toMatchObject({ got: 1, outcome: 'hit' });
  });
});
