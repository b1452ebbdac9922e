import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { until } from '../contract/until.js';
import { startProxy, type FaultProxy } from './fault.proxy.js';

/** Long enough for loopback to have passed what it passes. */
const A_WHILE_MS = 60;

class Client {
  received = Buffer.alloc(0);
  error: NodeJS.ErrnoException | null = null;
  hasEnded = false;

  static async open(port: number): Promise<Client> {
    const client = new Client(connect(port, '127.0.0.1'));
    await once(client.socket, 'connect');
    return client;
  }

  constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => (this.received = Buffer.concat([this.received, bytes])));
    socket.on('error', (error) => (this.error = error));
    socket.on('end', () => (this.hasEnded = true));
  }

  get text(): string {
    return String(this.received);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async hears(text: string): Promise<void> {
    await until(`"${text}" comes back`, () => this.text === text, 3_000);
  }

  /** Milliseconds until an echo. */
  async echo(text: string): Promise<number> {
    const [began, before] = [performance.now(), this.text];
    this.send(text);
    await this.hears(before + text);
    return performance.now() - began;
  }
}

describe('startProxy', () => {
  let echo: Server;
  let atServer: Socket[] = [];
  let heard = '';
  let proxy: FaultProxy;
  const clients: Client[] = [];
  const open = async (): Promise<Client> => {
    const client = await Client.open(proxy.port);
    clients.push(client);
    return client;
  };
  const portOf = (server: Server): number => (server.address() as AddressInfo).port;

  beforeEach(async () => {
    [atServer, heard] = [[], ''];
    echo = createServer((socket) => {
      atServer.push(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes) => (heard += String(bytes)));
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await startProxy({ port: portOf(echo) });
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    for (const socket of atServer) socket.destroy();
    await proxy.close();
    echo.close();
    await once(echo, 'close');
  });

  it('passes everything, and counts it', async () => {
    const [one, two] = [await open(), await open()];
    await one.echo('abc');
    await two.echo('x'.repeat(300_000));
    expect(proxy.counts).toEqual({
      connections: 2,
      openConnections: 2,
      requestBytes: 300_003,
      replyBytes: 300_003,
    });
  });

  it('passes the end of either side, behind the last byte', async () => {
    const client = await open();
    proxy.delay(20);
    client.socket.end('last words');
    await until('the end comes back', () => client.hasEnded);
    expect(client.text).toBe('last words');
    await until('both sides are closed', () => proxy.counts.openConnections === 0);
  });

  it('delays each direction, and pipelined requests by no more', async () => {
    const client = await open();
    await client.echo('a');
    proxy.delay(50);
    expect(await client.echo('b')).toBeGreaterThanOrEqual(99);
    const other = await open();
    const oneByOne = async (): Promise<string> => {
      for (const letter of 'cdefghij') await other.echo(letter);
      return 'one by one';
    };
    const pipelined = async (): Promise<string> => {
      for (const letter of 'cdefghij') {
        client.send(letter);
        await sleep(5);
      }
      await client.hears('abcdefghij');
      return 'pipelined';
    };
    const both = [oneByOne(), pipelined()];
    expect(await Promise.race(both)).toBe('pipelined');
    await Promise.all(both);
  });

  it('throttles', async () => {
    const client = await open();
    proxy.throttle(50_000);
    const ms = await client.echo('x'.repeat(10_000));
    expect(ms).toBeGreaterThan(180);
    expect(() => proxy.throttle(0)).toThrow(RangeError);
  });

  it('cuts open connections with a reset, new ones work', async () => {
    const client = await open();
    await client.echo('a');
    proxy.cut();
    await until('the client is told', () => client.error?.code === 'ECONNRESET');
    await until('the server is told', () => atServer.every(({ destroyed }) => destroyed));
    await (await open()).echo('b');
  });

  it('refuses new connections until healed, on the same port', async () => {
    const [client, { port }] = [await open(), proxy];
    await client.echo('a');
    proxy.refuse();
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await client.echo('b');
    await proxy.heal();
    await (await open()).echo('c');
    expect(proxy.port).toBe(port);
  });

  it('stalls both directions of open connections, and lets go what was held back', async () => {
    const client = await open();
    await client.echo('a');
    proxy.stall();
    client.send('b');
    atServer[0]?.write('!');
    await (await open()).echo('new ones work');
    await sleep(A_WHILE_MS);
    expect([client.text, client.error, client.hasEnded]).toEqual(['a', null, false]);
    expect(heard).not.toContain('b');
    await proxy.heal();
    await client.hears('a!b');
  });

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'does not pass that one side has gone while stalled (%s)',
    async (leave) => {
      const client = await open();
      await client.echo('a');
      proxy.stall();
      client.socket[leave]();
      await sleep(A_WHILE_MS);
      expect(atServer[0]).toMatchObject({ readableEnded: false, destroyed: false });
      await proxy.heal();
      await until('it is passed', () => proxy.counts.openConnections === 0);
    },
  );

  it('lets go what is late or slow when healed', async () => {
    const client = await open();
    proxy.delay(60_000);
    client.send('a');
    await sleep(A_WHILE_MS);
    await proxy.heal();
    await client.hears('a');
    proxy.throttle(0.1);
    client.send('b'.repeat(1_000));
    await sleep(A_WHILE_MS);
    await proxy.heal();
    await client.hears(`a${'b'.repeat(1_000)}`);
  });

  it('stalls what is delayed too', async () => {
    const client = await open();
    proxy.delay(20);
    client.send('a');
    await sleep(5);
    proxy.stall();
    await sleep(A_WHILE_MS);
    expect(heard).toBe('');
    await proxy.heal();
    await client.hears('a');
  });

  it('accepts new connections and tells the server nothing, if asked to', async () => {
    proxy.stall({ new: true });
    const client = await open();
    client.send('a');
    await sleep(A_WHILE_MS);
    expect([atServer.length, client.text, client.error]).toEqual([0, '', null]);
    await proxy.heal();
    await client.hears('a');
  });

  it.each([
    { new: false, reply: 'c' },
    { new: true, reply: '' },
  ])('stalls replies while requests pass, those of new connections: $new', async (options) => {
    const before = await open();
    await before.echo('a');
    proxy.stallReplies(options);
    before.send('b');
    await until('the request passed', () => heard === 'ab');
    const after = await open();
    after.send('c');
    await until('the request passed', () => heard === 'abc');
    await sleep(A_WHILE_MS);
    expect([before.text, after.text]).toEqual(['a', options.reply]);
    await proxy.heal();
    await before.hears('ab');
    await after.hears('c');
  });

  it('garbles replies alone', async () => {
    const client = await open();
    proxy.garble();
    client.send('x'.repeat(1_000));
    await until('all came back', () => client.received.length >= 1_000);
    expect(heard).toBe('x'.repeat(1_000));
    expect(client.text).not.toBe(heard);
    client.received = Buffer.alloc(0);
    await proxy.heal();
    await client.echo('plain');
  });

  it('points new connections elsewhere', async () => {
    const old = await open();
    await old.echo('a');
    const shouting = createServer((socket) => socket.end('LOUD')).listen(0, '127.0.0.1');
    await once(shouting, 'listening');
    proxy.target(portOf(shouting));
    await (await open()).hears('LOUD');
    await old.echo('b');
    shouting.close();
    await once(shouting, 'close');
  });

  it('resets its client where the target is down', async () => {
    proxy.target(1);
    const client = await open().catch((error: NodeJS.ErrnoException) => ({ error }));
    await until('the client is told', () => client.error?.code === 'ECONNRESET');
  });

  it('ends all when closed, stalled or not, and may be closed twice', async () => {
    const [one, two] = [await open(), await open()];
    await one.echo('a');
    proxy.stall({ new: true });
    await open();
    await proxy.close();
    await proxy.close();
    await until('all are told', () => one.error !== null && two.error !== null);
    await until('nothing is left', () => proxy.counts.openConnections === 0);
    await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
