import {
  Controller,
  Delete,
  Get,
  HttpCode,
  HttpStatus,
  Inject,
  Post,
  Req,
  Res,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import {
  CacheError,
  CacheService,
  isCacheError,
  RUNTIME_SETTINGS,
  type InvalidationResult,
  type SettingsResult,
  type WarmResult,
} from '@vitalcache/core';

import { AdminCallInterceptor } from './admin-call.interceptor.js';
import { AdminGuard } from './admin.guard.js';
import {
  assertMembers,
  bodyOf,
  clinicOf,
  FIXED_SETTINGS,
  numberOf,
  patternOf,
  settingsChangeOf,
} from './admin.input.js';
import type { AdminRequest } from './admin-request.js';
import { NeedsScope } from './admin-scope.js';
import { Benchmark, type BenchmarkResult } from './benchmark.js';
import { CacheOverviews } from './cache-overview.js';
import { openApiOf } from './open-api.js';
import { PluginActions } from './plugin-actions.js';
import { AnswersProblems } from './answers-problems.decorator.js';
import { Warming } from './warming.js';

const PROTECTED =
  'The pattern covers protected data, and an operator asks on behalf of nobody: DELETE /cache/phi, with X-Audit-Reason, clears it all, or with patientId that of one patient.';

const BENCHMARK_OPS = { min: 10, max: 5_000, absent: 500 };

/** The endpoints for operators, but for health, which is open, and what plugins bring. */
@Controller('cache')
@UseGuards(AdminGuard)
@UseInterceptors(AdminCallInterceptor)
@AnswersProblems()
export class CacheAdminController {
  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CacheOverviews) private readonly overviews: CacheOverviews,
    @Inject(PluginActions) private readonly actions: PluginActions,
    @Inject(Warming) private readonly warming: Warming,
    @Inject(Benchmark) private readonly benchmarks: Benchmark,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @NeedsScope('read')
  overview(): Promise<object> {
    return this.overviews.overview();
  }

  @Get('metrics')
  @NeedsScope('read')
  metrics(): Promise<object> {
    return this.overviews.metrics();
  }

  @Get('config')
  @NeedsScope('read')
  config(): object {
    return {
      settings: this.cache.settings,
      accepted: RUNTIME_SETTINGS,
      restart: FIXED_SETTINGS,
    };
  }

  @Get('openapi')
  @NeedsScope('read')
  describe(): object {
    return openApiOf(this.overviews.actions);
  }

  /** 202 when the store has not recorded it yet: it is tried until it does. */
  @Delete()
  @NeedsScope('write')
  async clear(
    @Req() request: AdminRequest,
    @Res({ passthrough: true }) response: object,
  ): Promise<Pick<InvalidationResult, 'removed' | 'recorded' | 'stamp'>> {
    const pattern = patternOf(request.query ?? {});
    const { removed, recorded, stamp } = await this.cache
      .invalidateCacheByPattern(pattern)
      .catch(sayWhatClearsProtected);
    if (!recorded) this.host.httpAdapter.status(response, HttpStatus.ACCEPTED);
    return { removed, recorded, stamp };
  }

  @Delete('phi')
  @NeedsScope('write', false)
  clearPhi(@Req() request: AdminRequest): Promise<object> {
    return this.actions.run('DELETE', 'phi', request);
  }

  @Post('warm')
  @HttpCode(HttpStatus.OK)
  @NeedsScope('write')
  warm(@Req() request: AdminRequest): Promise<WarmResult> {
    return this.warming.run(clinicOf(bodyOf(request)));
  }

  @Post('config')
  @HttpCode(HttpStatus.OK)
  @NeedsScope('write')
  configure(@Req() request: AdminRequest): Promise<SettingsResult> {
    return this.cache.configure(settingsChangeOf(bodyOf(request)));
  }

  @Get('benchmark')
  @NeedsScope('write')
  benchmark(@Req() request: AdminRequest): Promise<BenchmarkResult> {
    const query = request.query ?? {};
    assertMembers('The query', query, ['ops']);
    const { min, max, absent } = BENCHMARK_OPS;
    return this.benchmarks.run(numberOf(query, 'ops', min, max, absent));
  }
}

/** @throws whatever went wrong, with a way forward where there is one */
function sayWhatClearsProtected(error: unknown): never {
  throw isCacheError(error, 'ACCESS_MISSING') ? new CacheError(error.code, PROTECTED) : error;
}
