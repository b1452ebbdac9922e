import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between client and server on loopback, and can stop passing bytes on without closing anything. */
export interface StallingProxy {
  readonly port: number;
  /** From now on nothing passes on the connections that are open, as when a cable is pulled. New ones work. */
  stall(): void;
  /** From now on the connections that are open pass on what clients send, but no answers. New ones work. */
  stallReplies(): void;
  close(): Promise<void>;
}

export async function stallingProxy(targetPort: number): Promise<StallingProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    const pair = [client, target] as const;
    pairs.add(pair);
    client.pipe(target).pipe(client);
    for (const socket of pair) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => pair.forEach((other) => other.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stall() {
      for (const [client, target] of pairs) {
        client.unpipe(target).pause();
        target.unpipe(client).pause();
      }
    },
    stallReplies() {
      for (const [client, target] of pairs) target.unpipe(client).pause();
    },
    async close() {
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
