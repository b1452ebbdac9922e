import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { describeWithRedis, until } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';

const KEY = 'vc:replies:k';

describeWithRedis('replies that nobody asked for', (store) => {
  let front: Server;
  const sockets: Socket[] = [];
  let provider: RedisCacheProvider;

  beforeEach(async () => {
    const { hostname, port } = new URL(store().url);
    front = createServer((incoming) => {
      const outgoing = connect(Number(port), hostname);
      sockets.push(incoming);
      incoming.on('error', () => outgoing.destroy()).pipe(outgoing);
      outgoing.on('error', () => incoming.destroy()).pipe(incoming);
    });
    await new Promise<void>((resolve) => {
      front.listen(0, '127.0.0.1', resolve);
    });
    const { port: own } = front.address() as AddressInfo;
    provider = new RedisCacheProvider(new RedisService({ url: `redis://127.0.0.1:${own}` }));
    await provider.connect();
    await provider.set(KEY, Buffer.from('value'), 60_000);
  });
  afterEach(async () => {
    await provider.close();
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => front.close(resolve));
  });

  const answersAgain = (): Promise<void> =>
    until('the store answers again', async () => {
      const value = await provider.get(KEY).catch(() => null);
      return value?.toString() === 'value';
    });

  // Over nulls ioredis throws, where only the process could catch it.
  it.each(['$-1\r\n', '*-1\r\n', '_\r\n', '+OK\r\n', ':7\r\n'])(
    'end the connection, and nothing else: %j',
    async (reply) => {
      const before = [...sockets];
      for (const socket of before) socket.write(reply);
      await until('the connections are given up', () => before.every(({ destroyed }) => destroyed));
      await answersAgain();
    },
  );

  it.each(['garbage\r\n', '\0\r\n'])('do no harm: %j', async (reply) => {
    for (const socket of sockets) socket.write(reply);
    await answersAgain();
    expect((await provider.status()).connected).toBe(true);
  });
});

describeWithRedis('replies that came while the process was busy', (store) => {
  it('are not late, however long that was', async () => {
    const limitMs = 500;
    const service = new RedisService({ url: store().url, commandTimeoutMs: limitMs });
    await service.connect();
    const beBusy = (): void => {
      const end = performance.now() + 4 * limitMs;
      while (performance.now() < end);
    };
    const reading = service.run(KEY, (client) => client.ping());
    process.nextTick(() => process.nextTick(beBusy)); // once the command has left
    expect(await reading).toBe('PONG');
    await service.close();
  });
});
