import { Controller } from '@nestjs/common';
import {
  ClientProxyFactory,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
  type TcpContext,
} from '@nestjs/microservices';
import type { AddressInfo, Server } from 'node:net';
import { firstValueFrom, of } from 'rxjs';

import { Cache, CacheInvalidate, CacheModule } from '../src/index.js';
import { closeAll, startHttp, testOptions } from './support/apps.js';
import { LogLines } from './support/log-lines.js';

const clients: ClientProxy[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await closeAll();
});

/** An application that answers messages over TCP, and what asks it. */
async function startTcp(controller: new () => object) {
  const lines = new LogLines();
  const { app } = await startHttp('express', {
    imports: [CacheModule.forRoot(testOptions({}, lines))],
    controllers: [controller],
  });
  const service = app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
  });
  await app.startAllMicroservices();
  const { port } = service.unwrap<Server>().address() as AddressInfo;
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  clients.push(client);
  const ask = (pattern: string, data: unknown): Promise<unknown> =>
    firstValueFrom(client.send(pattern, data));
  return { ask, lines };
}

describe('Cache on message handlers', () => {
  it('caches by payload, whatever else the handler is given, and a message invalidates', async () => {
    let calls = 0;
    @Controller()
    class Sums {
      @MessagePattern('default')
      @Cache()
      byDefault(data: { a: number; b: number }) {
        return data.a + data.b + ++calls * 1_000;
      }

      @Cache({ keyTemplate: 'sums:{a}' })
      @MessagePattern('member')
      byMember(@Payload('a') e: number, @Ctx() _context: TcpContext) {
        return e + ++calls * 1_000;
      }

      @MessagePattern('change')
      @CacheInvalidate({ keys: ['sums:{a}'] })
      change(@Payload('a') e: number) {
        return of(e);
      }
    }
    const { ask } = await startTcp(Sums);
    expect(await ask('default', { a: 1, b: 2 })).toBe(1_003);
    expect(await ask('default', { b: 2, a: 1 })).toBe(1_003);
    expect(await ask('default', { a: 2, b: 2 })).toBe(2_004);
    expect(await ask('member', { a: 1, more: 1 })).toBe(3_001);
    expect(await ask('member', { a: 1, more: 2 })).toBe(3_001);
    expect(await ask('change', { a: 1 })).toBe(1);
    expect(await ask('member', { a: 1 })).toBe(4_001);
  });

  it('passes Observables on, and says so', async () => {
    let calls = 0;
    @Controller()
    class Streams {
      @MessagePattern('stream')
      @Cache()
      stream(_data: unknown) {
        return of(++calls);
      }
    }
    const { ask, lines } = await startTcp(Streams);
    expect([await ask('stream', {}), await ask('stream', {})]).toEqual([1, 2]);
    expect(lines.warnings).toEqual([
      expect.stringMatching(/^Streams\.stream returns an Observable, which can't be cached/),
    ]);
  });

  it('refuses events, none of which may be left out, and public', async () => {
    @Controller()
    class Events {
      @EventPattern('happened')
      @Cache()
      happened(data: unknown) {
        return data;
      }
    }
    @Controller()
    class Public {
      @MessagePattern('public')
      @Cache({ public: true })
      answer(data: unknown) {
        return data;
      }
    }
    await expect(startTcp(Events)).rejects.toThrow(/Events\.happened: it handles events/);
    await expect(startTcp(Public)).rejects.toThrow(/Public\.answer: public and varyBy only/);
  });
});
