/**
 * Eight processes with 200 callers each ask for one cold key, whose loader takes 200 ms: `node tools/measure/stampede.mjs
 * [--quick]` after `npm run build`. Says how many loads there were, and when callers had the value, counted from the
 * end of the load; the budget is one load, and a median of 25 ms.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { CacheService } from '../../packages/core/dist/index.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, isQuick, median, progress, quantile } from './rounds.mjs';

const PROCESSES = 8;
const CALLERS = 200;
const LOAD_MS = 200;
const ROUNDS = isQuick ? 5 : 25;

/** One clock for all processes of a machine. */
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

async function worker(url) {
  const cache = new CacheService(new RedisCacheProvider(new RedisService({ url })));
  await cache.start();
  process.send('ready');
  for await (const [key] of rounds()) {
    const loads = [];
    const load = async () => {
      await sleep(LOAD_MS);
      loads.push(nowMs());
      return { key };
    };
    const caller = async () => {
      await cache.cache(key, load);
      return nowMs();
    };
    const ends = await Promise.all(Array.from({ length: CALLERS }, caller));
    process.send({ loads, ends });
  }
  await cache.close();
}

/** The keys that the parent names, until it lets go. */
async function* rounds() {
  const keys = [];
  let wake = () => undefined;
  process.on('message', (key) => (keys.push(key), wake()));
  process.on('disconnect', () => (keys.push(null), wake()));
  for (;;) {
    while (keys.length === 0) await new Promise((resolve) => (wake = resolve));
    const key = keys.shift();
    if (key === null) return;
    yield [key];
  }
}

async function main() {
  const store = await startStore('redis');
  const file = fileURLToPath(import.meta.url);
  const children = Array.from({ length: PROCESSES }, () => fork(file, [store.url]));
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const [delays, counts] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const answers = children.map((child) => once(child, 'message'));
      for (const child of children) child.send(`cold:${round}`);
      const results = (await Promise.all(answers)).map(([result]) => result);
      const loads = results.flatMap((result) => result.loads);
      counts.push(loads.length);
      const loadedAt = Math.min(...loads);
      delays.push(results.flatMap(({ ends }) => ends.map((end) => end - loadedAt)));
      progress(round + 1, ROUNDS);
    }
    const ms = (value) => `${value.toFixed(1)} ms`;
    const medians = delays.map(median);
    console.log(await environment(store.url));
    console.log(
      `${PROCESSES} processes, ${CALLERS} callers each, ${ROUNDS} cold keys, loads of ${LOAD_MS} ms`,
    );
    console.log(`loads a key: ${Math.min(...counts)} to ${Math.max(...counts)}`);
    console.log(
      `after the load's end, median: ${ms(median(medians))}, worst round ${ms(Math.max(...medians))}`,
    );
    console.log(`99 of 100 callers: ${ms(median(delays.map((all) => quantile(all, 0.99))))}`);
  } finally {
    for (const child of children) child.disconnect();
    await Promise.all(children.map((child) => once(child, 'exit')));
    await store.stop();
  }
}

const [url] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
await (url ? worker(url) : main());
