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

const TAKEN =
  'the endpoints for operators of another CacheModule stand at /cache: give this one admin.path to have its own';

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
    const all = [...modules.values()];
    const at = all.findIndex((one) => one.providers.get(ADMIN_CONTROLLERS)?.instance === placed);
    const mine = all[at];
    if (!mine) return;
    const isTaken = placed.isDefault && all.slice(0, at).some(isAtDefault);
    if (isTaken && isProtected) setup.logger.warn(TAKEN);
    const isThere = isWanted && !isTaken;
    const stay = new Set<Type<object>>([
      ...(isThere ? [placed.health] : []),
      ...(isThere && isProtected ? placed.guarded : []),
      ...(isThere && isProtected && hasOwnActions(overviews) ? [placed.actions] : []),
    ]);
    for (const type of [...allOf(DEFAULT_CONTROLLERS), ...allOf(placed)]) {
      if (!stay.has(type)) mine.controllers.delete(type);
    }
  }
}

function isAtDefault({ controllers }: { readonly controllers: ReadonlyMap<unknown, unknown> }) {
  return controllers.has(DEFAULT_CONTROLLERS.health);
}

/** Beside those that have a route of their own. */
function hasOwnActions({ actions }: CacheOverviews): boolean {
  return actions.some(({ method, path }) => method !== 'DELETE' || path !== 'phi');
}

function assertPlace({ options }: CacheSetup, placed: AdminControllers): void {
  const { path, version } = options.admin || {};
  if ((path === undefined && version === undefined) || !placed.isDefault) return;
  throw new CacheError(
    'CONFIG_INVALID',
    'admin.path and admin.version must be known when routes are declared: give them beside useFactory, as in CacheModule.forRootAsync({ admin: { path: "internal/cache" }, useFactory }).',
  );
}
