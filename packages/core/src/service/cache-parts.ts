import { CommitScope } from '../commit/commit-scope.js';
import { resolveLimits } from '../health/health-limits.js';
import { CacheMiddlewareChain } from '../middleware/cache-middleware.chain.js';
import { ValidationCacheMiddleware } from '../middleware/validation-cache.middleware.js';
import { OperationEvents } from '../observation/operation-events.js';
import { CACHE_DEFAULTS } from '../options/cache-options.js';
import { OptionsResolver } from '../options/options.resolver.js';
import { mergePlugins } from '../plugin/merge-plugins.js';
import { PluginRunner } from '../plugin/plugin-runner.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import { CacheStrategyManager } from '../strategy/cache-strategy.manager.js';
import { StandardCacheStrategy } from '../strategy/standard-cache.strategy.js';
import { WarmerRegistry } from '../warming/warmer-registry.js';
import { applySettings } from './apply-settings.js';
import type { CacheConfig } from './cache-config.js';
import { checkConfig } from './check-config.js';
import { CacheEraser } from './cache.eraser.js';
import { CacheReader } from './cache.reader.js';
import { CacheReports } from './cache-reports.js';
import { CacheRuntime } from './cache.runtime.js';
import { CacheWriter } from './cache.writer.js';

/** What a `CacheService` is made of. */
export interface CacheParts {
  readonly runtime: CacheRuntime;
  readonly plugins: PluginRunner<object>;
  readonly reports: CacheReports;
  readonly strategies: CacheStrategyManager;
  readonly chain: CacheMiddlewareChain;
  readonly reader: CacheReader;
  readonly writer: CacheWriter;
  readonly eraser: CacheEraser;
  readonly warmers: WarmerRegistry;
  readonly commits: CommitScope;
}

/**
 * Builds the parts of a cache from its configuration and what plugins add to it, and wires them together.
 * @throws CacheError `CONFIG_INVALID`
 */
export function assembleCache(provider: ICacheProvider, config: CacheConfig): CacheParts {
  checkConfig(config); // before plugins are looked at
  const merged = mergePlugins(config.plugins ?? []);
  const runtime = new CacheRuntime(provider, config, merged.protection);
  const { errors, logger, clock } = runtime;
  const middleware = [...(config.middleware ?? []), ...merged.middleware];
  const given = [...(config.strategies ?? []), ...merged.strategies, new StandardCacheStrategy()];
  const strategies = new CacheStrategyManager(given);
  const events = new OperationEvents(runtime.keys.namespace);
  const chain = new CacheMiddlewareChain([events, new ValidationCacheMiddleware(), ...middleware]);
  runtime.steps.use(middleware);
  const enableSwr = strategies.has('swr'); // without it nothing is ever stale
  const defaults = { ...CACHE_DEFAULTS, enableSwr, ...config.defaults };
  const rules = merged.plugins.flatMap(({ optionRule }) => optionRule ?? []);
  const options = new OptionsResolver(defaults, enableSwr, rules, merged.protection !== null);
  applySettings(runtime, options, middleware);
  const plugins = new PluginRunner({
    plugins: merged.plugins,
    errors,
    bounded: (work, ms) => runtime.lifecycle.bounded(work, ms),
  });
  const limits = resolveLimits(config.healthLimits);
  const { measures } = merged;
  const parts = [...given, ...middleware, ...merged.plugins];
  const reports = new CacheReports({ runtime, plugins, parts, measures, limits });
  const reader = new CacheReader({ runtime, strategies, chain, middleware, events, options });
  const writer = new CacheWriter({ runtime, strategies, chain, options });
  const eraser = new CacheEraser({ runtime, chain });
  const warmers = new WarmerRegistry({ errors, logger, clock });
  for (const warmer of [...(config.warmers ?? []), ...merged.warmers]) warmers.register(warmer);
  const onFailed = (error: unknown): void => errors.note('commit-failed', error);
  const commits = new CommitScope({ onFailed, clock });
  return { runtime, plugins, reports, strategies, chain, reader, writer, eraser, warmers, commits };
}
