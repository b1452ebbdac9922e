/**
 * Records a second that a journal carries while many processes follow it: `node tools/measure/journal-tails.mjs
 * [--quick]` after `npm run build`. In each of four processes one tail is the cache's own, which tells how late records
 * are; the others send the same commands at the same pace over bare sockets, because decoding what 200 tails read would
 * take more of one machine than the server does. Appending: 64 callers, one record each, as fast as answers come;
 * invalidating: 256 callers of a cache, whose invalidations share records.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Redis } from 'ioredis';

import { CacheService, systemClock } from '../../packages/core/dist/index.js';
import { HoldOffs } from '../../packages/core/dist/journal/hold-offs.js';
import { JournalReader } from '../../packages/core/dist/journal/journal.reader.js';
import { constantsOf } from '../../packages/core/dist/journal/journal-options.js';
import { Validity } from '../../packages/core/dist/validity/validity.js';
import { RedisCacheProvider, RedisService } from '../../packages/provider-redis/dist/index.js';
import { startStore } from '../../packages/testing/dist/index.js';
import { environment, isQuick, progress, quantile } from './rounds.mjs';

const TAILS = isQuick ? [1, 50, 200] : [1, 10, 50, 100, 200];
const PROCESSES = 4;
const SPAN_MS = isQuick ? 1_000 : 4_000;
const MODEST_PER_SECOND = 200;
// As core's own tail has them.
const [PAGE, POLL_MS, PACE_MS] = [1_000, 400, 5];

const journalKey = (namespace) => `vc:{${namespace}}:journal`;
const lagMs = (stamp) => Date.now() - stamp / 1_000;

/** The cache's own tail; calls `onRecord` with each stamp. */
function realTail(url, namespace, onRecord) {
  const service = new RedisService({ url });
  const reader = new JournalReader({
    log: new RedisCacheProvider(service).journal(namespace),
    validity: new Validity(2 ** 20),
    holdOffs: new HoldOffs(systemClock),
    clock: systemClock,
    constants: constantsOf({}),
    onRecord: ({ stamp }) => onRecord(stamp),
    onJump: () => undefined,
    onEpochChange: () => undefined,
  });
  return {
    start: async () => (await service.connect(), reader.start()),
    stop: async () => (await reader.close(), service.close()),
  };
}

const bulk = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** A tail that reads the same at the same pace, and looks at nothing but the newest id. */
async function bareTail({ hostname, port }, namespace) {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const key = journalKey(namespace);
  let isOver = false;
  const poll = async (after) => {
    const newest = bulk(['XREVRANGE', key, '+', '-', 'COUNT', '1']);
    const ask = ['XREAD', 'COUNT', `${PAGE}`, 'BLOCK', `${POLL_MS}`, 'STREAMS', key, after];
    socket.write(bulk(ask) + bulk(['ECHO', 'between']) + newest + bulk(['ECHO', 'the-end']));
    const chunks = [];
    for (;;) {
      const [chunk] = await once(socket, 'data');
      chunks.push(chunk);
      if (!Buffer.concat(chunks.slice(-2)).subarray(-16).includes('the-end')) continue;
      const all = Buffer.concat(chunks);
      const head = all.toString('latin1', all.lastIndexOf('between'));
      const hasRecords = !/^\*-1/.test(all.toString('latin1', 0, 3));
      return { hasRecords, newest: /\$\d+\r\n(\d+-\d+)/.exec(head)?.[1] ?? after };
    }
  };
  const follow = async () => {
    let after = '$';
    while (!isOver) {
      const { hasRecords, newest } = await poll(after);
      after = newest;
      if (hasRecords) await sleep(PACE_MS);
    }
  };
  const following = follow();
  return async () => {
    isOver = true;
    await following;
    socket.destroy();
  };
}

async function worker(url, namespace, count) {
  let lags = [];
  const real = realTail(url, namespace, (stamp) => lags.push(lagMs(stamp)));
  await real.start();
  const stops = await Promise.all(
    Array.from({ length: count - 1 }, () => bareTail(new URL(url), namespace)),
  );
  process.on('message', () => {
    process.send(lags);
    lags = [];
  });
  process.send('ready');
  await once(process, 'disconnect');
  await Promise.all([real.stop(), ...stops.map((stop) => stop())]);
}

