import { Redis } from 'ioredis';

/** Commands to a server from outside of the load, in plain words: what there is to know of it, and to do to it. */
export interface Admin {
  run(command: string, ...args: (string | number)[]): Promise<unknown>;
  close(): void;
}

/** One connection for several commands; it stays when others can't connect any more. */
export async function openAdmin(url: string): Promise<Admin> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false, // it would wait for a server that is LOADING
  });
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

/** Appends a clear to a journal as a server would whose clock is ahead. */
export function leap(url: string, journal: string, aheadUs: number): Promise<unknown> {
  const script = `
    local head = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
    local fields = {}
    for i = 1, #head[2], 2 do fields[head[2][i]] = head[2][i + 1] end
    local stamp = string.match(head[1], '^%d+')
    return redis.call('XADD', KEYS[1], string.format('%.0f-0', tonumber(stamp) + ARGV[1]), 'k', 'c', 'n', '7',
      'p', stamp .. '-' .. fields.n, 'e', fields.e, 'i', fields.i, 'c', fields.c, 'b', '')`;
  return admin(url, 'EVAL', script, 1, journal, aheadUs);
}

/** Keeps replicas from following; their links end. */
export async function breakReplication(url: string): Promise<void> {
  await admin(url, 'ACL', 'SETUSER', 'default', '-psync', '-sync');
  await admin(url, 'CLIENT', 'KILL', 'TYPE', 'replica');
}

/** Lets replicas follow again. */
export async function mendReplication(url: string): Promise<void> {
  await admin(url, 'ACL', 'SETUSER', 'default', '+psync', '+sync');
}
