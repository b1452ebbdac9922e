/**
 * Requests a second of a route with `@Cache()` that hits, against the same route returning a constant, on Fastify:
 * `node tools/measure/nest-route.mjs` after `npm run build`. The constant is answered once by an application without
 * CacheModule and once beside the cached route. Servers in processes of their own; medians of interleaved rounds; the
 * budget is 0.9 of the application without CacheModule.
 */
import 'reflect-metadata';

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import autocannon from 'autocannon';

const ANSWER = { id: 7, name: 'Ada', roles: ['reader', 'writer'], rooms: [1, 2, 3] };
const quiet = { log() {}, debug() {}, warn: console.warn, error: console.error };

/** Applies decorators as a compiler would. */
const decorate = (type, name, decorators, parameters = []) => {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  parameters.forEach((parameter, index) => parameter(type.prototype, name, index));
  const decorated = Reflect.decorate(decorators, type.prototype, name, descriptor);
  Object.defineProperty(type.prototype, name, decorated ?? descriptor);
};

async function serve(isCached) {
  const imports = [];
  class Routes {
    constant() {
      return ANSWER;
    }

    cached() {
      return ANSWER;
    }
  }
  decorate(Routes, 'constant', [Get('constant/:id')], [Param('id')]);
  if (isCached) {
    const nest = await import('../../packages/nest-integration/dist/index.js');
    const { MemoryCacheProvider } = await import('../../packages/provider-memory/dist/index.js');
    const provider = new MemoryCacheProvider();
    imports.push(nest.CacheModule.forRoot({ provider, env: {}, logger: quiet }));
    const cache = nest.Cache({ keyTemplate: 'answers:{id}', ttl: 3600 });
    decorate(Routes, 'cached', [cache, Get('cached/:id')], [Param('id')]);
  }
  Controller()(Routes);
  class App {}
  Module({ imports, controllers: [Routes] })(App);
  const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  process.send(app.getHttpServer().address().port);
}

async function compare() {
  const { interleaved, isQuick, median, ratioOf } = await import('./rounds.mjs');
  const children = ['bare', 'with-cache'].map((way) => fork(fileURLToPath(import.meta.url), [way]));
  const [bare, withCache] = await Promise.all(
    children.map(async (child) => `http://127.0.0.1:${(await once(child, 'message'))[0]}`),
  );
  const per = (url) => async () => {
    const { requests, errors, non2xx } = await autocannon({
      url,
      connections: 32,
      duration: isQuick ? 1 : 3,
    });
    if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} answers that failed`);
    return requests.average;
  };
  const results = await interleaved(isQuick ? 3 : 7, {
    'constant, without CacheModule': per(`${bare}/constant/7`),
    'constant, beside it': per(`${withCache}/constant/7`),
    '@Cache(), hit': per(`${withCache}/cached/7`),
  });
  for (const child of children) child.kill();
  const base = results['constant, without CacheModule'];
  for (const [name, values] of Object.entries(results)) {
    const ratio = ratioOf(values, base).toFixed(2);
    console.log(
      `${name.padEnd(32)} ${median(values).toFixed(0).padStart(7)} requests/s  ${ratio} x`,
    );
  }
}

const [, , way] = process.argv;
if (way === 'bare' || way === 'with-cache') await serve(way === 'with-cache');
else await compare();
