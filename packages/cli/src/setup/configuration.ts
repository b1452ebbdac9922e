import {
  EnvironmentReader,
  readCacheSettings,
  type CacheSettings,
  type Environment,
  nearestPackageName,
} from '@vitalcache/core';

import type { CliIo } from '../output/cli-io.js';

/** What the variables say, as an application in this folder would read them. */
export interface Configuration {
  readonly env: Environment;
  /** Folder in which packages are looked for. */
  readonly folder: string;
  /** Knows what is wrong with the variables; `assertValid` before anything is opened. */
  readonly reader: EnvironmentReader;
  readonly settings: CacheSettings;
  readonly namespace: string;
}

/** @param namespace instead of CACHE_NAMESPACE */
export function readConfiguration(
  { cwd }: Pick<CliIo, 'cwd'>,
  env: Environment,
  namespace?: string,
): Configuration {
  const named = namespace === undefined ? env : { ...env, CACHE_NAMESPACE: namespace };
  const reader = new EnvironmentReader(named);
  readCacheSettings(reader); // looks at what only plugins use as well
  // Variables don't say which plugins the application has: that they have no effect is not for us to tell.
  const settings = readCacheSettings(new EnvironmentReader(named), { hasHealthcare: true });
  return {
    env: named,
    folder: cwd,
    reader,
    settings,
    namespace: settings.cache.namespace ?? nearestPackageName(cwd) ?? 'default',
  };
}
