import {
  EnvironmentReader,
  type CacheLogger,
  type Environment,
  type NameProtection,
} from '@vitalcache/core';
import type { HealthcareCacheService, HealthcarePlugin } from '@vitalcache/healthcare-phi';

import { CliError } from '../cli.error.js';
import type { Configuration } from './configuration.js';
import { loadHealthcare, type Healthcare } from './healthcare.js';
import { withStore } from './store.js';

/** A healthcare cache as the application has it, for as long as a command runs. */
export interface OpenHealthcare {
  readonly tools: Healthcare;
  readonly plugin: HealthcarePlugin;
  readonly cache: HealthcareCacheService;
}

/** Whether the variables name a keyring. */
function hasKeyring(env: Environment): boolean {
  return Boolean(env['CACHE_KEYRING'] ?? env['CACHE_KEYRING_FILE']);
}

/**
 * Who knows the names of a namespace; `undefined` if the variables name no keyring. Opens nothing.
 * @throws CliError, CacheError `CONFIG_INVALID`
 */
export async function secretNames({
  env,
  folder,
}: Configuration): Promise<NameProtection | undefined> {
  if (!hasKeyring(env)) return undefined;
  const tools = await loadHealthcare(folder, 'the keyring is its');
  // Nothing protected is opened, so that there is nothing to record.
  const audit = { record: () => Promise.resolve() };
  return pluginOf(tools, env, { audit }).protection.names;
}

/**
 * Opens the cache that the variables describe, does `work`, and closes it. What it wants to say goes to `warn`.
 * @throws CliError, CacheError for what keeps it down; what `work` throws
 */
export async function withHealthcare<T>(
  configuration: Configuration,
  warn: (line: string) => void,
  work: (open: OpenHealthcare) => Promise<T>,
): Promise<T> {
  const { env, folder, namespace } = configuration;
  const tools = await loadHealthcare(folder, 'protected data is its');
  return withStore(configuration, async (provider) => {
    const logger: CacheLogger = { debug: ignore, log: ignore, warn, error: warn };
    const plugin = pluginOf(tools, env, { logger });
    const config = { namespace, logger, l1MaxBytes: 0, plugins: [plugin] };
    const cache = new tools.HealthcareCacheService(provider, config);
    try {
      await cache.start();
      const { refusal } = (await cache.status()).journal;
      if (refusal !== null) throw new CliError(refusal);
      return await work({ tools, plugin, cache });
    } finally {
      await cache.close();
    }
  });
}

function pluginOf(
  tools: Healthcare,
  env: Environment,
  options: Parameters<Healthcare['healthcarePlugin']>[0],
): HealthcarePlugin {
  const plugin = tools.healthcarePlugin({ ...options, reportsUndeclared: false });
  const reader = new EnvironmentReader(env);
  plugin.readEnvironment(reader);
  reader.assertValid();
  return plugin;
}

function ignore(): void {
  // no news are good news
}
