import { Injectable, Logger } from '@nestjs/common';
import { CacheService } from '@vitalcache/nest-integration';

/** Tells the cache what a write made old; called after the write is committed and before it is answered. */
@Injectable()
export class InvalidationService {
  private readonly logger = new Logger(InvalidationService.name);

  constructor(private readonly cache: CacheService) {}

  /**
   * Makes everything with these tags invalid, everywhere. Resolves also when the store is out of reach: this process
   * then honours it at once and the others as soon as the store is back, which the log says.
   */
  async changed(...tags: string[]): Promise<void> {
    const results = await Promise.all(tags.map((tag) => this.cache.invalidateCacheByTag(tag)));
    if (results.some(({ recorded }) => !recorded)) {
      this.logger.warn(
        'An invalidation waits for the store; other processes may serve old data until it is back.',
      );
    }
  }
}
