import { Injectable } from '@nestjs/common';
import {
  CacheError,
  type EnvironmentReader,
  type ICacheProvider,
  type ProviderContext,
  type ProviderPackage,
} from '@vitalcache/core';

import { applicationRequires } from './application.js';

/** What decides which store is used. */
export interface ProviderRequest {
  /** Given in code; comes before the name. */
  readonly given?: ICacheProvider | ProviderPackage | undefined;
  /** The word after `@vitalcache/provider-`. */
  readonly name: string;
  readonly reader: EnvironmentReader;
  readonly context: ProviderContext;
}

/** Finds and builds the store of an application. */
@Injectable()
export class CacheProviderFactory {
  /**
   * The provider that is given, or the one that the given or the named package builds from the environment. A named
   * package is looked for where this package is, then where the application's entry script is, then in the working
   * directory. In a bundle there is nothing to find: give the package in code.
   *
   * @throws CacheError `CONFIG_INVALID`, one line with everything that is wrong with the variables; if the package is
   * missing, the line holds the npm command.
   */
  async create({ given, name, reader, context }: ProviderRequest): Promise<ICacheProvider> {
    if (given && !('fromEnvironment' in given)) {
      reader.assertValid();
      return given;
    }
    const providerPackage = given ?? (await this.#load(name, reader));
    const provider = providerPackage?.fromEnvironment(reader, context);
    reader.assertValid();
    if (provider) return provider;
    throw new CacheError('CONFIG_INVALID', `The provider package of ${name} built no provider.`);
  }

  /** `null` after noting in the reader why there is none. */
  async #load(name: string, reader: EnvironmentReader): Promise<ProviderPackage | null> {
    const said = reader.string('CACHE_PROVIDER');
    if (said !== undefined && said !== name) return null; // refused already
    const packageName = `@vitalcache/provider-${name}`;
    const loaded = (await find(packageName)) as { providerPackage?: ProviderPackage } | null;
    if (loaded?.providerPackage) return loaded.providerPackage;
    const how = loaded
      ? `a package that exports providerPackage, which ${packageName} does not`
      : `${KNOWN.join(', ')}, or what an installed @vitalcache/provider-… is called${installing(name)}`;
    const byDefault = said === undefined ? ` (it is not set, which means ${name})` : '';
    reader.reject('CACHE_PROVIDER', how + byDefault, said);
    return null;
  }
}

/** Providers that can be had. */
const KNOWN = ['memory', 'redis', 'dragonfly'];

/** Only what is known to be ours is worth a command to install it. */
function installing(name: string): string {
  return KNOWN.includes(name) ? `; run: npm install @vitalcache/provider-${name}` : '';
}

/** The exports of a package; `null` if it is nowhere. */
async function find(packageName: string): Promise<unknown> {
  const places = [
    () => import(packageName) as Promise<unknown>,
    ...applicationRequires().map((require) => async () => require(packageName) as unknown),
  ];
  for (const load of places) {
    try {
      return await load();
    } catch (error) {
      // The package itself, not one that it needs.
      if (missing(error) !== packageName) throw explained(packageName, error);
    }
  }
  return null;
}

/** What was looked for and not found. Package managers word it each in their way. */
function missing(error: unknown): string | undefined {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return undefined;
  return /(?:Cannot find (?:package|module) '|tried to access )([^'\s,]+)/.exec(message ?? '')?.[1];
}

function explained(packageName: string, error: unknown): CacheError {
  const [line = ''] = String((error as Error | undefined)?.message ?? error).split('\n');
  const peer = missing(error);
  const isPackage = peer !== undefined && /^(?:@[\w.-]+\/)?\w[\w.-]*$/.test(peer);
  const how = isPackage ? `; run: npm install ${peer}` : '';
  return new CacheError('CONFIG_INVALID', `${packageName} could not be loaded: ${line}${how}`, {
    cause: error,
  });
}
