import fc from 'fast-check';

import type { FleetPlan, FleetStep, Loss, StepOf as Step } from './fleet-steps.js';
import { KEYS, SCOPE_NAMES } from './fleet-subjects.js';
import type { Lane, LinkState } from './store-link.js';

const process = fc.nat(3);
const key = fc.nat(KEYS.length - 1);
const lane = fc.constantFrom<Lane>('commands', 'tail');

const read = (more: Partial<Step<'read'>> = {}): fc.Arbitrary<FleetStep> =>
  fc
    .record<Step<'read'>>({
      do: fc.constant('read' as const),
      process,
      key,
      how: fc.constantFrom('eventual', 'eventual', 'strong', 'strong', 'after', 'get'),
      loadMs: fc.constantFrom(0, 1, 1, 5, 5, 30, 30, 200, 700),
      fails: fc.constantFrom(false, false, false, false, false, true),
      isForced: fc.constantFrom(false, false, false, false, true),
      ttlMs: fc.constantFrom(60_000, 60_000, 60_000, 2_000, 300),
      callers: fc.constantFrom(1, 1, 2),
      patience: fc.constantFrom('endless', 'endless', 'endless', 'short', 'bounded', 'kept'),
    })
    .map((step) => ({ ...step, ...more }));

const change = (more: Partial<Step<'change'>> = {}): fc.Arbitrary<FleetStep> =>
  fc
    .record<Step<'change'>>({
      do: fc.constant('change' as const),
      process,
      scope: fc.constantFrom(...SCOPE_NAMES),
      isSoft: fc.constantFrom(false, false, false, true),
      settleMs: fc.constantFrom(0, 0, 0, 0, 50, 1_000),
    })
    .map((step) => ({ ...step, ...more }));

const write = (more: Partial<Step<'set' | 'del' | 'update'>> = {}): fc.Arbitrary<FleetStep> =>
  fc
    .record<Step<'set' | 'del' | 'update'>>({
      do: fc.constantFrom('set' as const, 'set' as const, 'del' as const, 'update' as const),
      process,
      key,
    })
    .map((step) => ({ ...step, ...more }));

const fill = (more: Partial<Step<'fill' | 'read all'>> = {}): fc.Arbitrary<FleetStep> =>
  fc
    .record<Step<'fill' | 'read all'>>({
      do: fc.constantFrom('fill' as const, 'fill' as const, 'read all' as const),
      process,
      key,
      loadMs: fc.constantFrom(0, 1, 5, 30, 200),
    })
    .map((step) => ({ ...step, ...more }));

const pass = (...ms: readonly number[]): fc.Arbitrary<FleetStep> =>
  fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(...ms) });

const delay = (
  more: Partial<Step<'delay'>> = {},
  among: readonly number[] = [0, 0, 2, 10, 40, 150, 400],
): fc.Arbitrary<FleetStep> =>
  fc
    .record<Step<'delay'>>({
      do: fc.constant('delay' as const),
      process,
      lane,
      delays: fc.array(fc.constantFrom(...among), { minLength: 1, maxLength: 4 }),
    })
    .map((step) => ({ ...step, ...more }));

const link = (more: Partial<Step<'link'>> = {}): fc.Arbitrary<FleetStep> =>
  fc
    .record<Step<'link'>>({
      do: fc.constant('link' as const),
      process,
      lane,
      to: fc.constantFrom<LinkState>('up', 'up', 'cut', 'deaf', 'hung'),
    })
    .map((step) => ({ ...step, ...more }));

const loss = (...losses: readonly Loss[]): fc.Arbitrary<FleetStep> =>
  fc.record({ do: fc.constant('loss' as const), loss: fc.constantFrom(...losses) });

const one = (step: FleetStep): fc.Arbitrary<FleetStep> => fc.constant(step);

