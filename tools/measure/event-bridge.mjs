/**
 * What the bridge to `@nestjs/event-emitter` adds to a hit of the process's own tier, in an application of Nest:
 * `node tools/measure/event-bridge.mjs` after `npm run build`. Medians of interleaved rounds, in CPU time, which others on
 * the machine disturb little.
 */
import 'reflect-metadata';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';

import { CacheModule, CacheService } from '../../packages/nest-integration/dist/index.js';
import { MemoryCacheProvider } from '../../packages/provider-memory/dist/index.js';
import { interleaved, isQuick, median, ratioOf } from './rounds.mjs';

const ROUNDS = isQuick ? 5 : 15;
const CALLS = isQuick ? 20_000 : 100_000;
const KEYS = Array.from({ length: 1_000 }, (_, i) => `users:${i}`);
const OPTIONS = Object.freeze({ ttl: 600, template: 'users:{id}' });
const quiet = { log() {}, debug() {}, warn: console.warn, error: console.error };
const load = async () => ({ id: 1, name: 'Ada', roles: ['reader'] });

let applications = 0;
async function applicationWith(imports, listen = () => undefined) {
  class App {}
  const cacheModule = CacheModule.forRoot({
    provider: new MemoryCacheProvider(),
    env: { NODE_ENV: 'production' },
    logger: quiet,
    namespace: `bridge-${applications++}`, // events of one are told to all of the same
  });
  Module({ imports: [...imports, cacheModule] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  listen(app);
  const cache = app.get(CacheService);
  for (const key of KEYS) await cache.cache(key, load, OPTIONS);
  await cache.settled();
  return { app, cache };
}

const emitter = (wildcard) => [EventEmitterModule.forRoot({ wildcard })];
const on = (name) => (app) => app.get(EventEmitter2).on(name, () => undefined);
const started = {
  'without an emitter': await applicationWith([]),
  'nobody listens': await applicationWith(emitter(false)),
  'a listener to cache.hit': await applicationWith(emitter(false), on('cache.hit')),
  'a listener to cache.*': await applicationWith(emitter(true), on('cache.*')),
};

const ways = Object.fromEntries(
  Object.entries(started).map(([name, { cache }]) => [
    name,
    async () => {
      const before = process.cpuUsage();
      for (let i = 0; i < CALLS; i++) await cache.cache(KEYS[i % 1_000], load, OPTIONS);
      const { user, system } = process.cpuUsage(before);
      return ((user + system) * 1_000) / CALLS;
    },
  ]),
);
const times = await interleaved(ROUNDS, ways);
const bare = times['without an emitter'];
for (const [name, values] of Object.entries(times)) {
  const ns = median(values).toFixed(0).padStart(6);
  console.log(`${name.padEnd(26)} ${ns} ns  ${ratioOf(values, bare).toFixed(2)} x`);
}
for (const { app } of Object.values(started)) await app.close();
