import 'reflect-metadata';

import { Injectable, Module, type Type } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { Cache, CacheModule } from '@vitalcache/nest-integration';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

const CLASSES = 20;
const METHODS = 10;
const QUIET = {
  log: () => undefined,
  debug: () => undefined,
  warn: console.warn,
  error: console.error,
};

/** An application with 200 methods, cached or not, as the first thing of a process; tells its processor time. */
const isCached = process.argv[2] === 'cached';

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** A class as an application would write it. */
function defined(index: number): Type {
  const name = `Service${index}`;
  const type = { [name]: class {} }[name] as Type;
  for (let at = 0; at < METHODS; at++) {
    // A function of its own for each, as in source.
    const value = async (id: string, page = 1): Promise<object> => ({ id, page });
    Object.defineProperty(type.prototype, `find${at}`, {
      value,
      writable: true,
      configurable: true,
    });
    if (isCached) decorate(type, `find${at}`, at % 2 === 0);
  }
  Injectable()(type);
  return type;
}

function decorate(type: Type, name: string, hasTemplate: boolean): void {
  const prototype = type.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  const keyTemplate = `${type.name}:${name}:{id}:{page}`;
  const options = hasTemplate ? { keyTemplate, tags: ['all', 'row:{id}'], ttl: 300 } : {};
  Cache(options)(prototype, name, descriptor);
  Object.defineProperty(prototype, name, descriptor);
}

const startedAt = processorMs();
const providers = Array.from({ length: CLASSES }, (_, index) => defined(index));
const cached = () =>
  CacheModule.forRoot({ provider: new MemoryCacheProvider(), env: {}, logger: QUIET });
class App {}
Module({ imports: [isCached ? cached() : DiscoveryModule], providers })(App);
const app = await NestFactory.createApplicationContext(App, { logger: false });
const startMs = processorMs() - startedAt;
await app.close();
process.send?.(startMs, () => process.exit(0));
