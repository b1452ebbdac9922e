import { CacheError, type ICacheProvider } from '@vitalcache/core';

/** What some providers tell of how each of their stores is reached. */
export interface Exposure {
  readonly store: string;
  /** False: it did not answer, and nothing else is known. */
  readonly isReachable?: boolean;
  readonly isEncrypted: boolean | null;
  readonly isLoopback: boolean | null;
  /** What its server calls itself, or the beginning of it. */
  readonly incarnation?: string | null;
}

/** How stores are reached; `null`: the provider could not be asked. Of one that does not tell there is nothing to look at. */
export async function exposuresOf(
  provider: ICacheProvider & { exposure?(): Promise<readonly Exposure[]> },
): Promise<readonly Exposure[] | null> {
  if (!provider.exposure) return [];
  return provider.exposure().catch(() => null);
}

/**
 * Refuses a store that is reached over a network without encryption: what is sealed stays sealed, but who asks for whom and
 * when could be seen, and written.
 * @throws CacheError `CONFIG_INVALID`
 */
export function assertEncryptedConnections(exposures: readonly Exposure[]): void {
  const plain = exposures.find(
    ({ isEncrypted, isLoopback }) => isEncrypted === false && isLoopback === false,
  );
  if (!plain) return;
  throw new CacheError(
    'CONFIG_INVALID',
    `The store ${plain.store} is reached over a network without TLS, and holds protected data: use rediss:// (REDIS_TLS=true, DRAGONFLY_TLS=true), or pass allowPlaintextConnection: true to healthcarePlugin() if the network itself is encrypted.`,
  );
}
