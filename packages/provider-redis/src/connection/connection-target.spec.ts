import { resolveTarget } from './connection-target.js';
import { retryPauseMs } from './redis-link.js';
import type { RedisServiceOptions } from './redis-options.js';

const endpointOf = (options: RedisServiceOptions) => {
  const target = resolveTarget(options);
  return target.endpoint(target.address);
};

describe('resolveTarget', () => {
  it('goes to localhost:6379 database 0 without TLS when nothing is said', async () => {
    expect(resolveTarget({}).client).toMatchObject({ db: 0 });
    expect(await endpointOf({})).toEqual({ host: 'localhost', port: 6379 });
  });

  it('queues nothing, sends nothing twice and leaves connecting again to the link', () => {
    const { client } = resolveTarget({});
    expect(client).toMatchObject({
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      lazyConnect: true,
    });
    expect(client.retryStrategy?.(1)).toBeNull();
  });

  it('fills from the other options what the URL does not say', async () => {
    const options = { url: 'redis://cache', port: 6380, password: 'x', db: 2 };
    expect(resolveTarget(options).client.db).toBe(2);
    expect(await endpointOf(options)).toEqual({ host: 'cache', port: 6380, password: 'x' });
  });

  it('lets a shard say otherwise, and fills what it lacks', async () => {
    const shard = { host: 'two', port: 6380, db: 4, password: 'y' };
    const target = resolveTarget({ username: 'app', password: 'x', tls: true }, shard);
    expect(target.client.db).toBe(4);
    expect(await target.endpoint(target.address)).toEqual({
      host: 'two',
      port: 6380,
      username: 'app',
      password: 'y',
      tls: { servername: 'two' },
    });
  });

  it('names the server for TLS unless it is an address, or as it is told', async () => {
    expect((await endpointOf({ url: 'rediss://cache' })).tls).toEqual({ servername: 'cache' });
    expect((await endpointOf({ url: 'rediss://10.0.0.1' })).tls).toEqual({});
    const named = { url: 'rediss://10.0.0.1', tlsServerName: 'cache.internal' };
    expect((await endpointOf(named)).tls).toEqual({ servername: 'cache.internal' });
  });

  it('asks for credentials each time', async () => {
    let count = 0;
    const target = resolveTarget({ credentials: () => ({ password: `secret-${++count}` }) });
    expect(await target.endpoint(target.address)).toMatchObject({ password: 'secret-1' });
    expect(await target.endpoint(target.address)).toMatchObject({ password: 'secret-2' });
  });

  it('keeps to itself why credentials could not be had', async () => {
    const credentials = (): never => {
      throw new Error('token hunter2 has expired');
    };
    const target = resolveTarget({ credentials });
    const error: unknown = await target.endpoint(target.address).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'NO_CREDENTIALS' });
    expect(String(error)).not.toContain('hunter2');
  });

  const nodes = [{ host: 'a', port: 1 }];
  it.each<[RedisServiceOptions, string]>([
    [{ url: 'redis://a', host: 'b' }, 'url and host'],
    [{ url: 'redis://a:1', port: 2 }, 'url and port'],
    [{ url: 'redis://a', tls: true }, 'url and tls'],
    [{ tlsCaFile: '/ca.pem' }, 'tlsCaFile has no effect without TLS'],
    [{ tlsServerName: 'a' }, 'tlsServerName has no effect without TLS'],
    [{ tls: true, tlsCaFile: '/does/not/exist.pem' }, 'The CA file'],
    [{ tls: true, tlsCaFile: __filename }, 'The CA file'],
    [{ password: 'x', credentials: () => ({ password: 'y' }) }, 'give one of them'],
    [
      { clusterNodes: nodes, sentinels: { nodes, name: 'm' } },
      'sentinels and clusterNodes exclude',
    ],
    [{ clusterNodes: nodes, host: 'a' }, 'clusterNodes takes the place of host'],
    [{ sentinels: { nodes, name: 'm' }, url: 'redis://a' }, 'sentinels takes the place of host'],
    [{ clusterNodes: nodes, db: 1 }, 'a Redis Cluster has database 0 only'],
    [{ clusterNodes: [] }, 'clusterNodes must name at least one server'],
    [{ shards: [] }, 'shards must name at least one server'],
    [{ journal: 'one' }, 'journal names one of several shards'],
  ])('refuses %j', (options, message) => {
    expect(() => resolveTarget(options)).toThrow(message);
  });
});

describe('retryPauseMs', () => {
  it('grows from 50 ms to the longest pause, half of it random', () => {
    const pauses = (random: number): number[] =>
      [1, 2, 3, 6, 7, 100].map((attempt) => retryPauseMs(attempt, 2_000, () => random));
    expect(pauses(0)).toEqual([25, 50, 100, 800, 1_000, 1_000]);
    expect(pauses(0.999_999)).toEqual([50, 100, 200, 1_600, 2_000, 2_000]);
    expect(retryPauseMs(9, 300, () => 0.999_999)).toBe(300);
  });
});