/** So many tails, spread over processes; resolves with what asks for the lags since it was last asked. */
async function openTails(url, namespace, tails) {
  const file = fileURLToPath(import.meta.url);
  const counts = Array.from({ length: PROCESSES }, (_, i) =>
    Math.floor((tails + PROCESSES - 1 - i) / PROCESSES),
  );
  const children = counts.filter(Boolean).map((count) => fork(file, [url, namespace, `${count}`]));
  const answers = () =>
    Promise.all(children.map(async (child) => (await once(child, 'message'))[0]));
  await answers();
  return {
    async lags() {
      const asked = answers();
      for (const child of children) child.send('lags');
      return (await asked).flat();
    },
    async close() {
      const ended = children.map((child) => once(child, 'exit'));
      for (const child of children) child.disconnect();
      await Promise.all(ended);
    },
  };
}

/** Keeps `callers` calls under way for a while; resolves with what they gave. */
async function kept(callers, call) {
  const endsAt = performance.now() + SPAN_MS;
  const given = [];
  const caller = async () => {
    while (performance.now() < endsAt) given.push(await call());
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return given;
}

/** Calls at a modest rate for a while. */
async function modest(call) {
  const given = [];
  const everyMs = 10;
  for (let at = 0; at < SPAN_MS; at += everyMs) {
    for (let i = 0; i < (MODEST_PER_SECOND * everyMs) / 1_000; i++) given.push(call());
    await sleep(everyMs);
  }
  return Promise.all(given);
}

async function main() {
  const store = await startStore('redis');
  const { url } = store;
  const redis = new Redis(url);
  const cpuSeconds = async () => {
    const info = await redis.info('cpu');
    const [, system, user] = /used_cpu_sys:([\d.]+)[^]*used_cpu_user:([\d.]+)/.exec(info) ?? [];
    return Number(system) + Number(user);
  };
  const rows = [];
  const spent = async (work, tails) => {
    await tails.lags();
    const [startedAt, before] = [performance.now(), await cpuSeconds()];
    const given = await work();
    const seconds = (performance.now() - startedAt) / 1_000;
    const cpu = (await cpuSeconds()) - before;
    await sleep(300); // what is late still comes
    const lags = await tails.lags();
    return {
      perSecond: given.length / seconds,
      recordsPerSecond: new Set(given.map(({ stamp }) => stamp)).size / seconds,
      cpu: cpu / seconds,
      median: quantile(lags, 0.5),
      p99: quantile(lags, 0.99),
    };
  };
  for (const [index, count] of TAILS.entries()) {
    const namespace = `tails-${count}`;
    const provider = new RedisCacheProvider(new RedisService({ url }));
    const cache = new CacheService(provider, { namespace, l1MaxBytes: 0 });
    await cache.start();
    const tails = await openTails(url, namespace, count);
    const log = provider.journal(namespace);
    let [next, tag] = [0, 0];
    const append = () =>
      log.append({ kind: 'hashes', hashes: new Uint32Array([next++, next]) }, next);
    const invalidate = () => cache.invalidateCacheByTag(`tag-${tag++ % 10_000}`);
    await kept(1, append);
    const paced = await spent(() => modest(append), tails);
    const appended = await spent(() => kept(64, append), tails);
    const invalidated = await spent(() => kept(256, invalidate), tails);
    rows.push({ count, paced, appended, invalidated });
    await tails.close();
    await cache.close();
    progress(index + 1, TAILS.length);
  }
  console.log(await environment(url));
  console.log(
    '| tails | lag at 200 records/s: median, p99 | server | records/s alone | lag | server | invalidations/s, shared | records/s | lag | server |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const { count, paced, appended, invalidated } of rows) {
    const lag = ({ median, p99 }) => `${median.toFixed(1)}, ${p99.toFixed(1)} ms`;
    const share = ({ cpu }) => `${Math.round(cpu * 100)} %`;
    const rate = (value) => `${Math.round(value)}`;
    const cells = [
      count,
      lag(paced),
      share(paced),
      rate(appended.perSecond),
      lag(appended),
      share(appended),
      rate(invalidated.perSecond),
      rate(invalidated.recordsPerSecond),
      lag(invalidated),
      share(invalidated),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  redis.disconnect();
  await store.stop();
}

const [url, namespace, count] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
await (url ? worker(url, namespace, Number(count)) : main());
