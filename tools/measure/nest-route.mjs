/**
 * Requests a second of a route with `@Cache()` that hits, against the same route returning a constant, on Fastify:
 * `node tools/measure/nest-route.mjs` after `npm run build`. The constant is answered once by an application without
 * CacheModule and once beside the cached route. Servers in processes of their own; medians of interleaved rounds; the
 * budget is 0.9 of the application without CacheModule. The server's processor time a request is told as well, which
 * others on the machine disturb less. "Floor" is what no cache gets below: a handler with a Map, and the same headers.
 * Beside misses: five a second, which is next to nothing, were it not for the async contexts that they take.
 */
import 'reflect-metadata';

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { Controller, Get, Module, Param, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import autocannon from 'autocannon';

const ANSWER = { id: 7, name: 'Ada', roles: ['reader', 'writer'], rooms: [1, 2, 3] };
const WAYS = ['bare', 'floor', 'with-cache', 'with-misses'];
const quiet = { log() {}, debug() {}, warn: console.warn, error: console.error };

/** Applies decorators as a compiler would. */
const decorate = (type, name, decorators, parameters = []) => {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  parameters.forEach((parameter, index) => parameter(type.prototype, name, index));
  const decorated = Reflect.decorate(decorators, type.prototype, name, descriptor);
  Object.defineProperty(type.prototype, name, decorated ?? descriptor);
};

async function serve(way) {
  const isCached = way.startsWith('with-');
  const known = new Map([['answers:7', { value: ANSWER, createdAt: Date.now() }]]);
  const imports = [];
  class Routes {
    constant() {
      return ANSWER;
    }

    cached() {
      return ANSWER;
    }

    floor(id, request) {
      request.served = known.get(`answers:${id}`);
      return request.served.value;
    }
  }
  decorate(Routes, 'constant', [Get('constant/:id')], [Param('id')]);
  decorate(Routes, 'floor', [Get('floor/:id')], [Param('id'), Req()]);
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
  if (way === 'floor') sayServed(app.getHttpAdapter().getInstance());
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  if (way === 'with-misses') missAgainAndAgain(`http://127.0.0.1:${port}/cached`);
  process.on('message', () => process.send(process.cpuUsage()));
  process.on('disconnect', () => process.exit());
  await collect();
  process.send(port);
}

/**
 * Brings a process to where one that has run for a while is: V8 forgets with a full collection what it had learned of
 * `process.nextTick`, which takes 230 ns instead of 40 from then on. An application as small as the constant one may never
 * come to it; one with more code does while it starts.
 */
async function collect() {
  for (let i = 0; i < 6; i++) {
    globalThis.gc();
    await setTimeout(20);
  }
}

/** Five misses a second, each of which needs an async context. */
async function missAgainAndAgain(url) {
  for (let id = 0; ; id++) {
    await setTimeout(200);
    await (await fetch(`${url}/other-${id}`)).text();
  }
}

/** The hooks and headers of a hit. */
function sayServed(fastify) {
  fastify.addHook('preHandler', (_request, _reply, done) => done());
  fastify.addHook('onSend', ({ served }, reply, _payload, done) => {
    const ageMs = Date.now() - served.createdAt;
    const freshForS = Math.floor((3_600_000 - ageMs) / 1_000);
    reply.header('Cache-Status', `Vitalcache; hit; ttl=${freshForS}; detail=l1`);
    reply.header('Age', String(Math.floor(ageMs / 1_000)));
    done();
  });
}

/** A server; if it ends, so do all the others and this, and what it said stands above. */
function start(way) {
  const child = fork(fileURLToPath(import.meta.url), [way], { execArgv: ['--expose-gc'] });
  process.once('exit', () => child.kill());
  child.once('exit', (code) => {
    if (code === null) return; // was killed
    console.error(`The server "${way}" ended with code ${code}.`);
    process.exit(1);
  });
  return child;
}

async function compare() {
  const { interleaved, isQuick, median, ratioOf } = await import('./rounds.mjs');
  const children = WAYS.map(start);
  const [bare, floor, withCache, withMisses] = await Promise.all(
    children.map(async (child) => ({ child, port: (await once(child, 'message'))[0] })),
  );
  const processorUs = async (child) => {
    child.send('?');
    const [{ user, system }] = await once(child, 'message');
    return user + system;
  };
  const per =
    ({ child, port }, path) =>
    async () => {
      const url = `http://127.0.0.1:${port}/${path}/7`;
      const before = await processorUs(child);
      const { requests, errors, non2xx } = await autocannon({
        url,
        connections: 32,
        duration: isQuick ? 1 : 3,
      });
      if (errors + non2xx > 0) throw new Error(`${errors} errors, ${non2xx} answers that failed`);
      const us = (await processorUs(child)) - before;
      return { perSecond: requests.average, us: us / requests.total };
    };
  const results = await interleaved(isQuick ? 3 : 7, {
    'constant, without CacheModule': per(bare, 'constant'),
    floor: per(floor, 'floor'),
    'constant, beside it': per(withCache, 'constant'),
    '@Cache(), hit': per(withCache, 'cached'),
    'the same beside misses': per(withMisses, 'cached'),
  });
  const base = results['constant, without CacheModule'];
  for (const [name, values] of Object.entries(results)) {
    const of = (rounds, what) => rounds.map((round) => round[what]);
    const perSecond = ratioOf(of(values, 'perSecond'), of(base, 'perSecond')).toFixed(2);
    const us = ratioOf(of(base, 'us'), of(values, 'us')).toFixed(2);
    console.log(
      `${name.padEnd(30)} ${median(of(values, 'perSecond')).toFixed(0).padStart(7)} requests/s  ${perSecond} x` +
        `  ${median(of(values, 'us')).toFixed(1).padStart(6)} us of processor time  ${us} x`,
    );
  }
  process.exit();
}

const [, , way] = process.argv;
if (WAYS.includes(way)) await serve(way);
else await compare();
