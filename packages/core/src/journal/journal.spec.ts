import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { polledLog } from '../../test/support/polled-journal.log.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import { InProcessJournalLog } from './in-process-journal.log.js';
import type { IJournalLog, JournalSlice } from './journal-log.js';
import type { Coverage, CoverageTerms, JournalRecord } from './journal-record.js';
import type { JournalOptions } from './journal-options.js';
import { Journal } from './journal.js';

const tag = (name: string, terms: CoverageTerms = {}): Coverage => ({
  kind: 'hashes',
  hashes: coverHashes('tag', [name]),
  ...terms,
});
const tagged = (name: string) => subjectOf(`key:${name}`, coverHashes('tag', [name]));
const subject = tagged('t');

/** One process that follows a log by polls, which answer when the test says so. */
async function following(log: InProcessJournalLog, options: Partial<JournalOptions> = {}) {
  const clock = options.clock instanceof FakeClock ? options.clock : new FakeClock();
  const view = polledLog(log);
  const onEpochChange = jest.fn();
  let seed = 0;
  const journal = new Journal({
    namespace: 'app',
    log: view,
    random: () => (seed = (seed + 0.618_034) % 1),
    sketchSlots: 1_024,
    maxQueued: 100,
    deadlineMs: 2_000,
    blindAfterMs: 5_000,
    onEpochChange,
    ...options,
    clock,
  });
  await journal.start();
  await settle();
  const poll = async (): Promise<void> => {
    await clock.advance(10);
    view.deliver();
    await settle();
  };
  return { clock, view, journal, onEpochChange, poll };
}

const fenceOf = ({ journal }: { journal: Journal }) => {
  const fence = journal.fence();
  if (!fence) throw new Error('not synced');
  return fence;
};

const never = <T>(): Promise<T> => new Promise(() => undefined);

