import { resolveRedisOptions, retryDelayMs } from './redis-options.js';

describe('resolveRedisOptions', () => {
  it('goes to localhost:6379 database 0 without TLS when nothing is said', () => {
    const { client, address } = resolveRedisOptions({});
    expect(client).toMatchObject({ host: 'localhost', port: 6379, db: 0 });
    expect(client).not.toHaveProperty('tls');
    expect(client).not.toHaveProperty('password');
    expect(address).toBe('localhost:6379/0');
  });

  it('queues nothing, sends nothing twice and never gives up connecting', () => {
    const { client } = resolveRedisOptions({});
    expect(client).toMatchObject({
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      lazyConnect: true,
    });
    expect(typeof client.retryStrategy?.(1_000_000)).toBe('number');
  });

  it('fills from the other options what the URL does not say', () => {
    const { client } = resolveRedisOptions({
      url: 'redis://cache',
      port: 6380,
      password: 'x',
      db: 2,
    });
    expect(client).toMatchObject({ host: 'cache', port: 6380, password: 'x', db: 2 });
  });

  it('names the server for TLS unless it is an address', () => {
    expect(resolveRedisOptions({ url: 'rediss://cache' }).client.tls).toEqual({
      servername: 'cache',
    });
    expect(resolveRedisOptions({ url: 'rediss://10.0.0.1' }).client.tls).toEqual({});
  });

  it('shows no secret in the address', () => {
    const { address } = resolveRedisOptions({ url: 'redis://app:secret@[::1]:7000/1' });
    expect(address).toBe('[::1]:7000/1');
  });

  it.each([
    [{ url: 'redis://a', host: 'b' }, 'url and host'],
    [{ url: 'redis://a:1', port: 2 }, 'url and port'],
    [{ url: 'redis://a', tls: true }, 'url and tls'],
    [{ tlsCaFile: '/ca.pem' }, 'tlsCaFile has no effect without TLS'],
    [{ tls: true, tlsCaFile: '/does/not/exist.pem' }, 'The CA file'],
    [{ tls: true, tlsCaFile: __filename }, 'The CA file'],
  ])('refuses %j', (options, message) => {
    expect(() => resolveRedisOptions(options)).toThrow(message);
  });
});

describe('retryDelayMs', () => {
  it('grows from 50 ms to 2 s, half of it random', () => {
    const delays = (random: number): number[] =>
      [1, 2, 3, 6, 7, 100].map((times) => retryDelayMs(times, () => random));
    expect(delays(0)).toEqual([25, 50, 100, 800, 1_000, 1_000]);
    expect(delays(0.999_999)).toEqual([50, 100, 200, 1_600, 2_000, 2_000]);
  });
});
