import { ConnectionBudget } from '../connection/connection-budget.js';
import type { RedisServiceOptions } from '../connection/redis-options.js';
import { RedisService } from '../redis.service.js';
import { createTopology } from './create-topology.js';
import type { Topology } from './topology.js';

const nodes = [{ host: 'a', port: 1 }];

function topologyOf(options: RedisServiceOptions): Topology {
  const tuning = () => ({ isBatching: true, isBalanced: true, isScaling: true });
  return createTopology({ options, budget: new ConnectionBudget(10), tuning });
}
const namesOf = ({ stores }: Topology): string[] => stores.map(({ name }) => name);

describe('createTopology', () => {
  it.each<[RedisServiceOptions, string, string[]]>([
    [{}, 'standalone', ['localhost:6379/0']],
    [{ url: 'redis://app:hunter2@[::1]:7000/3' }, 'standalone', ['[::1]:7000/3']],
    [{ sentinels: { nodes, name: 'main' } }, 'sentinel', ['main']],
    [{ clusterNodes: nodes }, 'cluster', []],
    [{ shards: [{ host: 'a', port: 1 }] }, 'shards', ['a:1/0']],
    [
      {
        shards: [
          { host: 'a', port: 1 },
          { host: 'a', port: 1, db: 3 },
          { host: 'b', port: 1, name: 'c' },
        ],
      },
      'shards',
      ['a:1/0', 'a:1/3', 'c'],
    ],
  ])('makes of %j stores with names that hold no secret', (options, kind, names) => {
    const topology = topologyOf(options);
    expect(topology.kind).toBe(kind);
    expect(namesOf(topology)).toEqual(names);
  });

  it.each<[string, RedisServiceOptions, string]>([
    [
      'one address twice',
      {
        shards: [
          { host: 'a', port: 1 },
          { host: 'b', port: 1 },
          { host: 'a', port: 1 },
        ],
      },
      'Two shards are called a:1/0',
    ],
    [
      'one name twice',
      {
        shards: [
          { host: 'a', port: 1, name: 'x' },
          { host: 'b', port: 1, name: 'x' },
        ],
      },
      'Two shards are called x',
    ],
  ])('refuses shards of one name: %s', (_, options, message) => {
    expect(() => topologyOf(options)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('counts the connections of all stores together', () => {
    const budget = new ConnectionBudget(1);
    const tuning = () => ({ isBatching: true, isBalanced: true, isScaling: true });
    const shards = [1, 2, 3].map((port) => ({ host: 'a', port }));
    createTopology({ options: { shards }, budget, tuning });
    expect(budget.taken).toBe(3);
  });
});

describe('RedisService', () => {
  const shards = [
    { host: 'a', port: 1, name: 'one' },
    { host: 'b', port: 2, weight: 3 },
  ];

  it('keeps the journal on the first shard, or on the one that is named', () => {
    expect(new RedisService({ shards }).homeOf('vc:{app}:journal').name).toBe('one');
    const named = new RedisService({ shards, journal: 'b:2/0' });
    expect(named.homeOf('vc:{app}:journal').name).toBe('b:2/0');
  });

  it('refuses a journal on a shard that there is not, and names those that there are', () => {
    expect(() => new RedisService({ shards, journal: 'b' })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: 'journal is "b"; accepted: the name of one of the shards (one, b:2/0).',
      }),
    );
  });
});
