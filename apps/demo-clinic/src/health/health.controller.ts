import { Controller, Get, type OnModuleInit } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CacheMetricsService,
  type CacheHealth,
  type CacheStats,
  type PerformanceMetrics,
} from '@vitalcache/metrics';
import { CacheService } from '@vitalcache/nest-integration';

/** How the cache is doing; open to everybody, and so without anything that could name a person. */
@ApiTags('health')
@Controller('health')
export class HealthController implements OnModuleInit {
  constructor(
    private readonly cache: CacheService,
    private readonly metrics: CacheMetricsService,
  ) {}

  onModuleInit(): void {
    this.metrics.attach(this.cache);
  }

  @Get()
  @ApiOperation({ summary: 'Health of the cache; critical while the store is out of reach' })
  health(): Promise<CacheHealth> {
    return this.metrics.health();
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Counts, rates and latencies of this process since its start' })
  async numbers(): Promise<{ stats: CacheStats; performance: PerformanceMetrics }> {
    return { stats: this.metrics.stats(), performance: await this.metrics.performance() };
  }
}
