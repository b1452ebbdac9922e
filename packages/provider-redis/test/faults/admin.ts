import { Redis } from 'ioredis';

/** Commands to a server from outside of the load, in plain words: what there is to know of it, and to do to it. */
export interface Admin {
  run(command: string, ...args: (string | number)[]): Promise<unknown>;
  close(): void;
}

/** One connection for several commands; it stays when others can't connect any more. */
export async function openAdmin(url: string): Promise<Admin> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined); // the commands reject
  await client.connect();
  return {
    run: (command, ...args) => client.call(command, ...args),
    close: () => client.disconnect(),
  };
}

/** One command on a connection of its own. */
export async function admin(
  url: string,
  command: string,
  ...args: (string | number)[]
): Promise<unknown> {
  const connection = await openAdmin(url);
  try {
    return await connection.run(command, ...args);
  } finally {
    connection.close();
  }
}
