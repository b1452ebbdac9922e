/**
 * What CacheModule with 200 methods with `@Cache()` adds to the start of an application, from the definition of its
 * classes until it is initialised: `node tools/measure/nest-start.mjs` after `npm run build`. Every start is the first of
 * a process; medians of interleaved rounds, in processor time, which others on the machine disturb little; the budget is
 * 50 ms. Loading the code is told apart.
 */
import 'reflect-metadata';

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CLASSES = 20;
const METHODS = 10;
const quiet = { log() {}, debug() {}, warn: console.warn, error: console.error };

async function start(isCached) {
  const { Injectable, Module } = await import('@nestjs/common');
  const { DiscoveryModule, NestFactory } = await import('@nestjs/core');
  const loadedAt = processorMs();
  const nest = isCached ? await import('../../packages/nest-integration/dist/index.js') : null;
  const memory = isCached ? await import('../../packages/provider-memory/dist/index.js') : null;
  const startedAt = processorMs();
  const providers = Array.from({ length: CLASSES }, (_, index) => defined(index, nest));
  for (const type of providers) Injectable()(type);
  const imports = nest
    ? [
        nest.CacheModule.forRoot({
          provider: new memory.MemoryCacheProvider(),
          env: {},
          logger: quiet,
        }),
      ]
    : [DiscoveryModule];
  class App {}
  Module({ imports, providers })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const startMs = processorMs() - startedAt;
  await app.close();
  console.log(JSON.stringify({ startMs, loadMs: startedAt - loadedAt }));
}

function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** A class as an application would write it, with cached methods or the same without. */
function defined(index, nest) {
  const methods = Array.from({ length: METHODS }, (_, at) => {
    return `async find${at}(id, page = 1) { return { id, page }; }`;
  });
  const type = new Function(`return class Service${index} { ${methods.join('\n')} };`)();
  for (let at = 0; nest && at < METHODS; at++) {
    const name = `find${at}`;
    const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
    const template = `${type.name}:${name}:{id}:{page}`;
    const options = at % 2 ? {} : { keyTemplate: template, tags: ['all', 'row:{id}'], ttl: 300 };
    nest.Cache(options)(type.prototype, name, descriptor);
    Object.defineProperty(type.prototype, name, descriptor);
  }
  return type;
}

async function compare() {
  const { interleaved, isQuick, median } = await import('./rounds.mjs');
  const run = promisify(execFile);
  const started = (way) => async () => {
    const { stdout } = await run(process.execPath, [fileURLToPath(import.meta.url), way]);
    return JSON.parse(stdout);
  };
  const results = await interleaved(isQuick ? 5 : 15, {
    bare: started('bare'),
    cached: started('cached'),
  });
  const ms = (values) => median(values).toFixed(1).padStart(6);
  const startsOf = (way) => results[way].map(({ startMs }) => startMs);
  const added = startsOf('cached').map((value, round) => value - startsOf('bare')[round]);
  console.log(`start without the cache           ${ms(startsOf('bare'))} ms`);
  console.log(`start with ${CLASSES * METHODS} cached methods    ${ms(startsOf('cached'))} ms`);
  console.log(`added                             ${ms(added)} ms`);
  console.log(
    `loading the code, beside that     ${ms(results.cached.map(({ loadMs }) => loadMs))} ms`,
  );
}

const [, , way] = process.argv;
if (way === 'bare' || way === 'cached') await start(way === 'cached');
else await compare();
