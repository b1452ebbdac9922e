import { Controller, Get, Header, HttpStatus, Inject, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { CacheHealth } from '@vitalcache/core';

import { AnswersProblems } from '../admin/answers-problems.decorator.js';
import { CacheHealthService, type ServiceState } from './cache-health.service.js';

/** Open to everyone: for load balancers and what watches from outside. */
@Controller('cache')
@AnswersProblems()
export class CacheHealthController {
  constructor(
    @Inject(CacheHealthService) private readonly health: CacheHealthService,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** 200 also when critical; 503 then with `?strict=1`. */
  @Get('health')
  @Header('Cache-Control', 'no-store')
  async get(
    @Query('strict') strict: unknown,
    @Res({ passthrough: true }) response: object,
  ): Promise<CacheHealth> {
    const health = await this.health.health();
    const isStrict = strict === '1' || strict === 'true';
    if (isStrict && health.status === 'critical') this.#unavailable(response);
    return health;
  }

  @Get('health/live')
  @Header('Cache-Control', 'no-store')
  async live(@Res({ passthrough: true }) response: object): Promise<Omit<ServiceState, 'isUp'>> {
    return this.#answer(response, await this.health.liveness());
  }

  @Get('health/ready')
  @Header('Cache-Control', 'no-store')
  async ready(@Res({ passthrough: true }) response: object): Promise<Omit<ServiceState, 'isUp'>> {
    return this.#answer(response, await this.health.readiness());
  }

  #answer(response: object, { isUp, ...state }: ServiceState): Omit<ServiceState, 'isUp'> {
    if (!isUp) this.#unavailable(response);
    return state;
  }

  #unavailable(response: object): void {
    this.host.httpAdapter.status(response, HttpStatus.SERVICE_UNAVAILABLE);
  }
}