const happening = fc.oneof<fc.WeightedArbitrary<FleetStep>[]>(
  { weight: 34, arbitrary: read() },
  { weight: 14, arbitrary: change() },
  { weight: 8, arbitrary: write() },
  { weight: 4, arbitrary: fill() },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('get all' as const, 'set all' as const, 'delete all' as const),
      process,
    }),
  },
  { weight: 20, arbitrary: pass(1, 1, 3, 3, 10, 10, 30, 30, 100, 100, 300, 1_200, 6_000) },
  { weight: 8, arbitrary: delay() },
  { weight: 6, arbitrary: link() },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom('crash' as const, 'pause' as const, 'resume' as const, 'wait' as const),
      process,
    }),
  },
  {
    weight: 4,
    arbitrary: loss(
      'restart',
      'lose newest record',
      'lose newest three',
      'lose journal',
      'lose everything',
      'go back',
      'fall back',
      'trim',
      'trim',
    ),
  },
  { weight: 1, arbitrary: one({ do: 'remember' }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('store' as const), isDown: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('move store clock' as const),
      ms: fc.constantFrom(-5_000, -200, 5_000),
    }),
  },
);

const hard = { isSoft: false, settleMs: 0 } as const;
/** A value that is there and stays. */
const kept = {
  how: 'eventual',
  fails: false,
  isForced: false,
  ttlMs: 60_000,
  loadMs: 1,
  patience: 'endless',
} as const;

/** What goes wrong only in a certain order, which chance finds too rarely. `a` and `b` are processes, `key` is read. */
const EPISODES: readonly ((
  a: number,
  b: number,
  key: number,
) => readonly fc.Arbitrary<FleetStep>[])[] = [
  // The tail is silent for a while.
  (a, b, key) => [
    read({ ...kept, process: a, key }),
    pass(3),
    link({ process: a, lane: 'tail', to: 'hung' }),
    change({ ...hard, process: b }),
    pass(1_200, 6_000),
    read({ ...kept, process: a, key }),
  ],
  // A machine stands still and goes on.
  (a, b, key) => [
    read({ ...kept, process: a, key }),
    pass(3),
    one({ do: 'pause', process: a }),
    change({ ...hard, process: b }),
    pass(1_200, 6_000),
    one({ do: 'resume', process: a }),
    read({ ...kept, process: a, key }),
  ],
  // A process starts, and reads before it knows what was.
  (a, b, key) => [
    read({ ...kept, process: b, key }),
    pass(3),
    change({ ...hard, process: b }),
    delay({ process: a, lane: 'commands' }, [0, 0, 0, 400]),
    one({ do: 'crash', process: a }),
    pass(1, 260),
    read({ ...kept, process: a, key }),
  ],
  // Somebody sets while somebody else invalidates.
  (a, b, key) => [
    delay({ process: a, lane: 'commands' }),
    write({ do: 'set', process: a, key }),
    pass(1, 3, 30),
    change({ ...hard, process: b }),
    pass(30, 300),
    read({ ...kept, process: b, key }),
  ],
  // Somebody starts, misses, and fills while somebody else invalidates.
  (a, b, key) => [
    delay({ process: a, lane: 'commands' }, [0, 2, 10, 40]),
    one({ do: 'crash', process: a }),
    fill({ do: 'fill', process: a, key }),
    pass(1, 3, 30),
    change({ ...hard, process: b }),
    pass(300),
    read({ ...kept, process: b, key }),
  ],
  // The source lags behind.
  (a, b, key) => [
    change({ isSoft: false, settleMs: 1_000, process: b }),
    pass(3, 30),
    read({ ...kept, process: a, key }),
    pass(30),
    read({ ...kept, process: b, key }),
  ],
  // An invalidation can't be recorded.
  (a, _, key) => [
    read({ ...kept, process: a, key }),
    pass(3),
    link({ process: a, lane: 'commands' }),
    change({ ...hard, process: a }),
    pass(2_500),
    read({ ...kept, process: a, key }),
  ],
  // The store loses what one process had not read yet.
  (a, b, key) => [
    read({ ...kept, process: a, key }),
    pass(3),
    link({ process: a, lane: 'tail' }),
    change({ ...hard, process: b }),
    loss('lose newest record', 'lose newest three', 'go back'),
    read({ ...kept, how: 'strong', process: a, key }),
  ],
  // An earlier master comes back.
  (a, b, key) => [
    read({ ...kept, process: a, key }),
    pass(3),
    one({ do: 'remember' }),
    loss('restart', 'lose newest record'),
    pass(500),
    change({ ...hard, process: b }),
    pass(30),
    loss('fall back'),
    pass(500),
    read({ ...kept, process: a, key }),
  ],
  // Records are gone before they were read.
  (a, b, key) => [
    read({ ...kept, process: a, key }),
    delay({ process: a, lane: 'tail' }, [150, 400]),
    change({ ...hard, process: b }),
    change({ process: b }),
    change({ process: b }),
    loss('trim'),
    pass(500),
    read({ ...kept, process: a, key }),
  ],
];

