import 'reflect-metadata';

import { CacheInterceptor, CacheModule as ManagerModule } from '@nestjs/cache-manager';
import { Controller, Get, Module, Param, UseInterceptors } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cache, CacheModule } from '@vitalcache/nest-integration';
import { MemoryCacheProvider } from '@vitalcache/provider-memory';

import { age } from '../measuring/garbage.js';

const ANSWER = { id: 7, name: 'Ada', roles: ['reader', 'writer'], rooms: [1, 2, 3] };
const QUIET = {
  log: () => undefined,
  debug: () => undefined,
  warn: console.warn,
  error: console.error,
};

@Controller()
class ConstantRoute {
  @Get('answers/:id')
  answer(@Param('id') _id: string): object {
    return ANSWER;
  }
}

@Controller()
class CachedRoute {
  #calls = 0;

  @Get('answers/:id')
  @Cache({ keyTemplate: 'answers:{0}', ttl: 3600 })
  answer(@Param('id') _id: string): object {
    this.#calls++;
    return ANSWER;
  }

  @Get('calls')
  calls(): object {
    return { calls: this.#calls };
  }
}

@Controller()
class InterceptedRoute {
  #calls = 0;

  @Get('answers/:id')
  @UseInterceptors(CacheInterceptor)
  answer(@Param('id') _id: string): object {
    this.#calls++;
    return ANSWER;
  }

  @Get('calls')
  calls(): object {
    return { calls: this.#calls };
  }
}

@Module({ controllers: [ConstantRoute] })
class ConstantApp {}

@Module({
  imports: [CacheModule.forRoot({ provider: new MemoryCacheProvider(), env: {}, logger: QUIET })],
  controllers: [CachedRoute],
})
class CachedApp {}

@Module({ imports: [ManagerModule.register({ ttl: 3_600_000 })], controllers: [InterceptedRoute] })
class InterceptedApp {}

const APPS: Readonly<Record<string, new () => object>> = {
  constant: ConstantApp,
  vitalcache: CachedApp,
  '@nestjs/cache-manager': InterceptedApp,
};

/** An application with one route, in a process of its own; tells its port. */
const App = APPS[process.argv[2] ?? ''] as new () => object;
const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
const server = app.getHttpServer() as { address(): { port: number } };
await age();
process.send?.(server.address().port);
process.on('disconnect', () => process.exit(0));
