import { inspect } from 'node:util';

import type { Redis } from 'ioredis';

/** Of each type, the command that gives all of a value. Not DUMP, which compresses. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  string: ['GET'],
  hash: ['HGETALL'],
  list: ['LRANGE', '0', '-1'],
  set: ['SMEMBERS'],
  zset: ['ZRANGE', '0', '-1', 'WITHSCORES'],
  stream: ['XRANGE', '-', '+'],
};

/** Keys and values of all databases of a server: of its streams, or of everything else. */
export async function* redisContents(
  client: Redis,
  what: 'streams' | 'others',
): AsyncGenerator<string | Uint8Array> {
  const keyspace = await client.info('keyspace');
  for (const [, database] of keyspace.matchAll(/^db(\d+):/gm)) {
    await client.select(Number(database));
    yield* contentsOfDatabase(client, what);
  }
}

async function* contentsOfDatabase(
  client: Redis,
  what: 'streams' | 'others',
): AsyncGenerator<string | Uint8Array> {
  let cursor = '0';
  do {
    const [next, keys] = await client.scanBuffer(cursor, 'COUNT', 1_000);
    for (const key of keys) {
      const type = await client.type(key);
      if ((type === 'stream') !== (what === 'streams')) continue;
      yield* flat(key);
      const [command = 'DUMP', ...args] = COMMANDS[type] ?? [];
      yield* flat(await client.callBuffer(command, key, ...args));
    }
    cursor = String(next);
  } while (cursor !== '0');
}

/** All text and bytes of a server's answer, each on a line of its own. */
export function* flat(answer: unknown): Generator<string | Uint8Array> {
  if (Array.isArray(answer)) {
    for (const part of answer) yield* flat(part);
  } else if (answer instanceof Uint8Array || typeof answer === 'string') {
    yield answer;
    yield '\n';
  } else if (answer !== null) {
    yield* flat(inspect(answer, { depth: Infinity })); // a number, or a map of a newer protocol
  }
}
