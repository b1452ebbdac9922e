import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { polledLog } from '../../test/support/polled-journal.log.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import { Validity } from '../validity/validity.js';
import { HoldOffs } from './hold-offs.js';
import { InProcessJournalLog } from './in-process-journal.log.js';
import type { JournalHead } from './journal-log.js';
import type { Coverage, JournalRecord, RecordRef } from './journal-record.js';
import { JournalReader } from './journal.reader.js';

const CONSTANTS = '1;xxh64';
const TAG: Coverage = { kind: 'hashes', hashes: coverHashes('tag', ['t']) };
const OTHER: Coverage = { kind: 'hashes', hashes: coverHashes('tag', ['u']) };
const subject = subjectOf('k', coverHashes('tag', ['t']));

async function following(log: InProcessJournalLog) {
  const clock = new FakeClock();
  const validity = new Validity(1024);
  const view = polledLog(log);
  const onEpochChange = jest.fn();
  const onRecord = jest.fn();
  const reader = new JournalReader({
    log: view,
    validity,
    holdOffs: new HoldOffs(clock),
    constants: CONSTANTS,
    clock,
    onRecord,
    onJump: jest.fn(),
    onEpochChange,
  });
  await reader.start();
  await settle();
  const poll = async (): Promise<void> => {
    await clock.advance(10);
    view.deliver();
    await settle();
  };
  return { clock, validity, view, reader, onEpochChange, poll };
}

/** What the validity says about an entry that was loaded now. */
const entryOf = ({ validity }: { validity: Validity }) => {
  const fence = validity.fence();
  if (!fence) throw new Error('not synced');
  return () => !validity.isCovered(subject, fence);
};

