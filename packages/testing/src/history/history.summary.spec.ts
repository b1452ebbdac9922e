import { describeViolation, spreadOf, summarize } from './history.summary.js';
import type { HistoryEvent, InvalidationEvent, ReadEvent } from './history-event.js';

const MS = 1_000_000;
const gone: InvalidationEvent = {
  type: 'invalidation',
  id: 'w1-7',
  worker: 1,
  covers: { kind: 'tag', tag: 'odd' },
  writtenAtNs: 1 * MS,
  startedAtNs: 1 * MS,
  endedAtNs: 3 * MS,
  recorded: true,
};
const stale: ReadEvent = {
  type: 'read',
  worker: 2,
  key: 'a:1',
  tags: ['odd'],
  how: 'strong',
  startedAtNs: 5 * MS,
  endedAtNs: 6 * MS,
  outcome: 'stale',
  tier: 'l1',
  value: { key: 'a:1', lookedAtNs: 0 },
};
const windows = { blindAfterMs: 100, blindMaxMs: 300 };

describe('summarize', () => {
  it('counts what was asked, how it ended, how long it took and what went wrong', () => {
    const trouble = { type: 'trouble', worker: 1, kind: 'hang', atNs: 0, text: 'a read' } as const;
    const history: HistoryEvent[] = [
      gone,
      { ...gone, id: 'w1-8', recorded: false, endedAtNs: 2 * MS },
      stale,
      { ...stale, how: 'eventual', startedAtNs: 4 * MS },
      { type: 'empty', worker: 1, startedAtNs: 0, endedAtNs: 4 * MS },
      trouble,
    ];
    expect(summarize(history, windows)).toEqual({
      violations: [{ rule: 'strong', read: stale, invalidation: gone, lateMs: 2 }],
      troubles: [trouble],
      outcomes: { stale: 2, nothing: 1 },
      recorded: 1,
      queued: 1,
      readMs: { count: 3, p50: 2, p99: 4, max: 4 },
      invalidationMs: { count: 2, p50: 1, p99: 2, max: 2 },
      lagMs: { count: 1, p50: 1, p99: 1, max: 1 },
    });
  });
});

describe('spreadOf', () => {
  it('takes the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(spreadOf(hundred)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
    expect(spreadOf([])).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
  });
});

describe('describeViolation', () => {
  it('tells both events on one time line', () => {
    const [found] = summarize([gone, stale], windows).violations;
    expect(found && describeViolation(found, MS)).toBe(
      'strong: the strong read of a:1 in worker 2, from 4.000 to 5.000 (stale, l1), gave what was looked up for a:1 at ' +
        '-1.000; written at 0.000 and invalidated as w1-7 by worker 1 ({"kind":"tag","tag":"odd"}) from 0.000 to 2.000 ' +
        '(recorded), 2.000 ms before',
    );
  });
});
