// A process with a cache of its own, driven over IPC by race-processes.int-spec.ts. Uses the built packages.
import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

const [url, namespace, key, tag] = process.argv.slice(2);
const cache = new CacheService(new RedisCacheProvider(new RedisService({ url })), { namespace });
const options = { ttl: 60, tags: [tag] };
let early;

const commands = {
  start: () => cache.start(),
  load: async ({ value, ms }) => cache.cache(key, () => sleep(ms, value), options),
  /** Answers once the load has begun; `ended` answers with what it gave. */
  begin: ({ value, ms }) =>
    new Promise((resolve) => {
      early = cache.cache(key, () => (resolve(), sleep(ms, value)), options);
    }),
  ended: () => early,
  waitFor: ({ stamp }) => cache.waitFor(stamp),
  settled: () => cache.settled(),
  close: () => cache.close(),
};

process.on('message', ({ id, command, ...args }) => {
  Promise.resolve(commands[command](args)).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