/** Steps that fit together; any of them may be missing, so that a failure can be made short. */
const episode: fc.Arbitrary<readonly FleetStep[]> = fc
  .tuple(fc.nat(EPISODES.length - 1), process, process, key)
  .chain(([which, a, b, at]) => {
    const steps = EPISODES[which]?.(a, b, at) ?? [];
    return fc.tuple(...steps.map((step) => fc.option(step, { freq: 20 })));
  })
  .map((steps) => steps.filter((step) => step !== null));

const planOf = (
  { isCalm, hasL1 }: { readonly isCalm: boolean; readonly hasL1: fc.Arbitrary<boolean> },
  parts: fc.Arbitrary<readonly FleetStep[]>,
  maxLength: number,
): fc.Arbitrary<FleetPlan> =>
  fc.record({
    processes: isCalm ? fc.constantFrom(2, 3, 3, 4) : fc.constantFrom(2, 2, 2, 2, 3, 4),
    hasL1,
    servesStale: fc.boolean(),
    isCalm: fc.constant(isCalm),
    seed: fc.nat(0xffff),
    steps: fc.array(parts, { minLength: 1, maxLength, size: 'max' }).map((steps) => steps.flat()),
  });

/** Everything happens. */
export const stormyPlans = ({ hasL1 }: Pick<FleetPlan, 'hasL1'>): fc.Arbitrary<FleetPlan> =>
  planOf(
    { isCalm: false, hasL1: fc.constant(hasL1) },
    fc.oneof(
      { weight: 6, arbitrary: happening.map((step) => [step]) },
      { weight: 1, arbitrary: episode },
    ),
    9,
  );

const calmRead = (more: Partial<Step<'read'>> = {}): fc.Arbitrary<FleetStep> =>
  fc
    .record({
      key: fc.constantFrom(0, 0, 0, 1),
      how: fc.constantFrom('eventual' as const, 'eventual' as const, 'strong' as const),
      loadMs: fc.constantFrom(0, 1, 30, 300, 3_000),
      fails: fc.constantFrom(false, false, false, true),
      ttlMs: fc.constantFrom(60_000, 60_000, 2_000),
    })
    .chain((own) => read({ ...own, isForced: false, patience: 'endless', ...more }));

/** A holder of a lease stands still until others have taken over, or loads for longer than a lease lasts. */
const takeOver = fc
  .tuple(process, process, process)
  .chain(([a, b, c]) =>
    fc.oneof(
      fc.tuple(
        calmRead({ process: a, key: 0, loadMs: 300, fails: false }),
        pass(30),
        one({ do: 'pause', process: a }),
        calmRead({ process: b, key: 0, loadMs: 3_000, ttlMs: 60_000 }),
        pass(7_000),
        one({ do: 'resume', process: a }),
        pass(100),
        calmRead({ process: c, key: 0 }),
      ),
      fc.tuple(
        calmRead({ process: a, key: 0, loadMs: 8_000, ttlMs: 60_000 }),
        pass(7_000),
        calmRead({ process: b, key: 0 }),
      ),
    ),
  );

/** Reads and slow answers, and processes that stop or die. */
export const calmPlans = planOf(
  { isCalm: true, hasL1: fc.boolean() },
  fc.oneof(
    { weight: 12, arbitrary: calmRead().map((step) => [step]) },
    { weight: 6, arbitrary: pass(1, 3, 10, 30, 100, 500, 2_500).map((step) => [step]) },
    { weight: 3, arbitrary: delay({}, [0, 2, 10, 40]).map((step) => [step]) },
    {
      weight: 2,
      arbitrary: fc
        .record({
          do: fc.constantFrom('crash' as const, 'pause' as const, 'resume' as const),
          process,
        })
        .map((step) => [step]),
    },
    { weight: 2, arbitrary: takeOver },
  ),
  8,
);
