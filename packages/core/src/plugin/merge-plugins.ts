import { CacheError } from '../errors/cache.error.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import type { ICacheMetrics } from '../observation/cache-metrics.js';
import type { DataProtection } from '../protection/data-protection.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import type { CacheWarmer } from '../warming/cache-warmer.js';
import type {
  AdminAction,
  CacheClass,
  CachePlugin,
  PluginRequest,
  PluginService,
} from './cache-plugin.js';

/** What several plugins contribute, in their order. */
export interface MergedPlugins<C = object> {
  readonly plugins: readonly CachePlugin<C>[];
  /** The class of the cache that a plugin brings; `null` for `CacheService` itself. */
  readonly cacheClass: CacheClass<C> | null;
  readonly strategies: readonly ICacheStrategy[];
  readonly middleware: readonly ICacheMiddleware[];
  readonly warmers: readonly CacheWarmer[];
  readonly services: readonly PluginService<C>[];
  readonly adminActions: readonly AdminAction<C>[];
  /** What protects data; `null` if nothing does. */
  readonly protection: DataProtection | null;
  /** What measures the cache; `null` if nothing does. */
  readonly measures: ICacheMetrics | null;
  /** All request hooks around `next`, the first plugin's outermost. */
  aroundRequest<T>(request: PluginRequest, next: () => T): T;
}

/**
 * Puts the contributions of plugins together.
 * @throws CacheError `CONFIG_INVALID` naming what is there twice: one of the two would be without effect
 */
export function mergePlugins<C = object>(plugins: readonly CachePlugin<C>[]): MergedPlugins<C> {
  plugins.forEach(assertPlugin);
  const strategies = plugins.flatMap((plugin) => plugin.strategies ?? []);
  const middleware = plugins.flatMap((plugin) => plugin.middleware ?? []);
  const warmers = plugins.flatMap((plugin) => plugin.warmers ?? []);
  const services = plugins.flatMap((plugin) => plugin.services ?? []);
  const adminActions = plugins.flatMap((plugin) => plugin.adminActions ?? []);
  const named: Readonly<Record<string, readonly { readonly name: string }[]>> = {
    plugin: plugins,
    strategy: strategies,
    middleware,
    warmer: warmers,
  };
  for (const [what, parts] of Object.entries(named)) assertUnique(what, parts, ({ name }) => name);
  const cacheClasses = plugins.flatMap(({ cacheClass }) => cacheClass ?? []);
  const measures = plugins.flatMap((plugin) => plugin.measures ?? []);
  const protections = plugins.flatMap((plugin) => plugin.protection ?? []);
  assertUnique('protection of', protections, () => 'the data');
  assertUnique('metrics of', measures, () => 'the cache');
  assertUnique('class for', cacheClasses, () => 'the cache');
  assertUnique('service', services, ({ token }) => token);
  assertUnique('admin action', adminActions, ({ method, path }) => `${method} /cache/${path}`);
  return {
    plugins: [...plugins],
    cacheClass: cacheClasses[0] ?? null,
    strategies,
    middleware,
    warmers,
    services,
    adminActions,
    protection: protections[0] ?? null,
    measures: measures[0] ?? null,
    aroundRequest<T>(request: PluginRequest, next: () => T): T {
      return plugins.reduceRight<() => T>(
        (inner, plugin) =>
          plugin.aroundRequest
            ? () => (plugin as Required<CachePlugin<C>>).aroundRequest(request, inner)
            : inner,
        next,
      )();
    },
  };
}

function assertPlugin(plugin: { readonly name?: unknown } | null | undefined): void {
  if (typeof plugin?.name === 'string' && plugin.name !== '') return;
  throw new CacheError('CONFIG_INVALID', 'A plugin must be an object with a name.');
}

function assertUnique<T>(what: string, parts: readonly T[], idOf: (part: T) => unknown): void {
  const seen = new Set<unknown>();
  for (const id of parts.map(idOf)) {
    if (seen.has(id)) {
      const name = typeof id === 'function' ? id.name : String(id);
      throw new CacheError(
        'CONFIG_INVALID',
        `Plugins bring two of one kind: ${what} ${name}. Register it once, or rename one of them.`,
      );
    }
    seen.add(id);
  }
}
