/** A wrapped key, as it is kept. Tenant and name are pseudonyms. */
export interface KeyRow {
  readonly tenant: string;
  /** Unique within the tenant. */
  readonly name: string;
  /** 16 hexadecimal digits: what sealed payloads name it by. */
  readonly id: string;
  readonly wrapped: Buffer;
  /** From when on it is not there any more, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** What may be told of a row. */
export type KeyRowInfo = Omit<KeyRow, 'wrapped' | 'tenant'>;

/**
 * Keeps wrapped keys, apart from what is sealed with them: whoever has an old copy of the cache must not have them. Losing
 * all of it costs misses, nothing else. Methods reject when it can't be asked, with any error: it goes no further.
 */
export interface KeyStore {
  /** A word for messages. */
  readonly id: string;
  /** Called once, before the others. Rejects with a `CacheError` that keeps the application down. */
  open?(): Promise<void>;
  /** `null` also for one that has expired. */
  get(tenant: string, name: string): Promise<KeyRow | null>;
  /** Keeps the row if there is none of its tenant and name. Resolves with the one that is kept: everybody uses that. */
  putIfAbsent(row: KeyRow): Promise<KeyRow>;
  /** Removes a row so that it can't be had back; resolves with its id, or `null` if there was none. */
  destroy(tenant: string, name: string): Promise<string | null>;
  /** Removes all rows of a tenant; resolves with their ids. */
  destroyTenant(tenant: string): Promise<readonly string[]>;
  /** The tenants that have rows; also one whose rows have expired, until they are gone. */
  tenants(): Promise<readonly string[]>;
  /** The rows of a tenant, without those that have expired. */
  list(tenant: string): Promise<readonly KeyRowInfo[]>;
  /** What its server calls itself, where there is one: values must not be kept by the same. */
  serverIds?(): Promise<readonly string[]>;
  /** Lets go of what it holds, within bounds. */
  close?(): Promise<void>;
}
