import { CLINIC_TEMPLATES, randomTrace, wardRoundTrace } from './trace.js';
import { TraceReplayer } from './trace.replayer.js';

const replayer = new TraceReplayer({ targets: CLINIC_TEMPLATES });
const SEEDS = [1, 2, 3];

describe('TraceReplayer', () => {
  it('counts hits, loads and what came of predictions', () => {
    const visit = (patient: number, atMs: number, ...templates: string[]) =>
      templates.map((template, i) => ({
        atMs: atMs + i * 1_000,
        template,
        values: { patient: `${patient}` },
      }));
    const learning = Array.from({ length: 30 }, (_, i) =>
      visit(i, i * 10_000, 'record:{patient}', 'labs:{patient}'),
    ).flat();
    const small = new TraceReplayer({
      targets: ['labs:{patient}'],
      prediction: { minSupport: 30, maxGapMs: 60_000 },
    });
    const report = small.replay([
      ...learning,
      ...visit(100, 400_000, 'record:{patient}', 'labs:{patient}', 'labs:{patient}'),
      ...visit(101, 410_000, 'record:{patient}'),
    ]);
    expect(report).toEqual({
      without: { reads: 64, hits: 1, hitRatio: 1 / 64, loads: 63 },
      with: { reads: 64, hits: 2, hitRatio: 2 / 64, loads: 64 },
      predictedLoads: 2,
      extraLoads: 1,
      extraLoadRatio: 1 / 63,
      gainPerExtraLoad: 1,
    });
  });

  it('counts no hit when the reader comes before the load has ended', () => {
    const trace = wardRoundTrace({ seed: 1 });
    const slow = new TraceReplayer({ targets: CLINIC_TEMPLATES, loadMs: 120_000 }).replay(trace);
    expect(slow.with.hitRatio).toBeLessThan(replayer.replay(trace).with.hitRatio);
  });

  it.each(SEEDS)('helps on a ward round (seed %d)', (seed) => {
    const report = replayer.replay(wardRoundTrace({ seed }));
    expect(report.with.hitRatio).toBeGreaterThan(report.without.hitRatio + 0.2);
    expect(report.gainPerExtraLoad).toBeGreaterThan(1);
  });

  it.each(SEEDS)('does no harm where there is nothing to learn (seed %d)', (seed) => {
    const report = replayer.replay(randomTrace({ seed }));
    expect(report.with.hitRatio).toBeGreaterThanOrEqual(report.without.hitRatio - 0.005);
    expect(report.extraLoadRatio).toBeLessThan(0.02);
  });

  it('owes that to its threshold', () => {
    const bold = new TraceReplayer({ targets: CLINIC_TEMPLATES, prediction: { threshold: 0.1 } });
    expect(bold.replay(randomTrace({ seed: 1 })).extraLoadRatio).toBeGreaterThan(0.2);
  });

  it('replays the same trace for the same seed', () => {
    expect(wardRoundTrace({ seed: 7 })).toEqual(wardRoundTrace({ seed: 7 }));
    expect(randomTrace({ seed: 7, reads: 50 })).not.toEqual(randomTrace({ seed: 8, reads: 50 }));
    const times = wardRoundTrace({ seed: 7 }).map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('refuses a target that can not be predicted', () => {
    expect(() => new TraceReplayer({ targets: ['x:{a}{b}'] })).toThrow('targets: x:{a}{b}');
  });
});
