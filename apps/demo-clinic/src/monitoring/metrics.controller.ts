import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Registry } from 'prom-client';

/** What Prometheus scrapes. No label names a person; an application on the internet would not show it to everybody all the same. */
@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'All metrics of the cache, in the text format of Prometheus' })
  @ApiProduces('text/plain')
  scrape(): Promise<string> {
    return this.registry.metrics();
  }
}
