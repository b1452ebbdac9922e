import { Controller, type DynamicModule, type Type } from '@nestjs/common';
import { CacheError } from '@vitalcache/core';

import { DashboardController } from '../dashboard/dashboard.controller.js';
import { CacheHealthController } from '../health/cache-health.controller.js';
import { CacheActionsController } from './cache-actions.controller.js';
import type { CacheAdminPlace } from './cache-admin.options.js';
import { CacheAdminController } from './cache-admin.controller.js';

/** The controllers of one CacheModule, where they stand. */
export interface AdminControllers {
  /** Whether the application said no other place. */
  readonly isDefault: boolean;
  readonly health: Type<object>;
  /** There only behind a guard or a token. */
  readonly guarded: readonly Type<object>[];
  /** As those, and only if a plugin brings actions. */
  readonly actions: Type<object>;
}

/** Injection token of {@link AdminControllers}. */
export const ADMIN_CONTROLLERS = 'VITALCACHE_ADMIN_CONTROLLERS';

/** Where they stand unless the application says another place. */
export const DEFAULT_CONTROLLERS: AdminControllers = {
  isDefault: true,
  health: CacheHealthController,
  guarded: [CacheAdminController, DashboardController],
  actions: CacheActionsController,
};

/** The module with its controllers where they are wanted. @throws CacheError `CONFIG_INVALID` */
export function placed(module: DynamicModule, { path, version }: CacheAdminPlace): DynamicModule {
  if (path === undefined && version === undefined) return module;
  const controllers = controllersAt({ path, version });
  return {
    ...module,
    controllers: [...(module.controllers ?? []), ...allOf(controllers)],
    providers: [...(module.providers ?? []), { provide: ADMIN_CONTROLLERS, useValue: controllers }],
  };
}

/** Controllers of their own for a place of its own. */
function controllersAt({ path = 'cache', version }: CacheAdminPlace): AdminControllers {
  if (typeof path !== 'string' || !/^\/?[\w-]+(\/[\w-]+)*\/?$/.test(path)) {
    throw new CacheError(
      'CONFIG_INVALID',
      'admin.path must be a path of letters, digits, _ and -, such as internal/cache.',
    );
  }
  const at = (type: Type<object>): Type<object> => {
    const placed = { [type.name]: class extends type {} }[type.name] as Type<object>;
    Controller({ path, ...(version !== undefined && { version }) })(placed);
    return placed;
  };
  const { health, guarded, actions } = DEFAULT_CONTROLLERS;
  return { isDefault: false, health: at(health), guarded: guarded.map(at), actions: at(actions) };
}

/** In the order in which their routes are looked through. */
export function allOf({ health, guarded, actions }: AdminControllers): Type<object>[] {
  return [health, ...guarded, actions];
}
