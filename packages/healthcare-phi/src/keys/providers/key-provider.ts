/** What a wrapped key is bound to. Pseudonyms only: key services write it into logs of their own. */
export interface WrapContext {
  /** Pseudonym of the tenant. */
  readonly tenant: string;
  /** Start of the epoch, as a whole number of minutes since 1970. */
  readonly epoch: number;
  readonly purpose: 'tek' | 'check';
}

/** What a look at a key provider found. */
export interface KeyProviderHealth {
  readonly isUsable: boolean;
  /** One line, without a secret; empty if it is usable. */
  readonly reason: string;
}

/** Has the keys that wrap other keys. Each call resolves or rejects within a few seconds and is tried twice at most. */
export interface KeyProvider {
  /** A word for messages and for what is stored; the same in all processes. */
  readonly id: string;
  /** Name of the key that {@link wrap} would use. */
  currentKekId(): string;
  /**
   * @param raw 32 bytes
   * @throws CacheError `STORE_UNAVAILABLE`, `STORE_TIMEOUT` or `STORE_REFUSED`, without a secret
   */
  wrap(raw: Uint8Array, context: WrapContext): Promise<Buffer>;
  /**
   * `null`: the key that wrapped it has been destroyed, on purpose.
   * @throws CacheError as {@link wrap}; `STORE_REFUSED` also when it was wrapped in another context
   */
  unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer | null>;
  /** Resolves within a few seconds; never rejects. */
  health(): Promise<KeyProviderHealth>;
}
