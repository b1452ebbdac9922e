import assert from 'node:assert/strict';

import type { PartitionedStore, TunableStore } from '@vitalcache/core';

import { assertStored, bytes } from './bytes.js';
import type { ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const SWITCH = [true, false];

/** `partitionOf`. */
export const partitionsPart: ProviderPart = (it) => {
  it('keeps what shares a hash tag in one partition, and names it', async ({ provider, key }) => {
    const store = provider as PartitionedStore & typeof provider;
    for (let i = 0; i < 100; i++) {
      const tag = key();
      const [entry, lease] = [`vc:app:e:{${tag}}`, `vc:app:l:{${tag}}`].map((name) =>
        store.partitionOf(name),
      );
      assert.equal(typeof entry, 'string');
      assert.equal(entry, lease);
    }
  });
};

/** `tune`. */
export const tuningPart: ProviderPart = (it) => {
  it('does the same however it is tuned', async ({ provider, key }) => {
    const store = provider as TunableStore & typeof provider;
    for (const isBatching of SWITCH) {
      for (const isBalanced of SWITCH) {
        for (const isScaling of SWITCH) {
          store.tune({ isBatching, isBalanced, isScaling });
          const names = Array.from({ length: 20 }, () => key('tuned'));
          await Promise.all(names.map((name) => provider.set(name, bytes(name), TTL_MS)));
          await Promise.all(names.map((name) => assertStored(provider, name, bytes(name))));
        }
      }
    }
    store.tune({ isBatching: true, isBalanced: true, isScaling: true });
  });
};
