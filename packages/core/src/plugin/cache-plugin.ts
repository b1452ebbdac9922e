import type { EnvironmentReader } from '../config/environment.reader.js';
import type { ICacheMiddleware } from '../middleware/cache-middleware.js';
import type { ICacheMetrics } from '../observation/cache-metrics.js';
import type { DataProtection } from '../protection/data-protection.js';
import type { OptionRule } from '../options/options.resolver.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import type { CacheWarmer } from '../warming/cache-warmer.js';

/** A class that extends `CacheService` and is constructed as it is. */
export type CacheClass<C = object> = new (provider: ICacheProvider, config: never) => C;

/** An object that an application can have injected, made once per cache. */
export interface PluginService<C = object> {
  /** The class that is asked for, or a name of its own. */
  readonly token: string | symbol | (abstract new (...args: never[]) => object);
  /** @param cache that the plugin was given to */
  create(cache: C): object;
}

/** A call of an operator to an administration action. */
export interface AdminCall {
  /** Query and body, as they came: to be checked. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Who calls, as far as the guard in front of it knows. */
  readonly actor: string | null;
  /** The reason given; never empty where the action needs one. */
  readonly reason: string | null;
}

/** An endpoint below those of the cache's own controller, behind the same guard. */
export interface AdminAction<C = object> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/cache`, without slashes at its ends: `phi`. */
  readonly path: string;
  /** Refused without an audit reason. Default: false. */
  readonly needsReason?: boolean;
  /** Resolves with the answer: counts and states, never a key or a value. Rejects with a `CacheError`. */
  run(cache: C, call: AdminCall): Promise<object>;
}

/** Something that an operator should know. */
export interface PluginHealth {
  readonly status: 'healthy' | 'warning' | 'critical';
  /** One line for each thing that is wrong; no key, no value. */
  readonly reasons: readonly string[];
}

/** A request to the application, before it is handled. */
export interface PluginRequest {
  readonly kind: 'http' | 'graphql' | 'rpc' | 'other';
  /** What the framework calls the request; for `other` whatever came in. */
  readonly raw: unknown;
}

/**
 * A part that an application adds to the cache. All members but the name are optional; each says what it owes. A plugin
 * belongs to one cache: what it holds, it holds for that one.
 *
 * @typeParam C what the plugin needs of the cache, such as `CacheService`
 */
export interface CachePlugin<C = object> {
  /** Unique among the plugins of a cache; a word for logs. */
  readonly name: string;
  /** What the cache is made of, instead of `CacheService`: the one instance is both. At most one plugin has one. */
  readonly cacheClass?: CacheClass<C>;
  /** Stand where their `precedence` says. */
  readonly strategies?: readonly ICacheStrategy[];
  /** Inside the validation; plugins in the order in which they are given, each the first outermost. */
  readonly middleware?: readonly ICacheMiddleware[];
  /** What it makes of the options of calls, in the order of the plugins. */
  readonly optionRule?: OptionRule;
  /** Names unique among all warmers. */
  readonly warmers?: readonly CacheWarmer[];
  /**
   * Tokens unique among all plugins. Like the name and `cacheClass` asked for before the environment is read, so that an
   * application can be put together; made later.
   */
  readonly services?: readonly PluginService<C>[];
  /** Method and path unique among all plugins. */
  readonly adminActions?: readonly AdminAction<C>[];
  /** Protects data in it; at most one plugin has it. */
  readonly protection?: DataProtection;
  /** Measures the cache: what `getCacheMetrics` and its siblings tell comes from here. At most one plugin has it. */
  readonly measures?: ICacheMetrics;
  /**
   * Reads its environment variables through `reader` and notes there what is wrong with them; called once, before
   * anything else. Does not throw, and repeats no secret.
   */
  readEnvironment?(reader: EnvironmentReader): void;
  /** Takes the cache that the plugin was given to; called once, when that is made and before anything is done with it. */
  attach?(cache: C): void;
  /** Gets ready; called once, when the cache has started. Rejects with a `CacheError` to keep the application down. */
  start?(cache: C): Promise<void>;
  /** Ends what `start` began; called once, before the cache closes, and resolves within bounds. */
  close?(): Promise<void>;
  /** Answers at once or within a second; counts as critical when it rejects. */
  health?(): PluginHealth | Promise<PluginHealth>;
  /**
   * Numbers since start, under the plugin's name in the cache's status and in `GET /cache`. No key, tag or tenant is among
   * their names. `sealFailures`, if it seals: what could not be opened, which an alert looks at.
   */
  metrics?(): Readonly<Record<string, number>>;
  /**
   * Runs `next`, once, in an async context of its own making, such as who is asking; returns what it returned. Throws to
   * refuse the request.
   */
  aroundRequest?<T>(request: PluginRequest, next: () => T): T;
}
