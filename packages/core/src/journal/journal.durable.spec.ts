import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { polledLog } from '../../test/support/polled-journal.log.js';
import { CacheError } from '../errors/cache.error.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import { InProcessJournalLog } from './in-process-journal.log.js';
import type { Coverage } from './journal-record.js';
import { Journal } from './journal.js';

const TAG: Coverage = { kind: 'hashes', hashes: coverHashes('tag', ['t']) };
const KEY: Coverage = { kind: 'hashes', hashes: coverHashes('key', ['k']) };
const subject = subjectOf('k', coverHashes('tag', ['t']));

/** A durable log whose next appends are written, but not confirmed. */
async function unconfirmed() {
  const log = new InProcessJournalLog();
  const clock = new FakeClock();
  const view = polledLog(log);
  const state = { failures: 0, hold: Promise.resolve() };
  view.append = async (coverage, nonce) => {
    const record = await log.append(coverage, nonce);
    await state.hold;
    if (state.failures-- > 0) throw new CacheError('STORE_TIMEOUT', 'No replica has confirmed it.');
    return record;
  };
  const onEpochChange = jest.fn();
  let seed = 0;
  const journal = new Journal({
    namespace: 'app',
    log: view,
    clock,
    random: () => (seed = (seed + 0.618_034) % 1),
    sketchSlots: 1_024,
    maxQueued: 100,
    deadlineMs: 2_000,
    blindAfterMs: 5_000,
    durable: true,
    onEpochChange,
  });
  await journal.start();
  await settle();
  const written = async () => {
    const { records } = await log.read(journal.epoch?.stamp ?? 0, 100);
    return records;
  };
  const poll = async (): Promise<void> => {
    view.deliver();
    await settle();
  };
  return { journal, clock, view, state, written, poll, onEpochChange };
}

describe('Journal on a store that has not confirmed a record', () => {
  it('records it again, and is done when that is confirmed', async () => {
    const process = await unconfirmed();
    const fence = process.journal.fence();
    process.state.failures = 2;
    const done = process.journal.invalidate([TAG]);
    await process.clock.advance(40);
    expect(process.journal.status.queued).toBe(1);
    await process.poll(); // the copy that nobody has confirmed counts, and is no news
    await process.clock.advance(500);
    const records = await process.written();
    expect(records).toHaveLength(3);
    expect(await done).toEqual({ stamp: records[2]?.stamp, recorded: true, queued: false });
    expect(process.journal.position).toBe(records[2]?.stamp);
    expect(fence && process.journal.verdict(subject, fence)).toBe('covered');
    expect(process.onEpochChange).not.toHaveBeenCalled();
    await process.journal.close();
  });

  it('says that it is queued as long as nothing is confirmed, and covers meanwhile', async () => {
    const process = await unconfirmed();
    process.state.failures = 1_000;
    const done = process.journal.invalidate([TAG]);
    await process.clock.advance(2_000);
    await process.poll();
    expect(await done).toEqual({ stamp: 0, recorded: false, queued: true });
    const fence = process.journal.fence();
    expect(fence && process.journal.verdict(subject, fence)).toBe('covered');
    process.state.failures = 0;
    await process.clock.advance(2_000);
    await process.poll();
    const later = process.journal.fence();
    expect(process.journal.status.queued).toBe(0);
    expect(later && process.journal.verdict(subject, later)).toBe('valid');
    await process.journal.close();
  });

  it.each(['before it is tried again', 'while it is, before the answer', 'only afterwards'])(
    'stores what is set, though the tail hears of the first copy %s',
    async (when) => {
      const process = await unconfirmed();
      const fence = process.journal.fence();
      if (!fence) throw new Error('not synced');
      process.state.failures = 1;
      const setting = process.journal.recordSet(subject, fence, KEY);
      await settle();
      if (when.startsWith('before')) await process.poll();
      let release: () => void = () => undefined;
      process.state.hold = new Promise((resolve) => (release = resolve));
      await process.clock.advance(60);
      expect(await process.written()).toHaveLength(2);
      if (when.startsWith('while')) await process.poll();
      release();
      await process.clock.advance(60);
      const set = await setting;
      await process.poll();
      const [, second] = await process.written();
      expect(set).toMatchObject({ recorded: true, isSoft: false });
      expect(set.fence).toEqual({ epoch: fence.epoch, position: second?.stamp });
      expect(set.fence && process.journal.verdict(subject, set.fence)).toBe('valid');
      await process.journal.close();
    },
  );
});
