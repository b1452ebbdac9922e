import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The head of a reply to INFO: its length, then the title of a section. */
const INFO = /\$(\d+)\r\n(?=# [A-Z])/;

/** Stands before a Redis and puts other words into its replies to INFO; all else passes as it is. */
export interface InfoRewritingProxy {
  readonly port: number;
  /** Resets the connections that are open. New ones work. */
  cut(): void;
  close(): Promise<void>;
}

/** @param rewrite gets the reply to INFO, with all sections or with one */
export async function infoRewritingProxy(
  targetPort: number,
  rewrite: (info: string) => string,
): Promise<InfoRewritingProxy> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    client.pipe(target);
    let held: Buffer = Buffer.alloc(0);
    target.on('data', (chunk) => {
      const [passing, kept] = rewritten(Buffer.concat([held, chunk]), rewrite);
      held = kept;
      client.write(passing);
    });
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What may pass, and the beginning of a reply whose rest has not arrived. */
function rewritten(bytes: Buffer, rewrite: (info: string) => string): [Buffer, Buffer] {
  const found = INFO.exec(bytes.toString('latin1'));
  if (!found) return [bytes, Buffer.alloc(0)];
  const begin = found.index + found[0].length;
  const end = begin + Number(found[1]);
  if (bytes.length < end + 2) return [bytes.subarray(0, found.index), bytes.subarray(found.index)];
  const info = Buffer.from(rewrite(bytes.toString('utf8', begin, end)));
  const head = Buffer.concat([
    bytes.subarray(0, found.index),
    Buffer.from(`$${info.length}\r\n`),
    info,
    bytes.subarray(end, end + 2),
  ]);
  const [passing, kept] = rewritten(bytes.subarray(end + 2), rewrite);
  return [Buffer.concat([head, passing]), kept];
}
