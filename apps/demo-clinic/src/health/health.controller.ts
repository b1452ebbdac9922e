import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CacheHealth, CacheStats, PerformanceMetrics } from '@vitalcache/metrics';
import { CacheHealthService, CacheService } from '@vitalcache/nest-integration';

/** How the cache is doing; open to everybody, and so without anything that could name a person. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly cache: CacheService,
    private readonly checks: CacheHealthService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Health of the cache; critical while the store is out of reach' })
  health(): Promise<CacheHealth> {
    return this.checks.health();
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Counts, rates and latencies of this process since its start' })
  async numbers(): Promise<{ stats: CacheStats; performance: PerformanceMetrics }> {
    const [stats, performance] = await Promise.all([
      this.cache.getCacheStats(),
      this.cache.getCacheMetrics(),
    ]);
    return { stats, performance };
  }
}
