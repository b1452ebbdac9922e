// A process with a cache of its own that works it, notes what it sees, and is driven over IPC by ../remote-worker.ts.
// Uses the built packages.
import { setTimeout as sleep } from 'node:timers/promises';

import { CacheService } from '@vitalcache/core';

import { Clients } from './clients.mjs';
import { Notebook } from './notebook.mjs';
import { openProvider } from './provider.mjs';
import { StaleServingStrategy } from './stale-serving.strategy.mjs';

const plan = JSON.parse(process.argv[2]);
const notebook = new Notebook(plan);
for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => notebook.trouble('unhandled', `${event}: ${error?.stack ?? error}`));
}
process.on('warning', ({ name, message, stack }) =>
  notebook.trouble('warning', stack ?? `${name}: ${message}`),
);

const say = (level) => (line) => notebook.log(level, line);
const logger = { debug: () => undefined, log: say('log'), warn: say('warn'), error: say('error') };
const { provider, setFlawed } = openProvider(plan, logger);
const cache = new CacheService(provider, {
  ...plan.cache,
  strategies: [new StaleServingStrategy()],
  logger,
});
const clients = new Clients(cache, notebook, plan);

const PROBE = `probe:w${plan.worker}`;
/** Several keys: where stores share them, one may be away for good. */
const probes = Array.from({ length: 8 }, (_, n) => `${PROBE}:${n}`);
const probeOptions = { ttl: 60, tags: [PROBE] };

/** Whether the cache works as on a good day: an invalidation is recorded, and what is loaded then is found again. */
async function probe() {
  const { recorded } = await cache.invalidateCacheByTag(PROBE);
  const read = () => Promise.all(probes.map((key) => cache.read(key, () => 'x', probeOptions)));
  await read();
  await cache.settled();
  const hits = (await read()).filter(({ outcome }) => outcome === 'hit').length;
  const { journal, breaker } = await cache.status();
  const { isBlind, queuedForMs, epoch } = journal;
  const isWell = recorded && hits > 0 && !isBlind && queuedForMs < 300;
  return { isWell, recorded, hits, isBlind, queuedForMs, breaker, epoch };
}

const commands = {
  start: () => cache.start(),
  run: () => clients.run(),
  stop: async () => {
    await clients.stop();
    notebook.flush();
    return { log: notebook.lines, starvedMs: notebook.starvedMs };
  },
  probe,
  token: ({ token }) => clients.learn(token),
  flaw: ({ isOn }) => setFlawed(isOn),
  close: async () => {
    await cache.close();
    await sleep(20); // what still rejects now would be unhandled
    notebook.flush();
  },
};

process.on('message', ({ id, command, ...args }) => {
  Promise.resolve(commands[command](args)).then(
    (result) => id && process.send({ id, result: result ?? null }),
    (error) => process.send({ id, error: String(error?.stack ?? error) }),
  );
});
process.on('disconnect', () => process.exit());
