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
  it('adds an entry once for as long as it is kept, and again before that is over', async () => {
    const { keeper } = keeperOf();
    const clock = new FakeClock();
    const index = new EntryIndex(keeper, clock);
    const note = () => index.note(admission('k'), () => 'T', 60_000);
    note();
    note();
    await index.settled();
    expect(
      keeper.addMember.mock.calls.map(([set, member, ttlMs]) => [
        set.replace(/\d+/, 'n'),
        member,
        ttlMs,
      ]),
    ).toEqual([
      ['i:index:patient:n\u001ft', 'e:k', 120_000],
      ['i:index:\u001fk\u001ft', 'e:k', 120_000],
      ['i:index:all:n\u001fT', 'e:k', 120_000],
      ['i:index:tenants', 'T', 7 * 86_400_000],
    ]);
    clock.advance(60_001);
    note();
    await index.settled();
    expect(keeper.addMember).toHaveBeenCalledTimes(7);
  });

  it('adds it again when the store did not take it', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    keeper.addMember.mockResolvedValueOnce(false);
    for (let turn = 0; turn < 2; turn++) {
      index.note(admission('k'), () => 'T', 60_000);
      await index.settled();
    }
    expect(keeper.addMember).toHaveBeenCalledTimes(7);
  });

  it('leaves away what is too much, and counts it', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    let release: (taken: boolean) => void = () => undefined;
    const held = new Promise<boolean>((resolve) => (release = resolve));
    keeper.addMember.mockReturnValue(held);
    for (let i = 0; i < 300; i++) index.note(admission(`k${i}`), () => 'T', 60_000);
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

  it('ends although somebody else drops the members', async () => {
    const { keeper } = keeperOf();
    const index = new EntryIndex(keeper, new FakeClock());
    await keeper.addMember('i:index:patient:7\u001ft', 'e:1', 1, 1);
    keeper.dropMembers.mockResolvedValue(0);
    expect(await index.remove(['patient:7'], 't')).toBe(0);
  });
});
