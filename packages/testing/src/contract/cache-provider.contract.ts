import assert from 'node:assert/strict';

import {
  capabilitiesOf,
  isCacheError,
  type ManagedStore,
  type ObservableStore,
} from '@vitalcache/core';

import { basicPart } from './basic.part.js';
import { batchPart } from './batch.part.js';
import { assertStored, bytes } from './bytes.js';
import { comparePart } from './compare.part.js';
import { fencedBatchPart } from './fenced-batch.part.js';
import { fencedPart } from './fenced.part.js';
import { indexPart } from './index.part.js';
import { inspectPart } from './inspect.part.js';
import { leasePart } from './lease.part.js';
import { partitionsPart, tuningPart } from './partitions.part.js';
import type {
  ProviderCapability,
  ProviderContext,
  ProviderContractOptions,
  ProviderHarness,
  ProviderPart,
} from './provider-harness.js';
import { runner } from './runner.js';
import { sweepPart } from './sweep.part.js';

const ALL: readonly ProviderCapability[] = [
  'batch',
  'sweep',
  'tagIndex',
  'fenced',
  'fencedBatch',
  'compare',
  'lease',
  'index',
  'inspect',
  'journal',
  'status',
  'partitions',
  'tuning',
  'managed',
];

const PARTS: Readonly<Partial<Record<ProviderCapability, ProviderPart>>> = {
  batch: batchPart,
  sweep: sweepPart,
  fenced: fencedPart,
  fencedBatch: fencedBatchPart,
  compare: comparePart,
  lease: leasePart,
  index: indexPart,
  inspect: inspectPart,
  partitions: partitionsPart,
  tuning: tuningPart,
};

/**
 * Declares the tests that every `ICacheProvider` must pass, on the globals of the test runner. The journal of a
 * provider has a suite of its own, `describeJournalLog`.
 *
 * @param makeHarness called once for most tests and once for each test that closes the provider
 */
export function describeCacheProvider(
  name: string,
  makeHarness: () => ProviderHarness | Promise<ProviderHarness>,
  { lacks = [], timeoutMs = 30_000 }: ProviderContractOptions = {},
): void {
  const { describe, it, beforeAll, afterAll } = runner();

  describe(`${name}: provider contract`, () => {
    let harness: ProviderHarness;
    let count = 0;

    beforeAll(async () => {
      harness = await makeHarness();
      await harness.provider.connect?.();
    }, timeoutMs);
    afterAll(() => release(harness), timeoutMs);

    const context = (): ProviderContext => ({
      harness,
      provider: harness.provider,
      key: (label = '') => `${harness.prefix}:${++count}:${label}`,
    });
    const declare = (part: ProviderPart): void =>
      part((title, body) => it(title, () => body(context()), timeoutMs));

    it('has the capabilities that it is said to have', () => {
      const found = Object.keys(capabilitiesOf(harness.provider)).sort();
      assert.deepEqual(found, ALL.filter((capability) => !lacks.includes(capability)).sort());
    });

    describe('get, set, del', () => declare(basicPart));
    for (const capability of ALL.filter((one) => !lacks.includes(one))) {
      const part = PARTS[capability];
      if (part) describe(capability, () => declare(part));
    }

    if (!lacks.includes('journal')) {
      it('journal is one object for each namespace', () => {
        const [a, b] = [`${harness.prefix}-a`, `${harness.prefix}-b`];
        assert.equal(harness.provider.journal?.(a), harness.provider.journal?.(a));
        assert.notEqual(harness.provider.journal?.(a), harness.provider.journal?.(b));
      });
    }

    if (!lacks.includes('status')) {
      it('status says that it is connected and how much is used', async () => {
        const { provider, key } = context();
        await provider.set(key(), bytes('something to count'), 60_000);
        const { connected, memoryBytes, maxBytes, pool } = await (
          provider as ObservableStore
        ).status();
        assert.equal(connected, true);
        if (memoryBytes !== null) assert.ok(memoryBytes > 0);
        if (maxBytes !== null) assert.ok(maxBytes > 0);
        assert.ok(pool.busy <= pool.open);
      });
    }

    if (!lacks.includes('managed')) describeLife(makeHarness, timeoutMs);
  });
}

/** `connect`, `close`. */
function describeLife(
  makeHarness: () => ProviderHarness | Promise<ProviderHarness>,
  timeoutMs: number,
): void {
  const { describe, it } = runner();
  const withOwn =
    (body: (harness: ProviderHarness) => Promise<void>) => async (): Promise<void> => {
      const harness = await makeHarness();
      await body(harness).finally(() => release(harness));
    };

  describe('managed', () => {
    const connectTwice = withOwn(async ({ provider, prefix }) => {
      await provider.connect?.();
      await provider.connect?.();
      await provider.set(`${prefix}:life`, bytes('x'), 60_000);
      await assertStored(provider, `${prefix}:life`, bytes('x'));
    });
    it('can be connected twice', connectTwice, timeoutMs);

    const closeTwice = withOwn(async ({ provider, prefix }) => {
      await provider.connect?.();
      await provider.close?.();
      await (provider as ManagedStore).close();
      await assert.rejects(provider.get(`${prefix}:life`), (error) => isCacheError(error));
      const status = await provider.status?.();
      assert.notEqual(status?.connected, true);
    });
    it(
      'can be closed twice; operations then reject and the status is not connected',
      closeTwice,
      timeoutMs,
    );

    const closeUnopened = withOwn(async ({ provider }) => {
      await provider.close?.();
    });
    it('can be closed without having been connected', closeUnopened, timeoutMs);
  });
}

async function release(harness: ProviderHarness | undefined): Promise<void> {
  if (harness?.release) await harness.release();
  else await harness?.provider.close?.();
}
