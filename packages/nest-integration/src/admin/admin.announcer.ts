import { Inject, Injectable } from '@nestjs/common';
import { CacheService } from '@vitalcache/core';

import { CACHE_SETUP_TOKEN } from '../module/cache.module-definition.js';
import type { CacheSetup } from '../module/cache-setup.js';
import { currentCaller } from './admin-call.js';

/** Says what an operator is about to do, before it is done. */
@Injectable()
export class AdminAnnouncer {
  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
  ) {}

  /**
   * Takes it through the cache's middleware, where it is recorded or refused, and writes a line.
   * @param action a word of the code
   * @throws what middleware refuses it with
   */
  async announce(action: string): Promise<void> {
    await this.cache.announceAdminCall(action);
    const { actor = null, reason = null } = currentCaller() ?? {};
    const why = reason === null ? '' : ', with a reason';
    this.setup.logger.log(`administration: ${action} by ${actor ?? 'an operator'}${why}`);
  }
}
