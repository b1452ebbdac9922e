import { outdatedPerMillion, StalenessCounts, stalePerMillion } from './staleness.counts.js';

const MINUTE = 60_000;
const START = 1_700_000_000_000;

describe('StalenessCounts', () => {
  it('says how many of a million were stale, late ones among them, of those that could be judged', () => {
    const counts = new StalenessCounts();
    for (let i = 0; i < 996; i++) counts.addProbe('fresh', 0, START);
    for (let i = 0; i < 3; i++) counts.addProbe('late', 20, START);
    counts.addProbe('stale', 9_000, START);
    for (let i = 0; i < 500; i++) counts.addProbe(i % 2 ? 'absent' : 'unknown', 0, START);
    expect(stalePerMillion(counts.recent(START))).toBe(4_000);
    expect(counts.maxCoveredMs).toBe(9_000);
    expect(counts.probes).toEqual({ fresh: 996, late: 3, stale: 1, absent: 250, unknown: 250 });
  });

  it('counts checks apart, and only those that came to an end', () => {
    const counts = new StalenessCounts();
    for (const outcome of ['same', 'same', 'same', 'outdated', 'moved', 'failed'] as const) {
      counts.addCheck(outcome, START);
    }
    expect(outdatedPerMillion(counts.recent(START))).toBe(250_000);
    expect(counts.checks).toEqual({ same: 3, outdated: 1, moved: 1, failed: 1 });
  });

  it('says 0 when it knows nothing', () => {
    const recent = new StalenessCounts().recent(START);
    expect([stalePerMillion(recent), outdatedPerMillion(recent)]).toEqual([0, 0]);
  });

  it('forgets after ten minutes, keeps what there was since start, and holds no more than ten', () => {
    const counts = new StalenessCounts();
    counts.addProbe('stale', 9_000, START);
    counts.addProbe('fresh', 0, START + 9 * MINUTE);
    expect(stalePerMillion(counts.recent(START + 9 * MINUTE))).toBe(500_000);
    expect(stalePerMillion(counts.recent(START + 10 * MINUTE))).toBe(0);
    for (let i = 0; i < 1_000; i++) counts.addProbe('fresh', 0, START + i * MINUTE);
    expect(counts.recent(START + 999 * MINUTE).fresh).toBe(10);
    expect(counts.probes.stale).toBe(1);
  });

  it('is right again in time after the clock was set back', () => {
    const counts = new StalenessCounts();
    counts.addProbe('stale', 9_000, START + 60 * MINUTE);
    counts.addProbe('fresh', 0, START);
    expect(counts.recent(START)).toMatchObject({ fresh: 1, stale: 0 });
  });

  it('sorts ages into their buckets', () => {
    const counts = new StalenessCounts();
    for (const ageMs of [0, 1_000, 1_001, 86_400_000, 86_400_001]) counts.addAge(ageMs);
    expect(counts.ages).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(counts.totalAgeMs).toBe(172_802_002);
  });
});
