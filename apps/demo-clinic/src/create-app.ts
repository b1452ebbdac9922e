import { fileURLToPath } from 'node:url';

import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';

import { AppModule } from './app.module.js';
import { describeApi } from './http/describe-api.js';
import { QuietLogger } from './quiet-logger.js';

// Holds for src and dist alike.
const PUBLIC_FOLDER = fileURLToPath(new URL('../public', import.meta.url));

/** The application, ready to listen: API, its description at `/docs`, and the front page at `/`. */
export async function createApp(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(env),
    new FastifyAdapter(),
    { abortOnError: false, logger: new QuietLogger() },
  );
  app.enableShutdownHooks();
  app.useStaticAssets({ root: PUBLIC_FOLDER });
  SwaggerModule.setup('docs', app, () => describeApi(app));
  return app;
}
