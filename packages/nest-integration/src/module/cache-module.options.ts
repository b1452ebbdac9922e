import {
  assertOptionNames,
  CacheError,
  type CacheConfig,
  type Environment,
  type ICacheProvider,
  type OptionNames,
  type ProviderPackage,
} from '@vitalcache/core';

import type { CacheAdminOptions } from '../admin/cache-admin.options.js';

/**
 * Options of `CacheModule`. What is given here comes before the environment variable of the same meaning, which comes
 * before the default.
 */
export interface CacheModuleOptions extends CacheConfig {
  /**
   * The store, or the package that builds it from the environment (`import { providerPackage } from
   * '@vitalcache/provider-memory'`). The module opens and closes it. Default: the package that CACHE_PROVIDER names.
   */
  readonly provider?: ICacheProvider | ProviderPackage;
  /** What CACHE_PROVIDER is taken for when it is not set. Default: `dragonfly`. */
  readonly defaultProvider?: string;
  /**
   * Makes a cache beside the one without a name: for `@InjectCache(name)`, and `cache: name` of the decorators. Its
   * namespace is that of the application, followed by the name. Letters, digits, dots, underscores, hyphens.
   */
  readonly name?: string;
  /** Where variables are read from. Default: `process.env`. */
  readonly env?: Environment;
  /**
   * Request headers that say who is asking, beside `Authorization` and `Cookie`: with one of them a handler's answer
   * is shared with nobody unless its `@Cache()` says `varyBy` or `public`.
   */
  readonly credentialHeaders?: readonly string[];
  /**
   * The endpoints for operators, and the dashboard: off, but for the health of the cache, until they have a guard or a
   * token (CACHE_ADMIN_TOKEN, CACHE_ADMIN_READ_TOKEN). `false`: nothing is there, whatever is set.
   */
  readonly admin?: CacheAdminOptions | false;
  /**
   * Whether the event emitter of `@nestjs/event-emitter`, where the application has one, is told what the cache does
   * (`cache.hit`, `cache.miss`, …). Default: true.
   */
  readonly events?: boolean;
  /**
   * What becomes of a start without the store: `degraded`, with reads that go to their sources until it answers; or
   * `require`, which fails it. Default: `degraded`.
   */
  readonly startup?: 'degraded' | 'require';
  /**
   * Warns, once each, of invalidations that concern no key and no tag which this process has declared or used, but nearly
   * one. Default: unless NODE_ENV is production.
   */
  readonly reportsUnmatched?: boolean;
}

/** The compiler sees to it that the names are complete. */
const NAMES: OptionNames<CacheModuleOptions> = {
  provider: true,
  defaultProvider: true,
  name: true,
  env: true,
  credentialHeaders: true,
  admin: true,
  events: true,
  reportsUnmatched: true,
  startup: true,
  namespace: true,
  enabled: true,
  strategies: true,
  middleware: true,
  plugins: true,
  warmers: true,
  settings: true,
  keyFactory: true,
  defaults: true,
  logger: true,
  l1MaxBytes: true,
  l1TenantMaxBytes: true,
  memoryOptimization: true,
  maxValueBytes: true,
  compression: true,
  readBudgetMs: true,
  invalidationDeadlineMs: true,
  blindAfterMs: true,
  blindMaxMs: true,
  maxQueuedInvalidations: true,
  sketchSlots: true,
  schemaVersion: true,
  templateVersions: true,
  breaker: true,
  durable: true,
  healthLimits: true,
  clock: true,
  random: true,
};

/** @throws CacheError `CONFIG_INVALID` for an option that does not exist, which would be ignored, or a wrong one */
export function assertKnownOptions(options: CacheModuleOptions): void {
  assertOptionNames('CacheModule', options, NAMES);
  const { startup = 'degraded' } = options;
  if (!['degraded', 'require'].includes(startup)) {
    throw new CacheError('CONFIG_INVALID', "startup must be 'degraded' or 'require'.");
  }
}
