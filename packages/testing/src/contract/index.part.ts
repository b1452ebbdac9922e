import assert from 'node:assert/strict';

import type { IndexStore } from '@vitalcache/core';

import { passes } from './expiry.js';
import type { ProviderContext, ProviderPart } from './provider-harness.js';

const TTL_MS = 60_000;
const SHORT_MS = 150;

/** `addMember`, `membersOf`, `dropMembers`. */
export const indexPart: ProviderPart = (it) => {
  it('has the members that were added, once each, those first that stay longest', async (context) => {
    const set = context.key();
    await add(context, set, 'a', TTL_MS);
    await add(context, set, 'b', 2 * TTL_MS);
    await add(context, set, 'a', TTL_MS);
    await add(context, context.key(), 'other', TTL_MS);
    assert.deepEqual(await index(context).membersOf(set, 10), ['b', 'a']);
    assert.deepEqual(await index(context).membersOf(set, 1), ['b']);
    assert.deepEqual(await index(context).membersOf(context.key(), 10), []);
  });

  it('lets a member stay longer, never shorter', async (context) => {
    const set = context.key();
    await add(context, set, 'kept', SHORT_MS);
    await add(context, set, 'kept', TTL_MS);
    await add(context, set, 'kept', SHORT_MS);
    await add(context, set, 'gone', SHORT_MS);
    await passes(context, SHORT_MS, 'the short-lived member is gone', async () => {
      const members = await index(context).membersOf(set, 10);
      return members.length === 1 && members[0] === 'kept';
    });
  });

  it('is gone with its last member', async (context) => {
    const set = context.key();
    await add(context, set, 'a', SHORT_MS);
    await passes(context, SHORT_MS, 'the set is gone', async () => {
      return (await index(context).membersOf(set, 10)).length === 0;
    });
  });

  it('drops those that would go first when there are too many', async (context) => {
    const set = context.key();
    await add(context, set, 'first', TTL_MS, 2);
    await add(context, set, 'last', 3 * TTL_MS, 2);
    await add(context, set, 'second', 2 * TTL_MS, 2);
    assert.deepEqual(await index(context).membersOf(set, 10), ['last', 'second']);
  });

  it('drops what is named and counts what was there', async (context) => {
    const set = context.key();
    for (const member of ['a', 'b', 'c']) await add(context, set, member, TTL_MS);
    assert.equal(await index(context).dropMembers(set, ['a', 'c', 'x']), 2);
    assert.equal(await index(context).dropMembers(set, []), 0);
    assert.deepEqual(await index(context).membersOf(set, 10), ['b']);
  });

  it('is a key like others to those who look through them', async (context) => {
    const { provider } = context;
    if (!provider.visitKeys || !provider.timesLeft) return;
    const set = context.key();
    await add(context, set, 'a', TTL_MS);
    const seen: string[] = [];
    await provider.visitKeys(
      set.replace(/[*?[\]\\]/g, '\\$&'),
      (keys) => void seen.push(...keys),
      TTL_MS,
    );
    assert.deepEqual(seen, [set]);
    const [left] = await provider.timesLeft([set]);
    assert.ok(typeof left === 'number' && left > 0 && left <= TTL_MS, `${left}`);
  });
};

function index({ provider }: ProviderContext): IndexStore {
  return provider as IndexStore;
}

function add(
  context: ProviderContext,
  set: string,
  member: string,
  ttlMs: number,
  maxMembers = 100,
): Promise<void> {
  return index(context).addMember(set, member, ttlMs, maxMembers);
}
