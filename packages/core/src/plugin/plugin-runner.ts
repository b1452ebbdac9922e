import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { CachePlugin, PluginHealth } from './cache-plugin.js';

/** How long a plugin may take to say how it is. */
const HEALTH_MS = 1_000;

export interface PluginRunnerOptions<C> {
  readonly plugins: readonly CachePlugin<C>[];
  readonly errors: CacheErrorHandler;
  /** Waits for the work of others no longer than so many milliseconds, then gives `undefined`. */
  readonly bounded: <T>(work: Promise<T>, ms?: number) => Promise<T | undefined>;
}

/** The plugins of one cache at work: in their order, and at the end backwards. */
export class PluginRunner<C> {
  readonly #options: PluginRunnerOptions<C>;

  constructor(options: PluginRunnerOptions<C>) {
    this.#options = options;
  }

  attach(cache: C): void {
    for (const plugin of this.#options.plugins) plugin.attach?.(cache);
  }

  /** Rejects with what a plugin refuses to start with. */
  async start(cache: C): Promise<void> {
    for (const plugin of this.#options.plugins) await plugin.start?.(cache);
  }

  /** Never rejects; each within a bound. */
  async close(): Promise<void> {
    const { plugins, errors, bounded } = this.#options;
    for (const plugin of plugins.toReversed()) {
      const closing = async (): Promise<void> => plugin.close?.();
      await bounded(errors.guard('plugin-failed', closing, () => undefined));
    }
  }

  /** How plugins are, as far as they say; one that fails or takes too long is critical. Never rejects. */
  async health(): Promise<readonly PluginHealth[]> {
    const { plugins, errors, bounded } = this.#options;
    const asked = plugins.map(async (plugin): Promise<readonly PluginHealth[]> => {
      if (!plugin.health) return [];
      const silent = silence(plugin.name);
      const asking = async (): Promise<PluginHealth> => plugin.health?.() ?? silent;
      const answer = errors.guard('plugin-failed', asking, () => silent);
      return [(await bounded(answer, HEALTH_MS)) ?? silent];
    });
    return (await Promise.all(asked)).flat();
  }
}

function silence(name: string): PluginHealth {
  return { status: 'critical', reasons: [`The plugin ${name} does not say how it is.`] };
}
