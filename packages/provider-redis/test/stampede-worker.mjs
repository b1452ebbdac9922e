// A process whose callers all want one cold key, driven over IPC by stampede.int-spec.ts. Uses the built packages.
import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';

const [url, namespace] = process.argv.slice(2);
// On a busy machine an answer may take longer than a caller would wait; this is about loads, not about times.
const cache = new CacheService(new RedisCacheProvider(new RedisService({ url })), {
  namespace,
  readBudgetMs: 10_000,
});

const commands = {
  start: () => cache.start(),
  /** How many loads `callers` of one key caused here, and what they got. */
  async stampede({ key, callers, ms }) {
    let loads = 0;
    const load = async () => {
      loads++;
      return sleep(ms, 'value');
    };
    const reads = Array.from({ length: callers }, () => cache.cache(key, load));
    const values = [...new Set(await Promise.all(reads))];
    return { loads, values };
  },
  close: () => cache.close(),
};

process.on('message', ({ id, command, ...args }) => {
  Promise.resolve(commands[command](args)).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
