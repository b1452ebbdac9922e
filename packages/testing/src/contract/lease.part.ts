import assert from 'node:assert/strict';

import type { LeaseStore } from '@vitalcache/core';

import { assertBytes, bytes, everyByte } from './bytes.js';
import { passes } from './expiry.js';
import type { ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const [mine, theirs] = [bytes('mine'), bytes('theirs')];

/** `acquireLease`, `releaseLease`. */
export const leasePart: ProviderPart = (it) => {
  it('gives a free lease to the one who asks', async ({ provider, key }) => {
    const leases = provider as LeaseStore;
    assertBytes(await leases.acquireLease(key(), mine, TTL_MS), null);
  });

  it('tells others, and the holder itself, who holds it', async ({ provider, key }) => {
    const leases = provider as LeaseStore;
    const k = key();
    await leases.acquireLease(k, mine, TTL_MS);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), mine);
    assertBytes(await leases.acquireLease(k, mine, TTL_MS), mine);
  });

  it('keeps tokens of any bytes', async ({ provider, key }) => {
    const leases = provider as LeaseStore;
    const k = key();
    await leases.acquireLease(k, everyByte(), TTL_MS);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), everyByte());
    assert.equal(await leases.releaseLease(k, everyByte()), true);
  });

  it('gives one lease to exactly one of many who ask at once', async ({ provider, key }) => {
    const leases = provider as LeaseStore;
    const k = key();
    const tokens = Array.from({ length: 50 }, (_, i) => bytes(`token ${i}`));
    const answers = await Promise.all(tokens.map((token) => leases.acquireLease(k, token, TTL_MS)));
    const winners = tokens.filter((_, i) => answers[i] === null);
    assert.equal(winners.length, 1);
    answers
      .filter((answer) => answer !== null)
      .forEach((answer) => assertBytes(answer, winners[0] ?? null));
  });

  it('releases for the holder only', async ({ provider, key }) => {
    const leases = provider as LeaseStore;
    const k = key();
    await leases.acquireLease(k, mine, TTL_MS);
    assert.equal(await leases.releaseLease(k, theirs), false);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), mine);
    assert.equal(await leases.releaseLease(k, mine), true);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), null);
  });

  it('refuses to release what nobody holds', async ({ provider, key }) => {
    assert.equal(await (provider as LeaseStore).releaseLease(key(), mine), false);
  });

  it('ends a lease with its time to live; the next holder is safe from the last', async (context) => {
    const leases = context.provider as LeaseStore;
    const k = context.key();
    await leases.acquireLease(k, mine, 1_000);
    await passes(
      context,
      1_000,
      'the lease is free',
      async () => (await leases.acquireLease(k, theirs, TTL_MS)) === null,
    );
    assert.equal(await leases.releaseLease(k, mine), false);
    assertBytes(await leases.acquireLease(k, mine, TTL_MS), theirs);
  });

  it('does not lengthen a lease when others ask for it', async (context) => {
    const leases = context.provider as LeaseStore;
    const k = context.key();
    await leases.acquireLease(k, mine, 1_000);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), mine);
    await passes(
      context,
      1_000,
      'the lease is free',
      async () => (await leases.acquireLease(k, theirs, TTL_MS)) === null,
    );
  });
};
