/** What the measurements share: rounds that take turns, and what is said of them. */
import { createRequire } from 'node:module';

import { Redis } from 'ioredis';

const { version: ioredis } = createRequire(import.meta.url)('ioredis/package.json');

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
 * Runs each way once a round, in an order that turns, so that what else the machine does meets all of them alike.
 * Resolves with the results of each; the first round is for warming up and does not count.
 */
export async function interleaved(rounds, ways) {
  const names = Object.keys(ways);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    progress(round, rounds);
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
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

/**
 * A record of a clinic, JSON of 1 KiB: fifteen fields, an object and a list in it, and a text that no compressor makes
 * much of.
 */
export function record(id) {
  const made = {
    id: `patient-${id}`,
    name: `Name of ${id}`,
    email: `patient${id}@example.org`,
    isActive: id % 2 === 0,
    age: 20 + (id % 60),
    heightCm: 150.5 + (id % 40),
    createdAt: '2026-01-05T10:00:00.000Z',
    updatedAt: '2026-02-07T12:30:00.000Z',
    address: { street: `Street ${id}`, zip: '10115', city: 'Berlin', country: 'DE' },
    tags: ['regular', 'insured', 'reminder'],
    visits: Array.from({ length: 4 }, (_, i) => ({
      at: 1_780_000_000_000 + id * 1_000 + i,
      room: i,
      doctor: `doctor-${i}`,
    })),
    balance: id * 0.25,
    locale: 'de-DE',
    note: null,
    summary: '',
  };
  const missing = 1_024 - JSON.stringify(made).length;
  return { ...made, summary: noise(id, missing) };
}

/** A text that is the same for the same seed. */
function noise(seed, length) {
  let [text, state] = ['', seed * 2_654_435_761 + 1];
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    text += state.toString(36);
  }
  return text.slice(0, length);
}
