import type { CanActivate, ControllerOptions, Type } from '@nestjs/common';

/** Where the administration endpoints stand; known when the module is imported. */
export interface CacheAdminPlace {
  /** Path of the endpoints, behind the global prefix. Default: `cache`. */
  readonly path?: string | undefined;
  /** Version of the routes, where the application versions them. Default: as the application's other routes. */
  readonly version?: ControllerOptions['version'] | undefined;
}

/** How the administration endpoints are protected. They are off until there is a guard or a token. */
export interface CacheAdminOptions extends CacheAdminPlace {
  /**
   * Decides who may call them, beside the tokens: a request passes with one of them or with this guard's consent.
   * `adminScopeOf(context)` tells it what is asked for.
   */
  readonly guard?: Type<CanActivate>;
  /** May do everything; at least 16 characters. Default: CACHE_ADMIN_TOKEN. */
  readonly token?: string;
  /** May look, and change nothing. Default: CACHE_ADMIN_READ_TOKEN. */
  readonly readToken?: string;
  /** Calls a minute from one address. Default: 300. */
  readonly callsPerMinute?: number;
  /** Calls a minute from one address that change something. Default: 30. */
  readonly changesPerMinute?: number;
}
