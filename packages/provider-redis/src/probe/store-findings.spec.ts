import { judge, type StoreFacts } from './store-findings.js';

const FACTS: StoreFacts = {
  store: 'one',
  isReachable: true,
  software: 'redis',
  version: '7.4.0',
  role: 'primary',
  replicas: 1,
  threads: 1,
  clusterMode: 'off',
  evictionPolicy: 'noeviction',
  maxBytes: 1_000_000,
  persistence: { aof: true, fsync: 'everysec', rdb: true },
  idleTimeoutSeconds: 0,
  clockSkewMs: 12,
};
const DRAGONFLY = { software: 'dragonfly', version: '1.40.1', threads: 8 } as const;
const ASKED = { durability: { replicas: 0, aof: false } };

describe('judge', () => {
  it.each<[string, Partial<StoreFacts>]>([
    ['a Redis', {}],
    ['one that evicts what has a time to live', { evictionPolicy: 'volatile-lru' }],
    ['a Dragonfly', DRAGONFLY],
    ['a build without a version', { ...DRAGONFLY, version: 'dev' }],
    ['the oldest Redis', { version: '6.2.0' }],
    ['the oldest Valkey', { software: 'valkey', version: '7.2.0' }],
    ['a version of two digits', { software: 'valkey', version: '10.0.1' }],
    ['one whose clock is a little off', { clockSkewMs: -4_900 }],
    ['one that tells little', { evictionPolicy: null, idleTimeoutSeconds: null, version: null }],
  ])('has nothing to say about %s that is well set up', (_, facts) => {
    expect(judge({ ...FACTS, ...facts }, ASKED)).toEqual([]);
  });

  it.each<[string, Partial<StoreFacts>, RegExp]>([
    ['an old Redis', { version: '6.0.16' }, /redis 6\.0\.16 is too old/],
    ['an old Dragonfly', { ...DRAGONFLY, version: '1.9.0' }, /dragonfly 1\.9\.0 is too old/],
    ['a replica', { role: 'replica' }, /Point the provider at the primary/],
    ['eviction of everything', { evictionPolicy: 'allkeys-lru' }, /allkeys-lru may evict the jour/],
    ['cache mode', { ...DRAGONFLY, evictionPolicy: 'eviction' }, /without --cache_mode/],
    ['memory without a bound', { maxBytes: null }, /maxmemory/],
    ['an idle timeout', { idleTimeoutSeconds: 300 }, /idle for 300 s/],
    ['a clock that is off', { clockSkewMs: -61_000 }, /differs by -61 s/],
    ['silence', { isReachable: false }, /does not answer/],
  ])('says what to do about %s', (_, facts, sentence) => {
    expect(judge({ ...FACTS, ...facts }, ASKED)).toEqual([expect.stringMatching(sentence)]);
  });

  it.each<[string, Partial<StoreFacts>, readonly RegExp[]]>([
    ['enough replicas', {}, []],
    ['too few', { replicas: 0 }, [/but 0 are in step/]],
    ['a number that the server hides', { replicas: null }, []],
    ['a Dragonfly with WAIT', { ...DRAGONFLY, version: '1.40.0' }, []],
    ['a Dragonfly without', { ...DRAGONFLY, version: '1.39.0' }, [/since 1\.40/]],
  ])('holds the replicas asked for against %s', (_, facts, sentences) => {
    const asked = { durability: { replicas: 1, aof: false } };
    const advice = judge({ ...FACTS, ...facts }, asked);
    expect(advice).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
  });

  it('says that a disk is asked for that is not written', () => {
    const persistence = { aof: false, fsync: null, rdb: true };
    const asked = { durability: { replicas: 0, aof: true } };
    expect(judge({ ...FACTS, persistence }, asked)).toEqual([
      expect.stringMatching(/Set appendonly yes/),
    ]);
    expect(judge({ ...FACTS, persistence }, ASKED)).toEqual([]);
    expect(judge({ ...FACTS, persistence: null }, asked)).toEqual([]);
  });

  it.each<[string, Partial<StoreFacts>, readonly RegExp[]]>([
    ['a Redis with WAITAOF', { version: '7.2.0' }, []],
    ['a Redis without', { version: '7.0.15' }, [/redis 7\.0\.15 does not have/]],
    ['a Valkey', { software: 'valkey', version: '8.0.1' }, []],
    ['a Dragonfly', DRAGONFLY, [/dragonfly 1\.40\.1 does not have/]],
    ['a server that tells no version', { version: null }, []],
  ])('holds the disk asked for against %s', (_, facts, sentences) => {
    const asked = { durability: { replicas: 0, aof: true } };
    const advice = judge({ ...FACTS, ...facts }, asked);
    expect(advice).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
  });

  it('says one thing of a server that does not answer, for nothing else is known', () => {
    const unknown = Object.fromEntries(Object.keys(FACTS).map((name) => [name, null]));
    const asked = { durability: { replicas: 2, aof: true } };
    const advice = judge({ ...FACTS, ...unknown, isReachable: false }, asked);
    expect(advice).toEqual([expect.stringMatching(/Check that it runs/)]);
  });
});