describe('Journal', () => {
  describe('invalidate', () => {
    it('counts here before it resolves, also when the position can not follow', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const fence = fenceOf(process);
      await log.append(tag('other'), 1); // the own record is not the next one
      process.view.read = () => never<JournalSlice>();
      const seen: string[] = [];
      const done = process.journal.invalidate([tag('t')]).then((recorded) => {
        seen.push(process.journal.verdict(subject, fence));
        return recorded;
      });
      expect(process.journal.verdict(subject, fence)).toBe('covered');
      await process.clock.advance(60);
      expect((await done).recorded).toBe(true);
      expect(seen).toEqual(['covered']);
      expect(process.journal.position).toBe(fence.position);
      expect(process.journal.status.queued).toBe(0);
      await process.journal.close();
    });

    it('resolves as queued at its deadline and counts here until it is recorded', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const fence = fenceOf(process);
      const append = jest.spyOn(process.view, 'append').mockImplementation(() => never());
      let result: unknown;
      const done = process.journal.invalidate([tag('t')]).then((recorded) => (result = recorded));
      await process.clock.advance(1_999);
      expect(result).toBeUndefined();
      await process.clock.advance(1);
      expect(await done).toEqual({ stamp: 0, recorded: false, queued: true });
      expect(process.journal.verdict(subject, fence)).toBe('covered');
      expect(append).toHaveBeenCalledTimes(1);
    });

    it('records what waited in the epoch that began meanwhile', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const { epoch } = fenceOf(process);
      process.view.isCut = true;
      const done = Promise.all([
        process.journal.invalidate([tag('t')]),
        process.journal.invalidate([{ kind: 'glob', pattern: 'x*' }]),
      ]);
      await process.clock.advance(500);
      const next = await log.advanceEpoch(epoch, '1;xxh64', 0);
      process.view.isCut = false;
      await process.clock.advance(1_400);
      const results = await done;
      expect(results.every(({ recorded }) => recorded)).toBe(true);
      const { records } = await log.read(next.record.stamp, 10);
      expect(records.map(({ body }) => body.kind)).toEqual(['hashes', 'glob']);
      await process.poll();
      expect(fenceOf(process).epoch).toEqual(next.record.epoch);
      await process.journal.close();
    });

    it('begins a new epoch when the log took it at a time that is over', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      for (let i = 0; i < 3; i++) await process.journal.invalidate([tag(`before ${i}`)]);
      const fence = fenceOf(process);
      const [newest, , early] = await log.readBackwards(Infinity, 3);
      // The store lost its last records and its clock went back, behind one incarnation.
      const lost: JournalRecord = {
        ...(early as JournalRecord),
        stamp: (early?.stamp ?? 0) + 1,
        previous: early ?? null,
      };
      const head = { record: lost, incarnation: lost.incarnation };
      jest
        .spyOn(process.view, 'append')
        .mockImplementation(async (body, nonce) => ({ ...lost, nonce, body }));
      const read = jest.spyOn(process.view, 'read').mockResolvedValue({ records: [], head });
      const advance = jest
        .spyOn(process.view, 'advanceEpoch')
        .mockImplementation(async (...args) => {
          read.mockRestore();
          return log.advanceEpoch(...args);
        });
      const { recorded } = await process.journal.invalidate([tag('t')]);
      expect(recorded).toBe(true);
      expect(lost.stamp).toBeLessThan(newest?.stamp ?? 0);
      expect(advance).toHaveBeenCalledTimes(1);
      expect(process.journal.verdict(subject, fence)).toBe('covered');
      await process.journal.close();
    });

    it('makes soft here and elsewhere what it covers softly', async () => {
      const log = new InProcessJournalLog();
      const [here, there] = [await following(log), await following(log)];
      const fence = fenceOf(here);
      const done = here.journal.invalidate([tag('t', { isSoft: true })]);
      expect(here.journal.verdict(subject, fence)).toBe('soft');
      expect(here.journal.isCovered(subject, fence)).toBe(false);
      await done;
      expect(here.journal.verdict(subject, fence)).toBe('soft');
      expect(there.journal.verdict(subject, fence)).toBe('valid');
      await there.poll();
      expect(there.journal.verdict(subject, fence)).toBe('soft');
      await here.journal.invalidate([tag('t')]);
      expect(here.journal.verdict(subject, fence)).toBe('covered');
      await Promise.all([here.journal.close(), there.journal.close()]);
    });
  });

  describe('recordSet', () => {
    const coverage: Coverage = { kind: 'hashes', hashes: coverHashes('key', ['key:t']) };

    it.each<[string, Coverage, boolean, boolean]>([
      ['nothing of its own', tag('other'), true, false],
      ['a hard record', tag('t'), false, false],
      ['a soft record', tag('t', { isSoft: true }), true, true],
      ['a soft record of no known kind', { kind: 'unknown', isSoft: true }, false, false],
    ])('with %s in between may be stored or not', async (_name, between, isStorable, isSoft) => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const fence = fenceOf(process);
      await log.append(between, 7);
      const set = await process.journal.recordSet(subject, fence, coverage);
      expect(set.recorded).toBe(true);
      expect(set.fence !== null).toBe(isStorable);
      if (isStorable) expect(set.isSoft).toBe(isSoft);
      if (set.fence) expect(process.journal.verdict(subject, set.fence)).toBe('valid');
      await process.journal.close();
    });

    it('is not stored when records were skipped meanwhile', async () => {
      const log = new InProcessJournalLog({ maxRecords: 16 });
      const process = await following(log);
      const fence = fenceOf(process);
      await log.append(tag('t'), 1);
      for (let i = 2; i < 100; i++) await log.append(tag('other'), i);
      const set = await process.journal.recordSet(subject, fence, coverage);
      expect([set.recorded, set.fence]).toEqual([true, null]);
      await process.journal.close();
    });

    it('knows what was soft before it began', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const fence = fenceOf(process);
      await process.journal.invalidate([tag('t', { isSoft: true })]);
      const set = await process.journal.recordSet(subject, fence, coverage);
      expect([set.fence !== null, set.isSoft]).toEqual([true, true]);
      await process.journal.close();
    });
  });

  describe('holdOffs', () => {
    const settling = tag('t', { settleMs: 1_000, isSoft: true });

    it('holds off what an own invalidation asks for, from the post on', async () => {
      const process = await following(new InProcessJournalLog());
      const before = process.journal.holdOffs();
      expect(process.journal.holdOffs()).toBe(before);
      process.view.isCut = true;
      const done = process.journal.invalidate([settling]);
      const waiting = process.journal.holdOffs();
      await process.clock.advance(1_500);
      expect(process.journal.holdOffs().covers(subject)).toBe(true);
      process.view.isCut = false;
      await process.clock.advance(100);
      expect((await done).recorded).toBe(true);
      await process.clock.advance(700);
      expect(process.journal.holdOffs().covers(subject)).toBe(true);
      expect(process.journal.holdOffs().covers(tagged('other'))).toBe(false);
      await process.clock.advance(1_000);
      expect(process.journal.holdOffs()).toBe(before);
      expect([before.covers(subject), waiting.covers(subject)]).toEqual([false, true]);
      await process.journal.close();
    });

    it('holds off in another process once that has learned of it', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      await log.append(settling, 1);
      expect(process.journal.holdOffs().covers(subject)).toBe(false);
      await process.clock.advance(30_000);
      await process.poll();
      expect(process.journal.holdOffs().covers(subject)).toBe(true);
      await process.clock.advance(1_000);
      expect(process.journal.holdOffs().covers(subject)).toBe(false);
      await process.journal.close();
    });

    it('fears for hold-offs when history may be lost, where there have been any', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const advance = async (): Promise<void> => {
        await log.advanceEpoch(fenceOf(process).epoch, '1;xxh64', 0);
        await process.poll();
      };
      await advance();
      expect(process.journal.holdOffs().covers(tagged('other'))).toBe(false);
      await process.journal.invalidate([settling]);
      await process.clock.advance(5_000);
      await advance();
      expect(process.journal.holdOffs().covers(tagged('other'))).toBe(true);
      await process.clock.advance(1_000);
      expect(process.journal.holdOffs().covers(tagged('other'))).toBe(false);
      await process.journal.close();
    });
  });

  describe('reach', () => {
    it('is at once where what the token says was applied', async () => {
      const process = await following(new InProcessJournalLog());
      const { stamp } = await process.journal.invalidate([tag('t')]);
      const token = process.journal.tokenOf(stamp) as string;
      process.view.isCut = true;
      expect(await process.journal.reach(token)).toBe(true);
      expect(await process.journal.reach(process.journal.tokenOf() as string)).toBe(true);
      await process.journal.close();
    });

    it('catches up in a process that has not seen it', async () => {
      const log = new InProcessJournalLog();
      const [here, there] = [await following(log), await following(log)];
      const fence = fenceOf(there);
      const { stamp } = await here.journal.invalidate([tag('t')]);
      expect(there.journal.isCovered(subject, fence)).toBe(false);
      expect(await there.journal.reach(here.journal.tokenOf(stamp) as string)).toBe(true);
      expect(there.journal.isCovered(subject, fence)).toBe(true);
      await Promise.all([here.journal.close(), there.journal.close()]);
    });

    it('says that it could not when the store does not answer', async () => {
      const log = new InProcessJournalLog();
      const [here, there] = [await following(log), await following(log)];
      const { stamp } = await here.journal.invalidate([tag('t')]);
      there.view.isCut = true;
      expect(await there.journal.reach(here.journal.tokenOf(stamp) as string)).toBe(false);
      await Promise.all([here.journal.close(), there.journal.close()]);
    });

    it('never waits for what the store does not have', async () => {
      const process = await following(new InProcessJournalLog());
      const read = jest.spyOn(process.view, 'read');
      const token = process.journal.tokenOf(process.journal.position + 1e9) as string;
      expect(await process.journal.reach(token)).toBe(true);
      expect(read).toHaveBeenCalledTimes(1);
      await process.journal.close();
    });

    it('catches up for a token of another namespace, whatever it says', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const other = await following(new InProcessJournalLog(), { namespace: 'other' });
      await log.append(tag('t'), 1);
      const fence = fenceOf(process);
      expect(await process.journal.reach(other.journal.tokenOf(1) as string)).toBe(true);
      expect(process.journal.isCovered(subject, fence)).toBe(true);
      await Promise.all([process.journal.close(), other.journal.close()]);
    });

    it('takes an epoch that is later than the token for reached, and catches up with a later one', async () => {
      const log = new InProcessJournalLog();
      const [here, there] = [await following(log), await following(log)];
      const old = here.journal.tokenOf() as string;
      await log.advanceEpoch(fenceOf(here).epoch, '1;xxh64', 0);
      await here.poll();
      const isRead = jest.spyOn(here.view, 'read');
      expect(await here.journal.reach(old)).toBe(true);
      expect(isRead).not.toHaveBeenCalled();
      expect(await there.journal.reach(here.journal.tokenOf(1) as string)).toBe(true);
      expect(fenceOf(there).epoch).toEqual(fenceOf(here).epoch);
      await Promise.all([here.journal.close(), there.journal.close()]);
    });

    it('does not take a later epoch for one that holds what the primary before recorded after it began', async () => {
      const now = () => 1_000;
      const [deposed, log] = [new InProcessJournalLog({ now }), new InProcessJournalLog({ now })];
      const [there, here] = [await following(deposed), await following(log)];
      const { stamp } = await there.journal.invalidate([tag('t')]);
      const token = there.journal.tokenOf(stamp) as string;
      const moveTo = async (genesis: number): Promise<void> => {
        await log.advanceEpoch(fenceOf(here).epoch, '1;xxh64', genesis);
        await here.poll();
      };
      await moveTo(stamp);
      expect(await here.journal.reach(token)).toBe(false);
      await moveTo(stamp + 1);
      expect(await here.journal.reach(token)).toBe(true);
      await Promise.all([here.journal.close(), there.journal.close()]);
    });

    it('does not take what a replaced primary says for an answer to a token of the new one', async () => {
      const now = () => 1_000;
      const [deposed, log] = [new InProcessJournalLog({ now }), new InProcessJournalLog({ now })];
      const [there, here] = [await following(deposed), await following(log)];
      await log.advanceEpoch(fenceOf(here).epoch, '1;xxh64', fenceOf(there).position + 1);
      await here.poll();
      const { stamp } = await here.journal.invalidate([tag('t')]);
      expect(await there.journal.reach(here.journal.tokenOf(stamp) as string)).toBe(false);
      await Promise.all([here.journal.close(), there.journal.close()]);
    });

    it('has no token before the first sync, and none for what is not recorded', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      expect(process.journal.tokenOf(0)).toBeNull();
      const view = polledLog(log);
      view.isCut = true;
      const cut = await following(log, { log: view });
      expect(cut.journal.tokenOf()).toBeNull();
      await Promise.all([process.journal.close(), cut.journal.close()]);
    });

    it('refuses what is no token', async () => {
      const process = await following(new InProcessJournalLog());
      await expect(process.journal.reach('x')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
      await process.journal.close();
    });
  });

  describe('subscribe', () => {
    it('calls for what covers the hashes, here and from elsewhere, until it is ended', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log);
      const listener = jest.fn(() => {
        throw new Error('the listener’s own');
      });
      const isCovered = jest.fn();
      const fence = fenceOf(process);
      const end = process.journal.subscribe(coverHashes('tag', ['t']), listener);
      process.journal.subscribe(coverHashes('tag', ['t']), () =>
        isCovered(process.journal.isCovered(subject, fence)),
      );
      await process.journal.invalidate([tag('other')]);
      expect(listener).not.toHaveBeenCalled();
      await process.journal.invalidate([tag('t')]);
      expect(listener).toHaveBeenCalled();
      expect(isCovered.mock.calls.flat()).not.toContain(false);

      for (const body of [tag('t'), { kind: 'clear' } as const, { kind: 'unknown' } as const]) {
        listener.mockClear();
        await log.append(body, 1);
        await process.poll();
        expect(listener).toHaveBeenCalledTimes(1);
      }
      listener.mockClear();
      end();
      await process.journal.invalidate([tag('t')]);
      expect(listener).not.toHaveBeenCalled();
      await process.journal.close();
    });

    it('calls when records were skipped and when the epoch changed', async () => {
      const log = new InProcessJournalLog({ maxRecords: 16 });
      const process = await following(log);
      const listener = jest.fn();
      process.journal.subscribe(coverHashes('tag', ['t']), listener);
      for (let i = 1; i < 100; i++) await log.append(tag('other'), i);
      await process.poll();
      expect(listener).toHaveBeenCalledTimes(1);
      await log.advanceEpoch(fenceOf(process).epoch, '1;xxh64', 0);
      await process.poll();
      expect(listener).toHaveBeenCalledTimes(2);
      await process.journal.close();
    });
  });

  describe('durable', () => {
    /** The log after a restart of its store, which lost nothing. */
    const restarted = (log: InProcessJournalLog): IJournalLog => {
      const view = polledLog(log);
      const { open, read } = view;
      view.open = async (...args) => ({ ...(await open(...args)), incarnation: 'next' });
      view.read = async (...args) => {
        const { records, head } = await read(...args);
        return { records, head: head && { ...head, incarnation: 'next' } };
      };
      view.append = async (coverage, nonce, isDurable) =>
        isDurable ? log.append(coverage, nonce) : null;
      return view;
    };

    it('keeps epoch and entries over a restart, and goes on recording', async () => {
      const log = new InProcessJournalLog();
      const before = await following(log, { durable: true });
      const fence = fenceOf(before);
      await before.journal.close();
      const after = await following(log, { durable: true, log: restarted(log) });
      expect(fenceOf(after).epoch).toEqual(fence.epoch);
      expect(after.journal.verdict(subject, fence)).toBe('valid');
      expect(await after.journal.catchUp()).toBe(true);
      expect((await after.journal.invalidate([tag('t')])).recorded).toBe(true);
      expect(after.journal.verdict(subject, fence)).toBe('covered');
      await after.journal.close();
    });

    it('is no mode that processes of one namespace can differ in', async () => {
      const log = new InProcessJournalLog();
      const [durable, other] = [await following(log, { durable: true }), await following(log)];
      expect(durable.journal.status.refusal).toBeNull();
      expect(other.journal.status.refusal).toContain('durable');
      await Promise.all([durable.journal.close(), other.journal.close()]);
    });

    it('still loses its epoch with its last records', async () => {
      const log = new InProcessJournalLog();
      const process = await following(log, { durable: true });
      const { epoch } = fenceOf(process);
      const { head } = await log.read(0, 1);
      await process.journal.invalidate([tag('t')]);
      jest.spyOn(log, 'read').mockResolvedValueOnce({ records: [], head });
      await process.journal.catchUp();
      expect(fenceOf(process).epoch.stamp).toBeGreaterThan(epoch.stamp);
      await process.journal.close();
    });
  });

  it('tells how often it refused needlessly', async () => {
    const process = await following(new InProcessJournalLog());
    expect(process.journal.status.needlessMisses).toEqual({ byCollision: 0, byFloor: 0 });
    await process.journal.close();
  });
});
