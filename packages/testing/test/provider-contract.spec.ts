import type { FencedWrite, StoredItem } from '@vitalcache/core';

import { describeCacheProvider, FakeClock } from '../src/index.js';
import { outcomeOf, type Outcome } from './collecting-runner.js';
import { PlainProvider } from './plain-provider.js';

type Make = new (now: () => number) => PlainProvider;

/** What the contract suite says of a provider. */
function judge(Provider: Make): Promise<Outcome> {
  return outcomeOf(() =>
    describeCacheProvider(
      'it',
      () => {
        const clock = new FakeClock();
        return {
          provider: new Provider(clock.now),
          prefix: 'p',
          advance: (ms) => clock.advance(ms),
        };
      },
      { lacks: ['tagIndex', 'partitions', 'tuning'] },
    ),
  );
}

const FLAWS: readonly (readonly [string, RegExp, Make])[] = [
  [
    'hands out its own array',
    /get, set, del › hands out arrays that the caller owns/,
    class extends PlainProvider {
      override get = async (key: string) => this.peek(key)?.value ?? null;
    },
  ],
  [
    "keeps the caller's array",
    /even if the caller reuses the array/,
    class extends PlainProvider {
      override async set(key: string, value: Uint8Array, ttlMs: number) {
        this.entries.set(key, { value, expiresAt: this.now() + ttlMs });
      }
    },
  ],
  [
    'takes an empty value for none',
    /gives back nothing at all/,
    class extends PlainProvider {
      override async get(key: string) {
        const value = await super.get(key);
        return value?.length ? value : null;
      }
    },
  ],
  [
    'stores text',
    /gives back every byte value/,
    class extends PlainProvider {
      override async set(key: string, value: Uint8Array, ttlMs: number) {
        await super.set(key, Buffer.from(Buffer.from(value).toString('utf8')), ttlMs);
      }
    },
  ],
  [
    'cuts keys short',
    /takes keys with 10 kB/,
    class extends PlainProvider {
      override async set(key: string, value: Uint8Array, ttlMs: number) {
        await super.set(key.slice(0, 1_000), value, ttlMs);
      }
    },
  ],
  [
    'keeps the first time to live',
    /replaces value and time to live/,
    class extends PlainProvider {
      override async set(key: string, value: Uint8Array, ttlMs: number) {
        const expiresAt = this.peek(key)?.expiresAt ?? this.now() + ttlMs;
        this.entries.set(key, { value: new Uint8Array(value), expiresAt });
      }
    },
  ],
  [
    'counts every del',
    /counts in del what existed/,
    class extends PlainProvider {
      override async del(key: string) {
        await super.del(key);
        return 1;
      }
    },
  ],
  [
    'leaves out of a batch what is absent',
    /getMany answers in the order of its keys/,
    class extends PlainProvider {
      override async getMany(keys: readonly string[]) {
        return (await super.getMany(keys)).filter((value) => value !== null);
      }
    },
  ],
  [
    'shares the arrays of duplicate keys',
    /getMany hands out arrays that the caller owns/,
    class extends PlainProvider {
      override async getMany(keys: readonly string[]) {
        const found = new Map<string, Uint8Array | null>();
        for (const key of keys) if (!found.has(key)) found.set(key, await this.get(key));
        return keys.map((key) => found.get(key) ?? null);
      }
    },
  ],
  [
    'counts duplicates in delMany',
    /delMany counts the keys that existed/,
    class extends PlainProvider {
      override async delMany(keys: readonly string[]) {
        const count = (await this.getMany(keys)).filter((value) => value).length;
        await super.delMany(keys);
        return count;
      }
    },
  ],
  [
    'takes one time to live for a whole batch',
    /setMany stores each item with its own time to live/,
    class extends PlainProvider {
      override async setMany(items: readonly StoredItem[]) {
        await super.setMany(items.map((item) => ({ ...item, ttlMs: items[0]?.ttlMs ?? 1 })));
      }
    },
  ],
  [
    'sweeps by prefix only',
    /removes what a\?c matches/,
    class extends PlainProvider {
      override invalidateCacheByPattern(pattern: string, deadlineMs: number) {
        return super.invalidateCacheByPattern(pattern.replace(/\?.*/, '*'), deadlineMs);
      }
    },
  ],
  [
    'lets a member stay shorter',
    /lets a member stay longer, never shorter/,
    class extends PlainProvider {
      override async addMember(set: string, member: string, ttlMs: number) {
        this.members(set).set(member, this.now() + ttlMs);
      }
    },
  ],
  [
    'keeps too many members',
    /drops those that would go first/,
    class extends PlainProvider {
      override addMember(set: string, member: string, ttlMs: number) {
        return super.addMember(set, member, ttlMs, Infinity);
      }
    },
  ],
  [
    'counts members that were not there',
    /drops what is named and counts/,
    class extends PlainProvider {
      override async dropMembers(set: string, members: readonly string[]) {
        await super.dropMembers(set, members);
        return members.length;
      }
    },
  ],
  [
    'visits what does not match',
    /visits all of several thousand/,
    class extends PlainProvider {
      override visitKeys(
        _pattern: string,
        visit: Parameters<PlainProvider['visitKeys']>[1],
        deadlineMs: number,
      ) {
        return super.visitKeys('*', visit, deadlineMs);
      }
    },
  ],
  [
    'never says that keys are not there',
    /tells how long keys have left/,
    class extends PlainProvider {
      override async timesLeft(keys: readonly string[]) {
        return keys.map(() => 60_000);
      }
    },
  ],
  [
    'says complete at any deadline',
    /says that it is not complete/,
    class extends PlainProvider {
      override async invalidateCacheByPattern(pattern: string, deadlineMs: number) {
        const removal = await super.invalidateCacheByPattern(pattern, deadlineMs);
        return { ...removal, complete: true };
      }
    },
  ],
  [
    'ignores the fence',
    /never replaces a later fence/,
    class extends PlainProvider {
      protected override isLater = () => false;
    },
  ],
  [
    'refuses an equal fence',
    /stores when the stored fence is equal/,
    class extends PlainProvider {
      protected override isLater(
        stored: Uint8Array,
        fresh: Uint8Array,
        same: number,
        fence: number,
      ) {
        const end = same + fence;
        if (stored.length < end || fresh.length < end) return false;
        const [a, b] = [Buffer.from(stored), Buffer.from(fresh)];
        return a.compare(b, 0, same, 0, same) === 0 && a.compare(b, same, end, same, end) >= 0;
      }
    },
  ],
  [
    'compares bytes as signed numbers',
    /a high byte is not taken for a negative one/,
    class extends PlainProvider {
      protected override isLater(
        stored: Uint8Array,
        fresh: Uint8Array,
        same: number,
        fence: number,
      ) {
        const flip = (value: Uint8Array) => value.map((byte, i) => (i < same ? byte : byte ^ 0x80));
        return super.isLater(flip(stored), flip(fresh), same, fence);
      }
    },
  ],
  [
    'ignores the prefix of a fence',
    /stores when the prefix differs/,
    class extends PlainProvider {
      protected override isLater(
        stored: Uint8Array,
        fresh: Uint8Array,
        same: number,
        fence: number,
      ) {
        return super.isLater(stored.subarray(same), fresh.subarray(same), 0, fence);
      }
    },
  ],
  [
    'compares a fence that is cut off',
    /stores when the new bytes are shorter/,
    class extends PlainProvider {
      protected override isLater(
        stored: Uint8Array,
        fresh: Uint8Array,
        same: number,
        fence: number,
      ) {
        const padded = [stored, fresh].map((value) =>
          Buffer.concat([value, Buffer.alloc(same + fence)]),
        );
        return super.isLater(padded[0] ?? stored, padded[1] ?? fresh, same, fence);
      }
    },
  ],
  [
    'gives a lease to everybody',
    /gives one lease to exactly one/,
    class extends PlainProvider {
      override acquireLease = async () => null;
    },
  ],
  [
    'lengthens a lease that others ask for',
    /does not lengthen a lease/,
    class extends PlainProvider {
      override async acquireLease(key: string, token: Uint8Array, ttlMs: number) {
        const holder = this.peek(key)?.value ?? null;
        await this.set(key, holder ?? token, ttlMs);
        return holder;
      }
    },
  ],
  [
    'releases for anybody',
    /releases for the holder only/,
    class extends PlainProvider {
      override async releaseLease(key: string) {
        return this.entries.delete(key);
      }
    },
  ],
  [
    'forgets leases only when asked',
    /ends a lease with its time to live/,
    class extends PlainProvider {
      override acquireLease(key: string, token: Uint8Array) {
        return super.acquireLease(key, token, 1e9);
      }
    },
  ],
  [
    'extends for anybody',
    /extends for the holder only/,
    class extends PlainProvider {
      override async extendLease(key: string, _: Uint8Array, ttlMs: number) {
        const holder = this.peek(key);
        if (holder) holder.expiresAt = this.now() + ttlMs;
        return holder !== null;
      }
    },
  ],
  [
    'says no and extends all the same',
    /leaves the time to live when somebody else would extend it/,
    class extends PlainProvider {
      override async extendLease(key: string, token: Uint8Array, ttlMs: number) {
        const holder = this.peek(key);
        if (holder) holder.expiresAt = this.now() + ttlMs;
        return super.extendLease(key, token, ttlMs);
      }
    },
  ],
  [
    'only ever lengthens a lease',
    /extends a lease from now on/,
    class extends PlainProvider {
      override async extendLease(key: string, token: Uint8Array, ttlMs: number) {
        const left = (this.peek(key)?.expiresAt ?? 0) - this.now();
        return super.extendLease(key, token, Math.max(left, ttlMs));
      }
    },
  ],
  [
    'brings back a lease that has ended',
    /does not bring back a lease/,
    class extends PlainProvider {
      override async extendLease(key: string, token: Uint8Array, ttlMs: number) {
        if (await super.extendLease(key, token, ttlMs)) return true;
        return (await this.acquireLease(key, token, ttlMs)) === null;
      }
    },
  ],
  [
    'expects all the bytes and not how they begin',
    /stores over bytes when how they begin must be there/,
    class extends PlainProvider {
      protected override isAsExpected(stored: Uint8Array | null, expected: Uint8Array | null) {
        if (!stored || !expected?.length) return super.isAsExpected(stored, expected);
        return Buffer.compare(stored, expected) === 0;
      }
    },
  ],
  [
    'compares only as much as there is',
    /refuses over bytes when more than there is must be there/,
    class extends PlainProvider {
      protected override isAsExpected(stored: Uint8Array | null, expected: Uint8Array | null) {
        return super.isAsExpected(stored, expected?.subarray(0, stored?.length ?? 0) ?? null);
      }
    },
  ],
  [
    'takes an empty value for nothing in a comparison',
    /an empty value that is there is not nothing/,
    class extends PlainProvider {
      protected override isAsExpected(stored: Uint8Array | null, expected: Uint8Array | null) {
        return super.isAsExpected(stored?.length ? stored : null, expected);
      }
    },
  ],
  [
    'stores over nothing whatever is expected',
    /stores over nothing only when nothing is expected/,
    class extends PlainProvider {
      protected override isAsExpected(stored: Uint8Array | null, expected: Uint8Array | null) {
        return stored === null || super.isAsExpected(stored, expected);
      }
    },
  ],
  [
    'compares with what has expired',
    /takes an expired value for nothing/,
    class extends PlainProvider {
      protected override isAsExpected(stored: Uint8Array | null, expected: Uint8Array | null) {
        const gone = [...this.entries.values()].find(({ expiresAt }) => expiresAt <= this.now());
        return super.isAsExpected(stored ?? gone?.value ?? null, expected);
      }
    },
  ],
  [
    'keeps the time to live when it replaces',
    /compare › sets the time to live anew/,
    class extends PlainProvider {
      override async setIfUnchanged(item: StoredItem, expected: Uint8Array | null) {
        const left = (this.peek(item.key)?.expiresAt ?? this.now() + item.ttlMs) - this.now();
        return super.setIfUnchanged({ ...item, ttlMs: left }, expected);
      }
    },
  ],
  [
    'gives new life to what it refuses to replace',
    /compare › leaves the time to live when it refuses/,
    class extends PlainProvider {
      override async setIfUnchanged(item: StoredItem, expected: Uint8Array | null) {
        const there = this.peek(item.key);
        if (there) there.expiresAt = this.now() + item.ttlMs;
        return super.setIfUnchanged(item, expected);
      }
    },
  ],
  [
    'compares and stores in two steps',
    /lets exactly one of many win/,
    class extends PlainProvider {
      override async setIfUnchanged(item: StoredItem, expected: Uint8Array | null) {
        const stored = await this.get(item.key);
        if (!this.isAsExpected(stored, expected)) return false;
        await this.set(item.key, item.value, item.ttlMs);
        return true;
      }
    },
  ],
  [
    'stores all of several or none',
    /tells of each item whether it was stored/,
    class extends PlainProvider {
      override async setFencedMany(writes: readonly FencedWrite[], same: number, fence: number) {
        const outcomes = await super.setFencedMany(writes, same, fence);
        return outcomes.map(() => outcomes.every((one) => one === true));
      }
    },
  ],
  [
    'takes several in another order',
    /does what one write after the other does/,
    class extends PlainProvider {
      override async setFencedMany(writes: readonly FencedWrite[], same: number, fence: number) {
        return [...(await super.setFencedMany([...writes].reverse(), same, fence))].reverse();
      }
    },
  ],
  [
    'leaves out what does not fit into one step',
    /more than fit into one step/,
    class extends PlainProvider {
      override async setFencedMany(writes: readonly FencedWrite[], same: number, fence: number) {
        return super.setFencedMany(writes.slice(0, 512), same, fence);
      }
    },
  ],
  [
    'gives several one time to live',
    /each its own time to live/,
    class extends PlainProvider {
      override async setFencedMany(writes: readonly FencedWrite[], same: number, fence: number) {
        const ttlMs = Math.max(...writes.map((write) => write.ttlMs));
        return super.setFencedMany(
          writes.map((write) => ({ ...write, ttlMs })),
          same,
          fence,
        );
      }
    },
  ],
  [
    'releases the leases of what it stores alone',
    /releases the lease of what is refused/,
    class extends PlainProvider {
      override async setFencedMany(writes: readonly FencedWrite[], same: number, fence: number) {
        const plain = writes.map(({ key, value, ttlMs }) => ({ key, value, ttlMs }));
        const outcomes = await super.setFencedMany(plain, same, fence);
        for (const [i, { lease }] of writes.entries()) {
          if (lease && outcomes[i]) await this.releaseLease(lease.key, lease.token);
        }
        return outcomes;
      }
    },
  ],
  [
    'releases leases of others with what it stores',
    /releases the lease of what is stored/,
    class extends PlainProvider {
      override async setFencedMany(writes: readonly FencedWrite[], same: number, fence: number) {
        const outcomes = await super.setFencedMany(writes, same, fence);
        for (const [i, { lease }] of writes.entries()) {
          if (lease && outcomes[i]) this.entries.delete(lease.key);
        }
        return outcomes;
      }
    },
  ],
  [
    'has a journal for each call',
    /journal is one object for each namespace/,
    class extends PlainProvider {
      override journal = (namespace: string) => new PlainProvider(this.now).journal(namespace);
    },
  ],
  [
    'works on after close',
    /can be closed twice/,
    class extends PlainProvider {
      override close = async () => undefined;
    },
  ],
  [
    'lacks a capability that it should have',
    /has the capabilities/,
    class extends PlainProvider {
      override status = undefined as unknown as PlainProvider['status'];
    },
  ],
];

describe('describeCacheProvider', () => {
  it('passes a provider without flaws', async () => {
    const { passed, failed } = await judge(PlainProvider);
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(70);
  });

  it.each(FLAWS)(
    'fails a provider that %s',
    async (_, test, Provider) => {
      const { failed } = await judge(Provider);
      expect(failed.filter((name) => test.test(name))).toHaveLength(1);
    },
    60_000,
  );
});
