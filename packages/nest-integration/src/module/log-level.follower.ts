import { Inject, Injectable } from '@nestjs/common';
import { CacheService } from '@vitalcache/core';

import { CACHE_SETUP_TOKEN } from './cache.module-definition.js';
import type { CacheSetup } from './cache-setup.js';

/** Lets the log level follow what is changed while the application runs. */
@Injectable()
export class LogLevelFollower {
  constructor(
    @Inject(CacheService) cache: CacheService,
    @Inject(CACHE_SETUP_TOKEN) setup: CacheSetup,
  ) {
    cache.onSettingChanged(({ name }) => {
      if (name === 'logLevel') setup.log.level = cache.settings.logLevel;
    });
  }
}
