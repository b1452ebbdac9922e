import { Inject, Injectable, NotFoundException } from '@nestjs/common';
import { CacheError, CacheService, type AdminAction } from '@vitalcache/core';

import { currentCaller } from './admin-call.js';
import { AdminAnnouncer } from './admin.announcer.js';
import { bodyOf } from './admin.input.js';
import type { AdminRequest } from './admin-request.js';
import { CacheOverviews } from './cache-overview.js';

/** Runs what plugins bring for operators. */
@Injectable()
export class PluginActions {
  constructor(
    @Inject(CacheService) private readonly cache: CacheService,
    @Inject(CacheOverviews) private readonly overviews: CacheOverviews,
    @Inject(AdminAnnouncer) private readonly announcer: AdminAnnouncer,
  ) {}

  /** @throws NotFoundException; CacheError `FEATURE_MISSING`, `OPTION_INVALID` and those of the action */
  async run(method: AdminAction['method'], path: string, request: AdminRequest): Promise<object> {
    const action = this.overviews.actions.find((one) => one.method === method && one.path === path);
    if (!action) throw missing(method, path);
    const { actor = null, reason = null } = currentCaller() ?? {};
    if (action.needsReason && reason === null) {
      throw new CacheError(
        'OPTION_INVALID',
        `${method} /cache/${path} needs a reason for the audit: send the header X-Audit-Reason.`,
      );
    }
    if (method !== 'GET') await this.announcer.announce(`${method} ${path}`);
    const input = { ...request.query, ...bodyOf(request) };
    return action.run(this.cache, { input, actor, reason });
  }
}

function missing(method: string, path: string): Error {
  if (method !== 'DELETE' || path !== 'phi') {
    return new NotFoundException('No plugin of this cache has such an action.');
  }
  return new CacheError(
    'FEATURE_MISSING',
    'No healthcare data is in this cache: DELETE /cache/phi needs @vitalcache/healthcare-phi; npm install @vitalcache/healthcare-phi, and pass its plugin in plugins.',
  );
}
