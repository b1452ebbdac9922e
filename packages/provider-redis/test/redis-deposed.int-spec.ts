import { describeWithSentinels, until, type Sentinels } from '@vitalcache/testing';

import { RedisCacheProvider, RedisService } from '../src/index.js';
import { admin } from './faults/admin.js';
import { bytes } from './support/server-watch.js';

const BOUND_MS = 60_000;
/** Longer than a fail-over: what is under way when a server hangs is still under way when another took its place. */
const PATIENCE_MS = 20_000;

const IS_DONE = [() => true, () => false] as const;

describeWithSentinels('a primary that hangs, is replaced, and goes on', (trio) => {
  it(
    'is not taken for the primary by a connection that was being opened',
    async () => {
      const deposed = await trio().primary();
      await deposed.pause();
      const service = open(trio());
      const connected = service.connect();
      await trio().settled();
      await deposed.resume();
      await connected;
      await writes(service, trio(), 'being opened');
    },
    BOUND_MS,
  );

  it(
    'is left by connections that had no need of it meanwhile',
    async () => {
      const service = open(trio());
      await service.connect();
      const deposed = await trio().primary();
      await deposed.pause();
      await trio().settled();
      await deposed.resume();
      await writes(service, trio(), 'idle');
    },
    BOUND_MS,
  );
});

function open({ sentinels, name }: Sentinels): RedisService {
  return new RedisService({
    sentinels: { nodes: sentinels, name },
    connectTimeoutMs: PATIENCE_MS,
    commandTimeoutMs: PATIENCE_MS,
    readsReplicas: false,
  });
}

/** Whatever the connection is, what is written through it is on the server that the sentinels name. */
async function writes(service: RedisService, trio: Sentinels, value: string): Promise<void> {
  const provider = new RedisCacheProvider(service);
  try {
    const write = () => provider.set('k', bytes(value), 60_000);
    await until('a write is taken', () => write().then(...IS_DONE));
    expect(await admin((await trio.primary()).url, 'GET', 'k')).toBe(value);
  } finally {
    await provider.close();
    await trio.settled();
  }
}
