import type { Redis } from 'ioredis';

import { parseIdentity, readIdentity, saysReplica } from './server-identity.js';

const ID = '5114684b4a5bc1ab7fa9133c5ac972028c62f576';
const OTHER_ID = '9d0413b8f2a23fdaa37b73e599c8a27108ae3b19';
const text = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join('');

/** What of INFO is read here, in the words and the order of each server. */
const REDIS_70 = text(
  '# Server',
  'redis_version:7.0.15',
  'redis_mode:standalone',
  'process_id:4242',
  `run_id:${ID}`,
  'tcp_port:6379',
  'io_threads_active:0',
  '',
  '# Memory',
  'maxmemory:0',
  'maxmemory_policy:noeviction',
  '',
  '# Persistence',
  'loading:0',
  'async_loading:0',
  'aof_enabled:0',
  '',
  '# Replication',
  'role:master',
  'connected_slaves:3',
  'slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=0',
  'slave1:ip=10.0.0.3,port=6380,state=online,offset=14,lag=1',
  'slave2:ip=10.0.0.4,port=6379,state=wait_bgsave,offset=0,lag=0',
  'master_failover_state:no-failover',
  `master_replid:${OTHER_ID}`,
  '',
  '# Cluster',
  'cluster_enabled:0',
);
const REDIS_74 = REDIS_70.replace('7.0.15', '7.4.0').replace('loading:0', 'loading:1');
const VALKEY_8 = REDIS_70.replace(
  'redis_version:7.0.15\r\nredis_mode:standalone',
  'redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.2\r\nvalkey_release_stage:ga\r\nserver_mode:standalone',
);
const DRAGONFLY_140 = text(
  '# Server',
  'redis_version:7.4.0',
  'dragonfly_version:df-v1.40.1',
  'redis_mode:standalone',
  'arch_bits:64',
  'process_id:1',
  'os:Linux 6.8.0 x86_64',
  'thread_count:8',
  'multiplexing_api:iouring',
  'tcp_port:6379',
  '',
  '# Memory',
  'maxmemory:536870912',
  'cache_mode:store',
  'maxmemory_policy:noeviction',
  '',
  '# Replication',
  'role:master',
  'connected_slaves:3',
  'slave0:ip=10.0.0.2,port=6379,state=online,lag=0',
  'slave1:ip=10.0.0.3,port=6379,state=stable_sync,lag=2',
  'slave2:ip=10.0.0.4,port=6379,state=full_sync,lag=0',
  `master_replid:${ID}`,
  '',
  '# Cluster',
  'cluster_enabled:0',
  'migration_errors_total:0',
);

describe('parseIdentity', () => {
  it.each([
    ['Redis 7.0', REDIS_70, { software: 'redis', version: '7.0.15', threads: 1, isLoading: false }],
    ['Redis 7.4', REDIS_74, { software: 'redis', version: '7.4.0', threads: 1, isLoading: true }],
    ['Valkey 8', VALKEY_8, { software: 'valkey', version: '8.1.2', threads: 1, isLoading: false }],
    ['Dragonfly 1.40', DRAGONFLY_140, { software: 'dragonfly', version: '1.40.1', threads: 8 }],
  ])('reads what %s says of itself', (_, info, expected) => {
    expect(parseIdentity(info)).toMatchObject({
      ...expected,
      incarnation: ID.slice(0, 16),
      role: 'primary',
    });
  });

  it('takes only replicas that are in step', () => {
    expect(parseIdentity(REDIS_70).replicas).toEqual([
      { host: '10.0.0.2', port: 6379 },
      { host: '10.0.0.3', port: 6380 },
    ]);
    expect(parseIdentity(DRAGONFLY_140).replicas.map(({ host }) => host)).toEqual([
      '10.0.0.2',
      '10.0.0.3',
    ]);
  });

  it.each(['slave', 'replica'])('knows a replica that calls itself %s', (word) => {
    const info = DRAGONFLY_140.replace('role:master', `role:${word}`);
    expect(parseIdentity(info).role).toBe('replica');
    expect(saysReplica(info)).toBe(true);
  });

  it('takes one thread where a managed Dragonfly tells of none', () => {
    expect(parseIdentity(DRAGONFLY_140.replace('thread_count:8\r\n', '')).threads).toBe(1);
  });

  it('knows nothing of a server that tells nothing', () => {
    expect(parseIdentity('')).toEqual({
      incarnation: '',
      role: 'unknown',
      isLoading: false,
      replicas: [],
      software: 'redis',
      threads: 1,
    });
  });
});

describe('readIdentity', () => {
  const asked: string[] = [];
  const server = (info: string): Redis =>
    ({
      info: async (section = '') => {
        asked.push(section);
        return section === '' ? info : text('# Persistence', 'loading:1');
      },
    }) as unknown as Redis;
  beforeEach(() => (asked.length = 0));

  it('asks Dragonfly also whether it is loading', async () => {
    expect((await readIdentity(server(DRAGONFLY_140))).isLoading).toBe(true);
    expect(asked).toEqual(['', 'persistence']);
  });

  it('asks others once', async () => {
    expect((await readIdentity(server(REDIS_70))).isLoading).toBe(false);
    expect(asked).toEqual(['']);
  });
});
