import {
  describeProviderSuites,
  type OpenedProvider,
  type ProviderSuitesOptions,
} from '@vitalcache/testing';

import {
  journalKey,
  RedisCacheProvider,
  RedisService,
  type RedisServiceOptions,
} from '../../src/index.js';

export interface WholeContractOptions extends Omit<ProviderSuitesOptions, 'open' | 'lacks'> {
  /** How a provider reaches the stores; called when they run. */
  readonly connect: () => RedisServiceOptions;
}

/** Every suite that a provider must pass: bytes, journal, races. */
export function describeWholeContract(
  name: string,
  { connect, ...options }: WholeContractOptions,
): void {
  const open = (isExact: boolean): OpenedProvider => {
    const service = new RedisService({ ...connect(), ...(isExact && { readsReplicas: false }) });
    return {
      provider: new RedisCacheProvider(service),
      wipe: async (namespace) => {
        const key = journalKey(namespace);
        await service.runAtHome(key, (client) => client.del(key));
      },
      trim: async (namespace, keep) => {
        const key = journalKey(namespace);
        await service.runAtHome(key, (client) => client.xtrim(key, 'MAXLEN', '~', keep));
      },
    };
  };
  describeProviderSuites(name, { ...options, open, lacks: ['tagIndex'] });
}
