import type { INestApplication, Type } from '@nestjs/common';
import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

import { CacheModule, type CacheModuleOptions } from '../../src/index.js';
import { LogLines } from './log-lines.js';

export type Platform = 'express' | 'fastify';
export const PLATFORMS: readonly Platform[] = ['express', 'fastify'];

const open = new Set<{ close(): Promise<void> }>();

/** Closes what the test opened. */
export async function closeAll(): Promise<void> {
  await Promise.all([...open].map((one) => one.close()));
  open.clear();
}

/** Options that read no variable and log into `lines`. */
export function testOptions(
  more: CacheModuleOptions = {},
  lines = new LogLines(),
): CacheModuleOptions {
  return {
    provider: new MemoryCacheProvider(),
    env: {},
    logger: lines,
    namespace: 'test',
    ...more,
  };
}

/** A started application without HTTP. */
export async function startModule(
  metadata: ModuleMetadata,
  adjust: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
) {
  const module = await adjust(Test.createTestingModule(metadata)).compile();
  await module.init();
  open.add(module);
  return module;
}

/** A started HTTP application and its address. */
export async function startHttp(
  platform: Platform,
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => void = () => undefined,
): Promise<{ app: INestApplication; url: string }> {
  const module = await Test.createTestingModule(metadata).compile();
  const app =
    platform === 'express'
      ? module.createNestApplication()
      : module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  prepare(app);
  await app.listen(0, '127.0.0.1');
  open.add(app);
  return { app, url: await app.getUrl() };
}

/** An HTTP application of controllers and providers with a cache of its own. */
export function startControllers(
  platform: Platform,
  controllers: Type[],
  options: CacheModuleOptions = testOptions(),
  prepare?: (app: INestApplication) => void,
) {
  return startHttp(platform, { imports: [CacheModule.forRoot(options)], controllers }, prepare);
}
