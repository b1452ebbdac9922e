import fc from 'fast-check';

import { FakeClock } from '../../test/support/fake-clock.js';
import { coverHashes, subjectOf } from '../validity/cover-hash.js';
import { HoldOffs, MAX_SETTLE_MS } from './hold-offs.js';
import type { Coverage, JournalRecord } from './journal-record.js';

const tagged = (name: string) => subjectOf(`key:${name}`, coverHashes('tag', [name]));
const tag = (name: string, settleMs: number): Coverage => ({
  kind: 'hashes',
  hashes: coverHashes('tag', [name]),
  settleMs,
});

let count = 0;
const record = (body: Coverage): JournalRecord =>
  ({ stamp: ++count, nonce: count, body }) as JournalRecord;

function held() {
  const clock = new FakeClock();
  const holdOffs = new HoldOffs(clock);
  const isHeld = (name: string): boolean => holdOffs.snapshot().covers(tagged(name));
  return { clock, holdOffs, isHeld };
}

describe('HoldOffs', () => {
  it('holds off what the record covers, from when it is learned of until it has settled', async () => {
    const { clock, holdOffs, isHeld } = held();
    holdOffs.add(record(tag('a', 1_000)));
    expect([isHeld('a'), isHeld('b')]).toEqual([true, false]);
    await clock.advance(999);
    expect(isHeld('a')).toBe(true);
    await clock.advance(1);
    expect(isHeld('a')).toBe(false);
  });

  it('keeps what was held off when a load started, however long it takes', async () => {
    const { clock, holdOffs } = held();
    const before = holdOffs.snapshot();
    holdOffs.add(record(tag('a', 1_000)));
    const during = holdOffs.snapshot();
    await clock.advance(5_000);
    holdOffs.add(record(tag('b', 1_000)));
    expect(before.covers(tagged('a'))).toBe(false);
    expect([during.covers(tagged('a')), during.covers(tagged('b'))]).toEqual([true, false]);
  });

  it('gives one shared object while nothing is held off', async () => {
    const { clock, holdOffs } = held();
    const nothing = holdOffs.snapshot();
    expect(Object.isFrozen(nothing)).toBe(true);
    holdOffs.add(record({ kind: 'clear' }));
    expect(holdOffs.snapshot(new Set())).toBe(nothing);
    holdOffs.add(record(tag('a', 10)));
    expect(holdOffs.snapshot()).not.toBe(nothing);
    await clock.advance(10);
    expect(holdOffs.snapshot()).toBe(nothing);
  });

  it('counts from the first time that it sees a record', async () => {
    const { clock, holdOffs, isHeld } = held();
    const one = record(tag('a', 1_000));
    holdOffs.add(one);
    await clock.advance(900);
    holdOffs.add(one);
    await clock.advance(100);
    expect(isHeld('a')).toBe(false);
  });

  it('takes no more than a minute from anyone, and nothing that is no time', async () => {
    const { clock, holdOffs, isHeld } = held();
    for (const settleMs of [NaN, -1, 0]) holdOffs.add(record(tag('b', settleMs)));
    expect(isHeld('b')).toBe(false);
    holdOffs.add(record(tag('a', Infinity)));
    await clock.advance(MAX_SETTLE_MS - 1);
    expect(isHeld('a')).toBe(true);
    await clock.advance(1);
    expect(isHeld('a')).toBe(false);
  });

  it('holds everything off until the latest end when there are too many', async () => {
    const { clock, holdOffs, isHeld } = held();
    for (let i = 0; i < 64; i++) holdOffs.add(record(tag(`t${i}`, 1_000 + i)));
    expect(isHeld('other')).toBe(false);
    holdOffs.add(record(tag('one more', 500)));
    expect(isHeld('other')).toBe(true);
    await clock.advance(1_062);
    expect(isHeld('other')).toBe(true);
    await clock.advance(1);
    expect(isHeld('t63')).toBe(false);
  });

  it('makes room as hold-offs end', async () => {
    const { clock, holdOffs, isHeld } = held();
    for (let i = 0; i < 1_000; i++) {
      holdOffs.add(record(tag(`t${i}`, 60)));
      await clock.advance(1);
    }
    expect(isHeld('other')).toBe(false);
    expect([isHeld('t999'), isHeld('t900')]).toEqual([true, false]);
  });

  it('holds off what is still on its way into the journal', () => {
    const { holdOffs } = held();
    const pending = new Set([tag('a', 5)]);
    const snapshot = holdOffs.snapshot(pending);
    pending.clear();
    expect([snapshot.covers(tagged('a')), snapshot.covers(tagged('b'))]).toEqual([true, false]);
    const many = new Set(Array.from({ length: 65 }, (_, i) => tag(`t${i}`, 5)));
    expect(holdOffs.snapshot(many).covers(tagged('other'))).toBe(true);
  });

  it('counts a record that was found later from then on, unless it has settled since', async () => {
    const { clock, holdOffs, isHeld } = held();
    holdOffs.add(record(tag('a', 1_000)), 1_000);
    holdOffs.add(record(tag('b', 1_000)), 999);
    await clock.advance(999);
    expect([isHeld('a'), isHeld('b')]).toEqual([false, true]);
  });

  it('holds everything off while records that were skipped are not read, but no longer than a minute', async () => {
    const { clock, holdOffs, isHeld } = held();
    holdOffs.onSkip();
    expect(isHeld('any')).toBe(true);
    holdOffs.onRead();
    expect(isHeld('any')).toBe(false);
    holdOffs.onSkip();
    await clock.advance(MAX_SETTLE_MS);
    expect(isHeld('any')).toBe(false);
  });

  it('fears a loss for as long as anyone ever asked for', async () => {
    const { clock, holdOffs, isHeld } = held();
    holdOffs.onLoss();
    expect(isHeld('any')).toBe(false);
    holdOffs.add(record(tag('a', 700)));
    await clock.advance(10_000);
    holdOffs.onLoss();
    await clock.advance(699);
    expect(isHeld('any')).toBe(true);
    await clock.advance(1);
    expect(isHeld('any')).toBe(false);
  });

  it('does not last longer because the clock was set back', async () => {
    const { clock, holdOffs, isHeld } = held();
    holdOffs.add(record(tag('a', 1_000)));
    clock.jump(-3_600_000);
    expect(isHeld('a')).toBe(true);
    await clock.advance(1_000);
    expect(isHeld('a')).toBe(false);
  });

  it('never lets a load go that started within the time of a record that covers it', () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      settleMs: fc.nat(400),
      waitMs: fc.nat(50),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { clock, holdOffs } = held();
        const ends = new Map<string, number>();
        for (const { name, settleMs, waitMs } of steps) {
          holdOffs.add(record(tag(name, settleMs)));
          ends.set(name, Math.max(ends.get(name) ?? 0, clock.now() + settleMs));
          clock.jump(waitMs);
          const last = Math.max(...ends.values());
          for (const one of ['a', 'b', 'c']) {
            const isHeld = holdOffs.snapshot().covers(tagged(one));
            if (clock.now() < (ends.get(one) ?? 0)) expect(isHeld).toBe(true);
            else if (clock.now() >= last) expect(isHeld).toBe(false);
          }
        }
      }),
    );
  });
});
