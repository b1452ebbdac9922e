import { FakeClock } from '../../test/support/fake-clock.js';
import { LeaseKeeper } from './lease-keeper.js';

describe('LeaseKeeper', () => {
  let clock: FakeClock;
  let closing: AbortController;
  let keeper: LeaseKeeper;
  /** What was extended, in order. */
  let extended: string[];
  const keep = (name: string): (() => void) => keeper.keep(async () => void extended.push(name));

  beforeEach(() => {
    clock = new FakeClock();
    closing = new AbortController();
    extended = [];
    const { signal } = closing;
    keeper = new LeaseKeeper({ clock, pauseMs: 2_000, maxHeldMs: 5_000, signal });
  });
  afterEach(() => closing.abort(null));

  it('extends each lease within every pause, and none that is over', async () => {
    const end = keep('a');
    await clock.advance(1_500);
    keep('b');
    await clock.advance(600);
    expect(extended).toEqual(['a', 'b']);
    end();
    await clock.advance(2_000);
    expect(extended).toEqual(['a', 'b', 'b']);
  });

  it('extends no lease that is too old', async () => {
    keep('a');
    await clock.advance(20_000);
    expect(extended).toEqual(['a', 'a']);
  });

  it('begins again after all were over', async () => {
    keep('a')();
    await clock.advance(3_000);
    keep('b');
    await clock.advance(1_900);
    expect(extended).toEqual([]);
    await clock.advance(200);
    expect(extended).toEqual(['b']);
  });

  it('extends nothing when all is closed', async () => {
    keep('a');
    closing.abort(null);
    await clock.advance(3_000);
    keep('b');
    await clock.advance(3_000);
    expect(extended).toEqual([]);
  });
});
