import type { ICacheProvider, JournalStore, ManagedStore } from '@vitalcache/core';

import { describeCacheProvider } from './cache-provider.contract.js';
import { describeInvalidationRace } from './invalidation-race.contract.js';
import type { JournalHarness } from './journal-harness.js';
import { describeJournalLog } from './journal-log.contract.js';
import type { ProviderCapability } from './provider-harness.js';

/** A provider that remembers, and what can be done to its journals behind its back. */
export interface OpenedProvider {
  readonly provider: ICacheProvider & JournalStore & ManagedStore;
  /** Deletes the journal of a namespace. */
  readonly wipe: (namespace: string) => Promise<void>;
  /** Drops the oldest records of a journal, keeping about `keep`. */
  readonly trim: (namespace: string, keep: number) => Promise<void>;
}

export interface ProviderSuitesOptions {
  /**
   * Opens another provider on the store under test; called when tests run.
   * @param isExact a read must see every write before it: no replica may answer
   */
  readonly open: (isExact: boolean) => OpenedProvider;
  /** Begins every key and namespace; called when tests run. */
  readonly prefix: () => string;
  /** See `describeCacheProvider`. */
  readonly lacks?: readonly ProviderCapability[];
  /** How often the quick race is run; 500 if absent. */
  readonly rounds?: number;
  /** Restarts the journal's store with its data. Absent: it can't be. */
  readonly restart?: (() => Promise<void>) | undefined;
}

/** Declares every suite that a provider on a store of its own must pass: bytes, journal, races. */
export function describeProviderSuites(
  name: string,
  { open, prefix, lacks = [], rounds = 500, restart }: ProviderSuitesOptions,
): void {
  // What a replica answers may be of a moment ago, which only the whole cache can judge.
  describeCacheProvider(name, () => ({ provider: open(true).provider, prefix: prefix() }), {
    lacks,
  });

  let count = 0;
  const makeJournal = (): JournalHarness => {
    const namespace = `${prefix()}-journal-${++count}`;
    const [one, two] = [open(false), open(false)];
    return {
      logs: [one.provider.journal(namespace), two.provider.journal(namespace)],
      wipe: () => one.wipe(namespace),
      trim: (keep) => one.trim(namespace, keep),
      ...(restart && { restart }),
      release: async () => {
        await Promise.all([one.provider.close(), two.provider.close()]);
      },
    };
  };
  describeJournalLog(name, makeJournal, {
    lacks: restart ? ['onAppend'] : ['onAppend', 'restart'],
  });

  describeInvalidationRace(name, { open: () => open(false).provider, rounds });
}
