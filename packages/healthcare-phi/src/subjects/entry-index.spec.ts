import type { Admission } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { EntryIndex, type IndexKeeper } from './entry-index.js';

/** A store of sets and entries, in memory. */
function keeperOf() {
  const sets = new Map<string, Set<string>>();
  const entries = new Set<string>();
  const keeper = {
    namesOf: jest.fn((key: string) => [`e:${key}`]),
    setOf: jest.fn((key: string) => `i:${key}`),
    addMember: jest.fn(async (set: string, member: string) => {
      sets.set(set, (sets.get(set) ?? new Set()).add(member));
      return true;
    }),
    membersOf: jest.fn(async (set: string, limit: number) =>
      [...(sets.get(set) ?? [])].slice(0, limit),
    ),
    dropMembers: jest.fn(async (set: string, members: readonly string[]) => {
      return members.filter((member) => sets.get(set)?.delete(member)).length;
    }),
    remove: jest.fn(
      async (names: readonly string[]) => names.filter((name) => entries.delete(name)).length,
    ),
  };
  return { keeper: keeper as unknown as jest.Mocked<IndexKeeper>, sets, entries };
}

const admission = (key: string): Admission => ({
  key,
  tags: ['patient:7', 'phi_data', 'phi_data@t'],
  terms: {
    tenant: 't',
    scope: '',
    level: 'standard',
    template: 'x',
    subject: null,
    isEmergency: false,
  },
});

describe('EntryIndex', () => {
  it('adds an entry each time it is stored, for a little longer than it is kept', async () => {
    const { keeper } = keeperOf();
    const clock = new FakeClock();
    const index = new EntryIndex(keeper, clock);
    const note = () => index.note(admission('k'), 'T', clock.now() + 60_000);
    note();
    await index.settled();
    expect(
      keeper.addMember.mock.calls.map(([set, member, ttlMs]) => [
        set.replace(/\d+/, 'n'),
        member,
        ttlMs,
      ]),
    ).toEqual([
      ['i:index:patient:n\u001ft', 'e:k', 70_000],
      ['i:index:\u001fk\u001ft', 'e:k', 70_000],
      ['i:index:all:n\u001fT', 'e:k', 70_000],
      ['i:index:tenants', 'T', 7 * 86_400_000],
    ]);
    note();
    await index.settled();
    expect(keeper.addMember).toHaveBeenCalledTimes(7);
  });

  it('counts what the store did not take', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    keeper.addMember.mockResolvedValueOnce(false);
    index.note(admission('k'), 'T', Infinity);
    await index.settled();
    expect(index.skipped).toBe(1);
  });

  it('leaves away what is too much, and counts it', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    let release: (taken: boolean) => void = () => undefined;
    const held = new Promise<boolean>((resolve) => (release = resolve));
    keeper.addMember.mockReturnValue(held);
    for (let i = 0; i < 10_076; i++) index.note(admission(`k${i}`), 'T', Infinity);
    expect(index.skipped).toBe(44);
    release(true);
    await index.settled();
  });

  it('removes all of several thousand entries, page by page, each once', async () => {
    const { keeper, entries } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    for (let i = 0; i < 2_500; i++) {
      await keeper.addMember('i:index:patient:7\u001ft', `e:${i}`, 1, 1);
      await keeper.addMember('i:index:clinic:3\u001ft', `e:${i}`, 1, 1);
      entries.add(`e:${i}`);
    }
    expect(await index.remove(['patient:7', 'clinic:3'], 't')).toBe(2_500);
    expect(entries.size).toBe(0);
    expect(Math.max(...keeper.remove.mock.calls.map(([names]) => names.length))).toBe(1_000);
  });

  it('says that it does not know: the store did not say, or time was over', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    keeper.membersOf.mockResolvedValueOnce(null);
    expect(await index.remove(['patient:7'], 't')).toBeNull();
    expect(await index.remove(['patient:7'], 't', 0)).toBeNull();
    expect(await index.remove(['patient:7'], 't')).toBe(0);
  });

  it('goes on while somebody else drops the same members', async () => {
    const { keeper, entries } = keeperOf();
    const [one, other] = [0, 0].map(() => new EntryIndex(keeper, new FakeClock())) as [
      EntryIndex,
      EntryIndex,
    ];
    for (let i = 0; i < 2_500; i++) {
      await keeper.addMember('i:index:patient:7\u001ft', `e:${i}`, 1, 1);
      entries.add(`e:${i}`);
    }
    const first = one.remove(['patient:7'], 't');
    const left = other.remove(['patient:7'], 't').then(() => entries.size);
    expect(await left).toBe(0);
    expect(await first).toBeLessThanOrEqual(2_500);
  });

  it('ends where members can not be dropped, and does not know then', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    await keeper.addMember('i:index:patient:7\u001ft', 'e:1', 1, 1);
    keeper.dropMembers.mockResolvedValue(0);
    expect(await index.remove(['patient:7'], 't')).toBeNull();
  });

  it('removes what another process stores while its place in the index is dropped', async () => {
    const { keeper, entries } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    const set = 'i:index:patient:7\u001ft';
    await keeper.addMember(set, 'e:1', 1, 1);
    entries.add('e:1');
    const dropMembers = keeper.dropMembers.getMockImplementation() as IndexKeeper['dropMembers'];
    keeper.dropMembers.mockImplementationOnce(async (...given) => {
      await keeper.addMember(set, 'e:1', 1, 1);
      entries.add('e:1');
      return dropMembers(...given);
    });
    expect(await index.remove(['patient:7'], 't')).toBe(2);
    expect(entries.size).toBe(0);
  });

  it('keeps what could not be removed, for the next attempt', async () => {
    const { keeper, entries } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    await keeper.addMember('i:index:patient:7\u001ft', 'e:1', 1, 1);
    entries.add('e:1');
    keeper.remove.mockResolvedValueOnce(null);
    expect(await index.remove(['patient:7'], 't')).toBeNull();
    expect(await index.remove(['patient:7'], 't')).toBe(1);
  });
});
