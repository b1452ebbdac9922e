import assert from 'node:assert/strict';

import type { LeaseStore } from '@vitalcache/core';

import { assertBytes, bytes, everyByte } from './bytes.js';
import { expires, passes } from './expiry.js';
import type { ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const [mine, theirs] = [bytes('mine'), bytes('theirs')];

/** `acquireLease`, `releaseLease`, `extendLease`. */
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

  it('extends for the holder only', async ({ provider, key }) => {
    const leases = provider as LeaseStore;
    const k = key();
    await leases.acquireLease(k, mine, TTL_MS);
    assert.equal(await leases.extendLease(k, theirs, TTL_MS), false);
    assert.equal(await leases.extendLease(k, mine.subarray(0, 2), TTL_MS), false);
    assert.equal(await leases.extendLease(k, mine, TTL_MS), true);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), mine);
    assert.equal(await leases.extendLease(key('free'), mine, TTL_MS), false);
  });

  it('extends a lease from now on, to more or less than it had', async (context) => {
    const leases = context.provider as LeaseStore;
    const [longer, shorter] = [context.key('longer'), context.key('shorter')];
    await leases.acquireLease(longer, mine, 1_000);
    await leases.acquireLease(shorter, mine, TTL_MS);
    assert.equal(await leases.extendLease(longer, mine, TTL_MS), true);
    assert.equal(await leases.extendLease(shorter, mine, 1_000), true);
    await expires(context, shorter, 1_000);
    assertBytes(await leases.acquireLease(longer, theirs, TTL_MS), mine);
  });

  it('leaves the time to live when somebody else would extend it', async (context) => {
    const leases = context.provider as LeaseStore;
    const k = context.key();
    await leases.acquireLease(k, mine, 1_000);
    assert.equal(await leases.extendLease(k, theirs, TTL_MS), false);
    await expires(context, k, 1_000);
  });

  it('does not bring back a lease that has ended', async (context) => {
    const leases = context.provider as LeaseStore;
    const k = context.key();
    await leases.acquireLease(k, mine, 1_000);
    await expires(context, k, 1_000);
    assert.equal(await leases.extendLease(k, mine, TTL_MS), false);
    assertBytes(await leases.acquireLease(k, theirs, TTL_MS), null);
    assert.equal(await leases.extendLease(k, mine, TTL_MS), false);
  });
};
