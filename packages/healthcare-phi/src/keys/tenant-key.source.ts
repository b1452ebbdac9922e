import type { KeyObject } from 'node:crypto';

/** A tenant's key of an epoch, which other keys are derived from and wrapped with. */
export interface TenantKey {
  /** 16 hexadecimal digits; the first eight are the epoch. */
  readonly id: string;
  readonly key: KeyObject;
  /** From when on nobody needs it, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** Where the keys of tenants come from. Tenants are pseudonyms; errors are anything. */
export interface TenantKeySource {
  /** Whether destroying a key is all that it takes to make what it sealed unreadable. */
  readonly canShred: boolean;
  /** The tenant's key of an epoch, made if there is none. */
  current(tenant: string, epoch: number): Promise<TenantKey>;
  /** The key of that name, or `null` if it is gone. */
  find(tenant: string, id: string): Promise<TenantKey | null>;
  /** Whether the key of that name is still there. */
  isThere(tenant: string, id: string): Promise<boolean>;
}
