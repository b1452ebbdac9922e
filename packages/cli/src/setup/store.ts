import {
  capabilitiesOf,
  type ICacheProvider,
  type JournalStore,
  type ProviderPackage,
} from '@vitalcache/core';

import { CliError } from '../cli.error.js';
import { EXIT } from '../exit-code.js';
import type { Configuration } from './configuration.js';
import { loadInstalled } from './installed.js';

/** A store that other processes use too, and that keeps journals. */
export type SharedStore = ICacheProvider & JournalStore;

/** The store that the variables name, and what it last said of its connection. */
export interface NamedStore {
  readonly provider: SharedStore;
  readonly lastState: () => string;
}

/**
 * Builds the store that the variables name, without connecting.
 * @throws CliError, CacheError `CONFIG_INVALID` for what is wrong with the variables
 */
export async function namedStore(configuration: Configuration): Promise<NamedStore> {
  const { reader, settings, folder } = configuration;
  const name = settings.provider;
  reader.string('CACHE_PROVIDER');
  if (name === 'memory') {
    throw new CliError(
      'CACHE_PROVIDER is memory: what an application keeps in itself can’t be seen from outside. Set CACHE_PROVIDER to redis or dragonfly, as for the application.',
    );
  }
  const packageName = `@vitalcache/provider-${name}`;
  const why = `CACHE_PROVIDER ${configuration.env['CACHE_PROVIDER'] ? 'is' : 'is not set, which means'} ${name}`;
  const loaded = await loadInstalled<{ providerPackage?: ProviderPackage }>(
    packageName,
    folder,
    why,
  );
  let lastState = '';
  const provider = loaded.providerPackage?.fromEnvironment(reader, {
    ...settings.provided,
    poolSize: 1,
    retryAttempts: 0,
    onStateChange: (line) => void (lastState = line),
  });
  reader.assertValid();
  if (!provider || !isShared(provider)) {
    throw new CliError(
      `${packageName} keeps no journal that others see; there is nothing to look at`,
    );
  }
  return { provider, lastState: () => lastState };
}

/**
 * Connects to the store that the variables name, does `work` with it, and closes it.
 * @throws CliError `unreachable` if it does not answer; what `work` throws
 */
export async function withStore<T>(
  configuration: Configuration,
  work: (store: SharedStore) => Promise<T>,
): Promise<T> {
  const { provider, lastState } = await namedStore(configuration);
  try {
    await provider.connect?.();
    const status = await provider.status?.();
    if (status?.connected === false) throw unreachable(lastState());
    return await work(provider);
  } finally {
    await provider.close?.();
  }
}

export function unreachable(state: string): CliError {
  const detail = state === '' ? 'the store does not answer' : state.replace(/, trying again$/, '');
  return new CliError(
    `${detail}. Check that it runs, and the variables that say how it is reached.`,
    EXIT.unreachable,
  );
}

function isShared(provider: ICacheProvider): provider is SharedStore {
  return provider.shared === true && capabilitiesOf(provider).journal !== undefined;
}
