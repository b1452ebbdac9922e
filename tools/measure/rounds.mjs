/** What the measurements share: rounds that take turns, and what is said of them. */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Redis } from 'ioredis';

const { version: ioredis } = createRequire(import.meta.url)('ioredis/package.json');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

export const isQuick = process.argv.includes('--quick');

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

export const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

export function progress(done, all, what = '') {
  process.stderr.write(
    `\r${'█'.repeat(done)}${'░'.repeat(all - done)} ${done}/${all} ${what}\x1b[K`,
  );
  if (done === all) process.stderr.write('\r\x1b[K');
}

/**
 * Runs each way once a round, in an order that turns, so that what else the machine does meets all of them alike; none
 * has to clear away what another left. Resolves with the results of each; the first round is for warming up and does not
 * count.
 */
export async function interleaved(rounds, ways) {
  const names = Object.keys(ways);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    progress(round, rounds);
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      collectGarbage();
      const result = await ways[name](round);
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/** Milliseconds that some work takes. */
export async function timed(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The median over rounds of how often `other` goes into `own` of the same round. */
export const ratioOf = (own, other) => median(own.map((value, round) => value / other[round]));

/** Resolves with a line that names what was measured on. */
export async function environment(url) {
  const redis = new Redis(url);
  const server = /(?:valkey|redis)_version:(\S+)/.exec(await redis.info('server'))?.[1];
  await redis.quit();
  return `Node ${process.version}, ioredis ${ioredis}, server ${server}`;
}
