import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import { Validity } from '../validity/validity.js';
import { HoldOffs } from './hold-offs.js';
import { InProcessJournalLog } from './in-process-journal.log.js';
import type { Coverage, JournalRecord } from './journal-record.js';
import { JournalBackfill } from './journal.backfill.js';

const CONSTANTS = '1;xxh64';
const tag = (name: string, settleMs?: number): Coverage => ({
  kind: 'hashes',
  hashes: coverHashes('tag', [name]),
  ...(settleMs !== undefined && { settleMs }),
});
const tagged = (name: string) => subjectOf(`key:${name}`, coverHashes('tag', [name]));

/** A log with a clock, and a process that may join it at any time. */
function history({ maxRecords = 65_536 } = {}) {
  const clock = new FakeClock();
  const log = new InProcessJournalLog({ now: () => clock.now(), maxRecords });
  const join = () => {
    const validity = new Validity(4_096);
    const holdOffs = new HoldOffs(clock);
    const backfill = new JournalBackfill(log, validity, holdOffs);
    const jump = async (): Promise<void> => {
      const [head] = await log.readBackwards(Infinity, 1);
      backfill.jumpTo(head as JournalRecord);
    };
    const isHeld = (name: string): boolean => holdOffs.snapshot().covers(tagged(name));
    return { validity, holdOffs, backfill, jump, isHeld };
  };
  return { clock, log, join };
}

describe('JournalBackfill', () => {
  it('counts what may not have settled as just applied, and nothing older', async () => {
    const { clock, log, join } = history();
    await log.open(CONSTANTS, 0);
    await log.append(tag('long', 20_000), 1);
    await clock.advance(10_000);
    await log.append(tag('over', 5_000), 2);
    await clock.advance(5_000);
    await log.append(tag('last'), 3);
    const { jump, isHeld } = join();
    await jump();
    await settle();
    expect(['long', 'over', 'last'].map(isHeld)).toEqual([true, false, false]);
    await clock.advance(19_999);
    expect(isHeld('long')).toBe(true);
    await clock.advance(1);
    expect(isHeld('long')).toBe(false);
  });

  it('holds everything off until it has read what may not have settled', async () => {
    const { clock, log, join } = history();
    await log.open(CONSTANTS, 0);
    for (let i = 0; i < 3; i++) await log.append(tag('old'), i);
    await clock.advance(60_000);
    for (let i = 0; i < 2_500; i++) await log.append(tag(`recent ${i % 10}`), i);
    let pages = 0;
    const readBackwards = log.readBackwards.bind(log);
    let allow: () => void = () => undefined;
    jest.spyOn(log, 'readBackwards').mockImplementation(async (...args) => {
      if (args[1] > 1 && pages++ === 2) await new Promise<void>((resolve) => (allow = resolve));
      return readBackwards(...args);
    });
    const { jump, isHeld, validity } = join();
    await jump();
    expect(isHeld('any')).toBe(true);
    await settle();
    expect([pages, isHeld('any')]).toEqual([3, true]);
    allow();
    await settle();
    expect(isHeld('any')).toBe(false);
    expect(validity.floor).toBeLessThan(validity.head.stamp);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'fills what is skipped %i steps after the last page of what was skipped before came',
    async (steps) => {
      const { log, join } = history();
      await log.open(CONSTANTS, 0);
      const first = await log.append(tag('first'), 1);
      const page = await log.readBackwards(Infinity, 10);
      const skipped = await log.append(tag('skipped'), 2);
      const head = await log.append(tag('head'), 3);
      jest.spyOn(log, 'readBackwards').mockResolvedValueOnce(page);
      const { backfill, validity } = join();
      backfill.jumpTo(first as JournalRecord);
      for (let i = 0; i < steps; i++) await Promise.resolve();
      backfill.jumpTo(head as JournalRecord);
      await settle();
      expect(validity.floor).toBeLessThan((skipped as JournalRecord).stamp);
    },
  );

  it('reads on for hold-offs beyond a clear, and into the epoch before', async () => {
    const { clock, log, join } = history();
    const { record } = await log.open(CONSTANTS, 0);
    await log.append(tag('before', 30_000), 1);
    await log.advanceEpoch(record.epoch, CONSTANTS, 0);
    await log.append(tag('cleared', 30_000), 2);
    const clear = await log.append({ kind: 'clear' }, 3);
    await clock.advance(1_000);
    await log.append(tag('last'), 4);
    const { jump, isHeld, validity } = join();
    await jump();
    await settle();
    expect(['before', 'cleared', 'last'].map(isHeld)).toEqual([true, true, false]);
    expect(validity.floor).toBe(clear?.stamp);
  });

  it('reads on beyond a soft clear, for what it leaves valid', async () => {
    const { log, join } = history();
    const { record } = await log.open(CONSTANTS, 0);
    await log.append(tag('hard'), 1);
    await log.append({ kind: 'clear', isSoft: true }, 2);
    const { jump, validity } = join();
    await jump();
    await settle();
    const fence = { epoch: record.epoch, position: record.stamp };
    expect(validity.verdict(tagged('hard'), fence)).toBe('covered');
    expect(validity.verdict(tagged('other'), fence)).toBe('soft');
  });

  it('holds everything off for a minute when records of that time were dropped', async () => {
    const { clock, log, join } = history({ maxRecords: 16 });
    await log.open(CONSTANTS, 0);
    for (let i = 0; i < 100; i++) await log.append(tag('any'), i);
    const { jump, isHeld } = join();
    await jump();
    await settle();
    await clock.advance(59_999);
    expect(isHeld('other')).toBe(true);
    await clock.advance(1);
    expect(isHeld('other')).toBe(false);
  });

  it('learns what several jumps skipped', async () => {
    const { log, join } = history();
    const { record } = await log.open(CONSTANTS, 0);
    const { jump, isHeld, validity } = join();
    await jump();
    await settle();
    const readBackwards = log.readBackwards.bind(log);
    const reading = jest.spyOn(log, 'readBackwards');
    reading.mockImplementation((before, limit) =>
      limit === 1 ? readBackwards(before, limit) : Promise.reject(new Error('down')),
    );
    await log.append(tag('a', 9_000), 1);
    await log.append(tag('x'), 2);
    await jump();
    await settle();
    expect(isHeld('any')).toBe(true);
    await log.append(tag('b', 9_000), 3);
    await log.append(tag('y'), 4);
    reading.mockRestore();
    await jump();
    await settle();
    expect(['a', 'b', 'x', 'any'].map(isHeld)).toEqual([true, true, false, false]);
    const fence = { epoch: record.epoch, position: record.stamp };
    expect(validity.floor).toBe(record.stamp);
    expect(['a', 'x', 'b', 'y', 'z'].map((t) => validity.isCovered(tagged(t), fence))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
