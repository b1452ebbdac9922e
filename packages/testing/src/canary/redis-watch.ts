import type { Redis } from 'ioredis';

import { loadRedis } from '../stores/redis-client.js';
import { contentPlace, type CanaryPlace } from './canary-place.js';
import type { CanaryContent } from './mark.searcher.js';
import { flat, redisContents } from './redis-contents.js';
import { redisFiles, setting } from './redis-files.js';
import { RedisMonitor } from './redis-monitor.js';

/** A server that is watched. */
export interface RedisWatch {
  /**
   * `MONITOR`, `keyspace events`, `SLOWLOG`, `ACL LOG`, `streams` (journals are such), `keys` (the other keys, with their
   * values), `RDB`, `AOF`, `server log`. The files of a server on another machine can't be read, and say so.
   */
  readonly places: readonly CanaryPlace[];
  /** Ends it and gives the server its settings back. */
  stop(): Promise<void>;
}

/** With these, nothing goes unlogged and nothing is compressed. */
const SETTINGS: Readonly<Record<string, string>> = {
  'slowlog-log-slower-than': '0',
  'slowlog-max-len': '1000000',
  'acllog-max-len': '10000',
  'notify-keyspace-events': 'KEA',
  rdbcompression: 'no',
};

/**
 * Watches a Redis from now on, for places to be searched for marks. For tests: it slows the server down, and what was
 * heard is held in memory. SLOWLOG cuts arguments at 128 bytes.
 */
export async function watchRedis(url: string): Promise<RedisWatch> {
  const Client = await loadRedis();
  const client = new Client(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined); // commands reject
  await client.connect();
  try {
    const before = await configure(client, SETTINGS);
    const [monitor, events] = [await RedisMonitor.start(client), await keyspaceEvents(client)];
    const ask = (name: string, ...command: [string, ...string[]]): CanaryPlace =>
      contentPlace(name, async () => flat(await client.callBuffer(...command)));
    return {
      places: [
        monitor.place,
        events.place,
        ask('SLOWLOG', 'SLOWLOG', 'GET', SETTINGS['slowlog-max-len'] as string),
        ask('ACL LOG', 'ACL', 'LOG', SETTINGS['acllog-max-len'] as string),
        contentPlace('streams', () => redisContents(client, 'streams')),
        contentPlace('keys', () => redisContents(client, 'others')),
        ...redisFiles(client),
      ],
      stop: async () => {
        monitor.stop();
        events.client.disconnect();
        await configure(client, before).finally(() => client.disconnect());
      },
    };
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

async function keyspaceEvents(client: Redis): Promise<{ client: Redis; place: CanaryPlace }> {
  const own = client.duplicate({ lazyConnect: true });
  own.on('error', () => undefined);
  await own.connect();
  const heard: (string | Uint8Array)[] = [];
  own.on('pmessageBuffer', (_pattern: unknown, channel: Buffer, message: Buffer) => {
    heard.push(channel, ' ', message, '\n');
  });
  await own.psubscribe('__key*__:*');
  const read = async (): Promise<CanaryContent> => {
    await own.ping(); // what was told before has arrived then
    return heard;
  };
  return { client: own, place: contentPlace('keyspace events', read) };
}

/** Changes what the server lets be changed; resolves with how it was. */
async function configure(
  client: Redis,
  wanted: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const before: Record<string, string> = {};
  for (const [name, value] of Object.entries(wanted)) {
    const old = await setting(client, name).catch(() => value);
    if (old === value) continue;
    const isSet = await client.config('SET', name, value).then(
      () => true,
      () => false, // a make without it
    );
    if (isSet) before[name] = old;
  }
  return before;
}
