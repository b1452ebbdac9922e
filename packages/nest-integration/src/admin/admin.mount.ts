import { Inject, Injectable, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CacheError } from '@vitalcache/core';

import { CACHE_SETUP_TOKEN } from '../module/cache.module-definition.js';
import type { CacheSetup } from '../module/cache-setup.js';
import {
  ADMIN_CONTROLLERS,
  allOf,
  DEFAULT_CONTROLLERS,
  type AdminControllers,
} from './admin-place.js';
import { CacheOverviews } from './cache-overview.js';

/**
 * Takes away, before routes are made, those of the module's controllers that must not answer: what is not protected is
 * not there. Which those are is known only when the options are.
 */
@Injectable()
export class AdminMount {
  /** @throws CacheError `CONFIG_INVALID` for a place that comes too late to be taken */
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(CACHE_SETUP_TOKEN) setup: CacheSetup,
    @Inject(ADMIN_CONTROLLERS) placed: AdminControllers,
    @Inject(CacheOverviews) overviews: CacheOverviews,
  ) {
    const { isWanted, isProtected } = setup.admin;
    assertPlace(setup, placed);
    const stay = new Set<Type<object>>([
      ...(isWanted ? [placed.health] : []),
      ...(isProtected ? placed.guarded : []),
      ...(isProtected && hasOwnActions(overviews) ? [placed.actions] : []),
    ]);
    for (const module of modules.values()) {
      const isMine = module.providers.get(ADMIN_CONTROLLERS)?.instance === placed;
      if (!isMine) continue;
      for (const type of [...allOf(DEFAULT_CONTROLLERS), ...allOf(placed)]) {
        if (!stay.has(type)) module.controllers.delete(type);
      }
    }
  }
}

/** Beside those that have a route of their own. */
function hasOwnActions({ actions }: CacheOverviews): boolean {
  return actions.some(({ method, path }) => method !== 'DELETE' || path !== 'phi');
}

function assertPlace({ options }: CacheSetup, placed: AdminControllers): void {
  const { path, version } = options.admin || {};
  if ((path === undefined && version === undefined) || placed !== DEFAULT_CONTROLLERS) return;
  throw new CacheError(
    'CONFIG_INVALID',
    'admin.path and admin.version must be known when routes are declared: give them beside useFactory, as in CacheModule.forRootAsync({ admin: { path: "internal/cache" }, useFactory }).',
  );
}