describe('JournalReader', () => {
  it('starts at the head and learns the past backwards', async () => {
    const log = new InProcessJournalLog();
    const { record: genesis } = await log.open(CONSTANTS, 0);
    for (let i = 0; i < 2_500; i++) await log.append(OTHER, i);
    const process = await following(log);
    const old = { epoch: genesis.epoch, position: genesis.stamp };
    expect(process.validity.floor).toBe(genesis.stamp);
    expect(process.validity.isCovered(subject, old)).toBe(false);
    await process.reader.close();
  });

  describe('lagMs', () => {
    let nowMs: number;
    let log: InProcessJournalLog;

    beforeEach(() => {
      nowMs = 5_000_000;
      log = new InProcessJournalLog({ now: () => nowMs });
    });

    it('is the time, by the store, from the position to the newest record that counts here', async () => {
      const process = await following(log);
      expect(process.reader.lagMs).toBe(0);
      nowMs += 40;
      await log.append(OTHER, 1);
      expect(process.reader.lagMs).toBe(0); // nobody here knows of it
      nowMs += 60;
      const own = await log.append(TAG, 2);
      if (own) process.reader.take(own);
      expect(process.reader.lagMs).toBe(100);
      await process.poll();
      expect(process.reader.lagMs).toBe(0);
      await process.reader.close();
    });

    it('counts a head that was shown before the records up to it, which makes nothing invalid', async () => {
      const process = await following(log);
      const isValid = entryOf(process);
      const { newest, head } = process.validity;
      nowMs += 70;
      await log.append(TAG, 1);
      const read = process.view.read;
      process.view.read = async (...args) => ({ ...(await read(...args)), records: [] });
      expect(await process.reader.catchUp()).toBe(false);
      expect(process.reader.lagMs).toBe(70);
      expect([process.validity.newest, process.validity.head]).toEqual([newest, head]);
      expect(isValid()).toBe(true);
      process.view.read = read;
      await process.reader.catchUp();
      expect([process.reader.lagMs, isValid()]).toEqual([0, false]);
      await process.reader.close();
    });

    it('is over when another history begins', async () => {
      const process = await following(log);
      const read = process.view.read;
      process.view.read = async (...args) => {
        const { head } = await read(...args);
        if (!head) throw new Error('no head');
        const record = { ...head.record, stamp: head.record.stamp + 9_000_000, nonce: 1 };
        return { records: [], head: { ...head, record } };
      };
      await process.reader.catchUp();
      expect(process.reader.lagMs).toBe(9_000);
      process.view.read = read;
      await log.advanceEpoch(process.validity.epoch, CONSTANTS, 0);
      await process.poll();
      expect(process.reader.lagMs).toBe(0);
      await process.reader.close();
    });
  });

  it('stops learning at a clear', async () => {
    const log = new InProcessJournalLog();
    const { record: genesis } = await log.open(CONSTANTS, 0);
    const clear = await log.append({ kind: 'clear' }, 1);
    await log.append(OTHER, 2);
    const process = await following(log);
    expect(process.validity.floor).toBe(clear?.stamp);
    expect(
      process.validity.isCovered(subject, { epoch: genesis.epoch, position: genesis.stamp }),
    ).toBe(true);
    await process.reader.close();
  });

  it('takes what is older than the oldest record kept as covered', async () => {
    const log = new InProcessJournalLog({ maxRecords: 16 });
    const { record: genesis } = await log.open(CONSTANTS, 0);
    for (let i = 0; i < 100; i++) await log.append(OTHER, i);
    const process = await following(log);
    const [oldest] = (await log.readBackwards(Infinity, 1_000)).slice(-1);
    expect(process.validity.floor).toBe(oldest?.previous?.stamp);
    expect(
      process.validity.isCovered(subject, { epoch: genesis.epoch, position: genesis.stamp }),
    ).toBe(true);
    await process.reader.close();
  });

  it('applies polled records in order', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const isValid = entryOf(process);
    await log.append(OTHER, 1);
    await process.poll();
    expect(isValid()).toBe(true);
    await log.append(TAG, 2);
    expect(isValid()).toBe(true);
    await process.poll();
    expect(isValid()).toBe(false);
    await process.reader.close();
  });

  it('counts an own record at once, and moves the position only in its turn', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const isValid = entryOf(process);
    const position = process.validity.head.stamp;
    await log.append(OTHER, 1);
    const own = await log.append(TAG, 2);
    if (own) process.reader.take(own);
    expect(isValid()).toBe(false);
    expect(process.validity.head.stamp).toBe(position);
    await process.reader.catchUp();
    expect(process.validity.head.stamp).toBe(own?.stamp);
    await process.reader.close();
  });

  it('resyncs when records were trimmed past it, without a new epoch', async () => {
    const log = new InProcessJournalLog({ maxRecords: 16 });
    const process = await following(log);
    const isValid = entryOf(process);
    const epoch = process.validity.epoch;
    await log.append(TAG, 0);
    for (let i = 1; i < 100; i++) await log.append(OTHER, i);
    await process.poll();
    await process.poll();
    expect(isValid()).toBe(false);
    expect(process.validity.epoch).toEqual(epoch);
    expect(process.onEpochChange).not.toHaveBeenCalled();
    await process.reader.close();
  });

  const losses: [
    string,
    (log: InProcessJournalLog, head: JournalHead) => Partial<JournalHead> | null,
  ][] = [
    ['the log is gone', () => null],
    [
      'the log went back in time',
      (_log, head) => ({ record: { ...head.record, stamp: 5, nonce: 5 } }),
    ],
    [
      'the newest record is another one',
      (_log, head) => ({ record: { ...head.record, nonce: 5 } }),
    ],
    ['the store was replaced', () => ({ incarnation: 'another server' })],
    [
      'a stranger wrote into the journal',
      (_log, head) => ({
        record: {
          ...head.record,
          stamp: head.record.stamp + 5,
          epoch: { stamp: 0, nonce: 0 },
          constants: '',
          body: { kind: 'unknown' },
        },
      }),
    ],
    [
      'an older epoch came back',
      (_log, head) => ({ record: { ...head.record, epoch: { stamp: 1, nonce: 1 } } }),
    ],
  ];
  it.each(losses)('begins a new epoch when %s', async (_name, loss) => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const isValid = entryOf(process);
    const before = process.validity.epoch;
    const read = log.read.bind(log);
    const advanced = jest
      .spyOn(log, 'advanceEpoch')
      .mockImplementation(async (_expected, constants, atLeast) => {
        jest.restoreAllMocks();
        return new InProcessJournalLog().open(constants, atLeast).then((head) => {
          jest.spyOn(log, 'read').mockResolvedValue({ records: [], head });
          return head;
        });
      });
    jest.spyOn(log, 'read').mockImplementation(async (after, limit) => {
      const slice = await read(after, limit);
      const change = slice.head && loss(log, slice.head);
      return { records: [], head: change && slice.head ? { ...slice.head, ...change } : null };
    });
    await process.poll();
    expect(advanced).toHaveBeenCalledTimes(1);
    expect(process.onEpochChange).toHaveBeenCalledTimes(1);
    expect(process.validity.epoch?.stamp).toBeGreaterThan(before?.stamp ?? Infinity);
    expect(isValid()).toBe(false);
    jest.restoreAllMocks();
    await process.reader.close();
  });

  it('adopts a new epoch that another process began', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const isValid = entryOf(process);
    const next = await log.advanceEpoch(process.validity.epoch, CONSTANTS, 0);
    await process.poll();
    expect(process.validity.epoch).toEqual(next.record.epoch);
    expect(isValid()).toBe(false);
    await process.reader.close();
  });

  it('never adopts an epoch that is older than its own', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const old = process.validity.epoch;
    const newer = await log.advanceEpoch(old, CONSTANTS, 0);
    await process.poll();
    jest.spyOn(log, 'open').mockResolvedValue({
      record: { ...newer.record, epoch: old ?? newer.record.epoch },
      incarnation: newer.incarnation,
    });
    const advance = jest.spyOn(log, 'advanceEpoch');
    await process.reader.sync();
    expect(advance).toHaveBeenCalledTimes(1);
    expect(process.validity.epoch).toEqual(newer.record.epoch);
    jest.restoreAllMocks();
    await process.reader.close();
  });

  it('begins epochs until one is later than its own, against a process that begins earlier ones', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const own = process.validity.epoch;
    const { head } = await log.read(0, 1);
    if (!head || !own) throw new Error('no head');
    const older = { ...head, record: { ...head.record, epoch: { stamp: 1, nonce: 1 } } };
    const advance = log.advanceEpoch.bind(log);
    const advanced = jest
      .spyOn(log, 'advanceEpoch')
      .mockResolvedValueOnce({
        ...older,
        record: { ...older.record, epoch: { stamp: 2, nonce: 2 } },
      })
      .mockImplementation((_expected, ...rest) => advance(own, ...rest));
    jest.spyOn(log, 'read').mockResolvedValueOnce({ records: [], head: older });
    await process.reader.catchUp();
    expect(advanced.mock.calls.map(([expected]) => expected?.stamp)).toEqual([1, 2]);
    expect(process.validity.epoch?.stamp).toBeGreaterThan(own.stamp);
    jest.restoreAllMocks();
    await process.reader.close();
  });

  it.each<[string, (first: JournalRecord) => RecordRef | null]>([
    ['a record of its head’s stamp', ({ stamp }) => ({ stamp, nonce: 99 })],
    ['an earlier record', ({ previous }) => previous],
    ['nothing', () => null],
  ])('begins a new epoch when the next record follows %s', async (_name, follows) => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const isValid = entryOf(process);
    const first = await log.append(OTHER, 1);
    await process.poll();
    const own = process.validity.epoch;
    const next = await log.append(OTHER, 2);
    if (!first || !next || !own) throw new Error('not appended');
    const record = { ...next, previous: follows(first) };
    const head = { record, incarnation: record.incarnation };
    jest.spyOn(log, 'read').mockResolvedValueOnce({ records: [record], head });
    expect(await process.reader.catchUp()).toBe(true);
    expect(process.validity.epoch?.stamp).toBeGreaterThan(own.stamp);
    expect(isValid()).toBe(false);
    jest.restoreAllMocks();
    await process.reader.close();
  });

  it('does not trust a head that no record leads to', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    await log.append(TAG, 1);
    const { head } = await log.read(0, 10);
    jest.spyOn(log, 'read').mockResolvedValue({ records: [], head });
    expect(await process.reader.catchUp()).toBe(false);
    for (let i = 0; i < 10; i++) {
      await process.clock.advance(100);
      process.view.deliver();
      await settle();
    }
    expect(process.reader.linkAgeMs()).toBeGreaterThanOrEqual(900);
    jest.restoreAllMocks();
    await process.poll();
    await process.poll();
    expect(process.reader.linkAgeMs()).toBeLessThan(100);
    await process.reader.close();
  });

  it('does not go blind under a stream of records that is always ahead of it', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    const read = log.read.bind(log);
    let nonce = 1;
    jest.spyOn(log, 'read').mockImplementation(async (...args) => {
      const { records } = await read(...args);
      await log.append(OTHER, nonce++);
      return { records, head: (await read(...args)).head };
    });
    for (let i = 0; i < 50; i++) await process.poll();
    expect(process.reader.linkAgeMs()).toBeLessThan(100);
    expect(await process.reader.catchUp()).toBe(true);
    jest.restoreAllMocks();
    await process.reader.close();
  });

  it('does not go back when an older answer arrives late', async () => {
    const log = new InProcessJournalLog({ maxRecords: 16 });
    const process = await following(log);
    const isValid = entryOf(process);
    const slow = await log.read(0, 1_000);
    for (let i = 0; i < 100; i++) await log.append(OTHER, i);
    const older = await log.read(0, 1_000);
    await log.append(TAG, 200);
    await process.reader.catchUp();
    const head = process.validity.head;
    jest.spyOn(log, 'read').mockResolvedValue({ records: [], head: older.head ?? slow.head });
    process.view.deliver(); // asked before the catch-up, answered with what was true then
    await settle();
    expect(process.validity.head.stamp).toBeGreaterThanOrEqual(head.stamp);
    expect(isValid()).toBe(false);
    jest.restoreAllMocks();
    await process.reader.close();
  });

  it('is blind by the time a poll was sent, not answered', async () => {
    const log = new InProcessJournalLog();
    const process = await following(log);
    await process.poll();
    process.clock.jump(7_000); // the process sleeps while its poll is under way
    process.view.deliver();
    await settle();
    expect(process.reader.linkAgeMs()).toBeGreaterThanOrEqual(7_000);
    await process.poll();
    expect(process.reader.linkAgeMs()).toBeLessThan(100);
    process.clock.jump(-50_000);
    expect(process.reader.linkAgeMs()).toBe(Infinity);
    await process.reader.close();
  });

  it('says that it could not catch up when the store does not answer', async () => {
    const process = await following(new InProcessJournalLog());
    expect(await process.reader.catchUp()).toBe(true);
    process.view.isCut = true;
    expect(await process.reader.catchUp()).toBe(false);
    await process.reader.close();
  });

  it('misses nothing that a log in this process takes while it starts', async () => {
    class BusyLog extends InProcessJournalLog {
      override async open(constants: string, atLeast: number): Promise<JournalHead> {
        const head = await super.open(constants, atLeast);
        await this.append(TAG, 1);
        return head;
      }
    }
    const validity = new Validity(1024);
    const log = new BusyLog();
    const reader = new JournalReader({
      log,
      validity,
      holdOffs: new HoldOffs(new FakeClock()),
      constants: CONSTANTS,
      clock: new FakeClock(),
      onRecord: jest.fn(),
      onJump: jest.fn(),
      onEpochChange: jest.fn(),
    });
    await reader.start();
    const [, genesis] = await log.readBackwards(Infinity, 2);
    if (!genesis) throw new Error('no genesis');
    const before = { epoch: genesis.epoch, position: genesis.stamp };
    expect(validity.isCovered(subject, before)).toBe(true);
    await reader.close();
  });

  it('goes on by itself when a store that was out of reach is back', async () => {
    const log = new InProcessJournalLog();
    const clock = new FakeClock();
    const validity = new Validity(1024);
    const view = polledLog(log);
    view.isCut = true;
    const reader = new JournalReader({
      log: view,
      validity,
      holdOffs: new HoldOffs(clock),
      constants: CONSTANTS,
      clock,
      onRecord: jest.fn(),
      onJump: jest.fn(),
      onEpochChange: jest.fn(),
    });
    await reader.start();
    expect(validity.fence()).toBeNull();
    view.isCut = false;
    await clock.advance(5_000);
    expect(validity.fence()).not.toBeNull();
    await reader.close();
  });
});
