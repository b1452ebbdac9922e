import { CacheError, type ICacheProvider } from '@vitalcache/core';

/** What some providers tell of how their stores are reached. */
interface Exposure {
  readonly store: string;
  readonly isEncrypted: boolean | null;
  readonly isLoopback: boolean | null;
}

/**
 * Refuses a store that is reached over a network without encryption: what is sealed stays sealed, but who asks for whom and
 * when could be seen, and written. A store that does not answer yet is looked at by the doctor.
 * @throws CacheError `CONFIG_INVALID`
 */
export async function assertEncryptedConnections(
  provider: ICacheProvider & { exposure?(): Promise<readonly Exposure[]> },
): Promise<void> {
  const exposures = (await provider.exposure?.().catch(() => [])) ?? [];
  const plain = exposures.find(
    ({ isEncrypted, isLoopback }) => isEncrypted === false && isLoopback === false,
  );
  if (!plain) return;
  throw new CacheError(
    'CONFIG_INVALID',
    `The store ${plain.store} is reached over a network without TLS, and holds protected data: use rediss:// (REDIS_TLS=true, DRAGONFLY_TLS=true), or pass allowPlaintextConnection: true to healthcarePlugin() if the network itself is encrypted.`,
  );
}
