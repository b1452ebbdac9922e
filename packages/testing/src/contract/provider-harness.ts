import type { ICacheProvider, ProviderCapabilities } from '@vitalcache/core';

/** A provider under test and what the suite needs to drive it. */
export interface ProviderHarness {
  readonly provider: ICacheProvider;
  /** Begins every key that the suite uses, so that it can share a store with others. */
  readonly prefix: string;
  /** Moves the provider's clock. Absent: the suite waits for the store's own. */
  readonly advance?: (ms: number) => void | Promise<void>;
  /** Gives back what the harness opened. Absent: the provider is closed. */
  readonly release?: () => Promise<void>;
}

/** A capability of the provider contract. */
export type ProviderCapability = keyof ProviderCapabilities;

export interface ProviderContractOptions {
  /** Capabilities that the provider does not have. One that is missing without being named here fails. */
  readonly lacks?: readonly ProviderCapability[];
  /** Bound on one test, milliseconds; 30 000 if absent. */
  readonly timeoutMs?: number;
}

/** What the parts of the suite share. */
export interface ProviderContext {
  readonly harness: ProviderHarness;
  readonly provider: ICacheProvider;
  /** A key that no other test uses. */
  readonly key: (label?: string) => string;
}

/** A part of the suite: declares tests that fetch the context when they run. */
export type ProviderPart = (
  it: (name: string, body: (context: ProviderContext) => Promise<void>) => void,
) => void;
