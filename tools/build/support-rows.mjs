// What the page of support tells of, and which tests speak for it.

/** Whether a result, a file of a project and a test in it, speaks for a row. */
const inProject = (name) => (test) => test.project === name;
const inFile = (name) => (test) => test.file.startsWith(name);
const inContract = (product) => (title) => (test) =>
  test.file === `${product}-contract.int-spec.ts` && test.suite.startsWith(title);
const onRedis = inContract('redis');
const onDragonfly = inContract('dragonfly');

/**
 * `of`: which tests. `version`: how it is found: `node` (of the run), the package `[name, folder]`, or the server of a
 * product. `fixture`: an application of fixtures/ that was built from packed tarballs.
 */
export const ROWS = [
  { what: 'Node.js', version: 'node', of: () => true },
  { what: 'NestJS', version: ['@nestjs/core', '.'], of: inProject('nest-integration') },
  { what: 'NestJS 12, ESM application', fixture: 'nest-12-esm', version: ['@nestjs/core'] },
  {
    what: 'NestJS 11, CommonJS application',
    fixture: 'nest-11-commonjs',
    version: ['@nestjs/core'],
  },
  {
    what: 'ioredis',
    version: ['ioredis5-first', 'packages/provider-redis'],
    of: inFile('ioredis5-first'),
  },
  {
    what: 'ioredis',
    version: ['ioredis5-last', 'packages/provider-redis'],
    of: inFile('ioredis5-last'),
  },
  {
    what: 'ioredis',
    version: ['ioredis', 'packages/provider-redis'],
    of: (test) => test.project === 'provider-redis' && !test.file.startsWith('ioredis5'),
  },
  { what: 'Redis, one server', version: 'redis', of: onRedis('one Redis') },
  {
    what: 'Redis, replicas that answer reads',
    version: 'redis',
    of: onRedis('Redis with a replica'),
  },
  { what: 'Redis, Sentinel', version: 'redis', of: onRedis('Redis behind Sentinels') },
  { what: 'Redis, Cluster', version: 'redis', of: onRedis('Redis Cluster') },
  { what: 'Redis, shards', version: 'redis', of: onRedis('Redis in shards') },
  { what: 'Valkey', version: 'valkey', of: onRedis('one Valkey') },
  { what: 'Dragonfly, one server', version: 'dragonfly', of: onDragonfly('one Dragonfly') },
  {
    what: 'Dragonfly, emulated cluster',
    version: 'dragonfly',
    of: onDragonfly('a Dragonfly that emulates'),
  },
];
