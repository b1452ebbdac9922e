import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { Redis } from 'ioredis';

import { oneWriteATick } from './one-write-a-tick.js';

describe('oneWriteATick', () => {
  let server: Server;
  let socket: Socket;
  let heard: Promise<string>;
  let writes: jest.SpyInstance[];

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    heard = once(server, 'connection').then(async ([peer]: Socket[]) => {
      let text = '';
      for await (const chunk of peer as Socket) text += String(chunk);
      return text;
    });
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const target = socket as unknown as Record<'_write' | '_writev', () => void>;
    writes = [jest.spyOn(target, '_write'), jest.spyOn(target, '_writev')];
    oneWriteATick({ stream: socket } as unknown as Redis);
  });
  afterEach(() => {
    socket.destroy();
    server.close();
  });

  const countWrites = (): number => writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);

  it('sends what is written in one tick at once, in order', async () => {
    for (const text of ['a', Buffer.from('b'), 'ä']) socket.write(text);
    expect(countWrites()).toBe(0);
    await Promise.resolve().then(() => socket.write('d')); // what replies set off belongs to it
    await new Promise(process.nextTick);
    expect(countWrites()).toBe(1);
    socket.end();
    expect(await heard).toBe('abäd');
  });

  it('sends what is written later in a write of its own', async () => {
    socket.write('a');
    await new Promise(setImmediate);
    socket.write('b');
    await new Promise(setImmediate);
    expect(countWrites()).toBe(2);
    socket.end();
    expect(await heard).toBe('ab');
  });

  it('holds nothing back from a connection that ends', async () => {
    socket.write('a');
    socket.end('b');
    expect(await heard).toBe('ab');
  });
});
