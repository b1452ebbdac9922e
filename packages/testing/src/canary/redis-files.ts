import { access } from 'node:fs/promises';
import { join } from 'node:path';

import type { Redis } from 'ioredis';

import { until } from '../contract/until.js';
import { filePlace, UnreadablePlace, type CanaryPlace } from './canary-place.js';

/** What a server on this machine has on its disk: a snapshot that is saved for it, the append-only file, its log. */
export function redisFiles(client: Redis): readonly CanaryPlace[] {
  const file = (name: string, find: () => Promise<string>): CanaryPlace => ({
    name,
    read: async () => filePlace(name, await onThisMachine(await find())).read(),
  });
  return [
    file('RDB', async () => {
      await client.save();
      return inFolder(client, await setting(client, 'dbfilename'));
    }),
    file('AOF', async () => {
      if ((await setting(client, 'appendonly')) !== 'yes') {
        throw new UnreadablePlace('off: start the server with --appendonly yes');
      }
      await untilWritten(client);
      // A folder since Redis 7, a file before.
      const folder = await setting(client, 'appenddirname');
      return inFolder(client, folder || (await setting(client, 'appendfilename')));
    }),
    file('server log', async () => {
      const path = await setting(client, 'logfile');
      if (path === '') throw new UnreadablePlace('on the output of the server: record that');
      return inFolder(client, path);
    }),
  ];
}

/** A setting of the server; empty if it has none of that name. */
export async function setting(client: Redis, name: string): Promise<string> {
  const [, value = ''] = await client.config('GET', name);
  return value;
}

/** With `appendfsync everysec` a server holds what it appends back for up to two seconds while its disk is busy. */
async function untilWritten(client: Redis): Promise<void> {
  await until('all is in the append-only file', async () =>
    /aof_buffer_length:0\r/.test(await client.info('persistence')),
  ).catch(({ message }: Error) => {
    throw new UnreadablePlace(message);
  });
}

async function inFolder(client: Redis, path: string): Promise<string> {
  return path.startsWith('/') ? path : join(await setting(client, 'dir'), path);
}

async function onThisMachine(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch {
    throw new UnreadablePlace('not on this machine, or of another user');
  }
}
