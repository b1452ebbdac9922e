import {
  Catch,
  HttpException,
  Inject,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { isCacheError } from '@vitalcache/core';

import { CACHE_SETUP_TOKEN } from '../module/cache.module-definition.js';
import type { CacheSetup } from '../module/cache-setup.js';
import { RetryLaterException } from './retry-later.exception.js';
import { problemOf } from './problem.js';

/** Answers what goes wrong in the administration with a problem body, and never with a 500. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<object>());
  }

  answer(error: unknown, response: object): void {
    const { httpAdapter } = this.host;
    const problem = problemOf(error);
    if (problem.status >= 500) this.#log(error);
    const headers: Record<string, string> = {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(problem.status === 401 && { 'WWW-Authenticate': 'Bearer realm="cache"' }),
      ...(error instanceof RetryLaterException && { 'Retry-After': String(error.seconds) }),
    };
    for (const [name, value] of Object.entries(headers)) {
      httpAdapter.setHeader(response, name, value);
    }
    httpAdapter.reply(response, JSON.stringify(problem), problem.status);
  }

  /** An error that is not known may hold anything in its message: its class must do. */
  #log(error: unknown): void {
    const isOurs = isCacheError(error) || error instanceof HttpException;
    const what = isOurs ? error.message : error instanceof Error ? error.name : typeof error;
    this.setup.logger.error(`a call of the administration failed: ${what}`);
  }
}
