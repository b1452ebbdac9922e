import { setImmediate as nextTick } from 'node:timers/promises';

import { ConnectionBudget } from './connection-budget.js';
import { ConnectionPool } from './connection-pool.js';
import type { RedisConnection } from './redis-connection.js';

/** As much of a connection as a pool looks at. */
class FakeConnection {
  pending = 0;
  isUsable = false;
  isClosed = false;
  /** Resolves `open`. */
  settle: (isUsable: boolean) => void = () => undefined;

  constructor(readonly name: string) {}

  open(): Promise<void> {
    return new Promise((resolve) => {
      this.settle = (isUsable) => {
        this.isUsable = isUsable;
        resolve();
      };
    });
  }

  async close(): Promise<void> {
    this.isUsable = false;
    this.isClosed = true;
  }
}

const SCALING = { isBatching: true, isBalanced: true, isScaling: true };
const LOOK_MS = 5_000;
const REST_MS = 30_000;
const CROWDED = 16;

function makePool({ size = 4, max = 100, tuning = SCALING } = {}) {
  const made: FakeConnection[] = [];
  const budget = new ConnectionBudget(max);
  const state = { tuning };
  const create = (): RedisConnection => {
    const connection = new FakeConnection(`#${made.length}`);
    made.push(connection);
    return connection as unknown as RedisConnection;
  };
  const pool = new ConnectionPool({ create, size, budget, tuning: () => state.tuning });
  const pick = (): FakeConnection => pool.pick() as unknown as FakeConnection;
  /** One command in each of so many ticks; what they went to. */
  const picks = async (count: number): Promise<string[]> => {
    const names: string[] = [];
    for (let i = 0; i < count; i++) {
      names.push(pick().name);
      await nextTick();
    }
    return names;
  };
  /** Opens the pool, and whatever it opens by then. */
  const open = async (): Promise<void> => {
    const opening = pool.open();
    made[0]?.settle(true);
    await opening;
    await settle();
  };
  const settle = async (isUsable = true): Promise<void> => {
    for (const connection of made.slice(1)) connection.settle(isUsable);
    await nextTick();
  };
  /** As many commands on each open connection as make it crowded. */
  const crowd = (): void => made.forEach((connection) => (connection.pending = CROWDED));
  return { pool, made, budget, state, pick, picks, open, settle, crowd };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('ConnectionPool', () => {
  describe('pick', () => {
    it('gives all commands of one tick the same connection, however busy it gets', async () => {
      const { pick, open } = makePool({ tuning: { ...SCALING, isScaling: false } });
      await open();
      const first = Object.assign(pick(), { pending: 1_000 });
      expect(pick()).toBe(first);
      await nextTick();
      expect(pick()).not.toBe(first);
    });

    it('takes the connection with the fewest commands under way', async () => {
      const { made, picks, open } = makePool({ tuning: { ...SCALING, isScaling: false } });
      await open();
      made.forEach((connection, i) => (connection.pending = [3, 2, 1, 2][i] ?? 0));
      expect(await picks(2)).toEqual(['#2', '#2']);
    });

    it('takes each in turn when it is not balanced, whatever is under way', async () => {
      const tuning = { ...SCALING, isBalanced: false, isScaling: false };
      const { made, picks, open } = makePool({ tuning });
      await open();
      made.forEach((connection, i) => (connection.pending = 9 - i));
      expect(await picks(6)).toEqual(['#0', '#1', '#2', '#3', '#0', '#1']);
    });

    it('leaves out what is not usable, and gives the first when nothing is', async () => {
      const { made, pick, picks, open } = makePool({ tuning: { ...SCALING, isScaling: false } });
      await open();
      made.slice(0, 3).forEach((connection) => (connection.isUsable = false));
      expect(await picks(2)).toEqual(['#3', '#3']);
      made.forEach((connection) => (connection.isUsable = false));
      expect(pick().name).toBe('#0');
    });
  });

  describe('while it scales', () => {
    it('stays with one connection as long as that is not crowded', async () => {
      const { made, picks, open } = makePool();
      await open();
      (made[0] as FakeConnection).pending = CROWDED - 1;
      await picks(10);
      expect(made).toHaveLength(1);
    });

    it('opens one more when the least busy is crowded, and no other before that one is there', async () => {
      const { made, picks, open, settle, crowd } = makePool();
      await open();
      crowd();
      await picks(10);
      expect(made).toHaveLength(2);
      await settle();
      expect(await picks(3)).toEqual(['#1', '#1', '#1']);
      crowd();
      await picks(10);
      expect(made).toHaveLength(3);
    });

    it('never has more than its size', async () => {
      const { made, picks, open, settle, crowd } = makePool({ size: 2 });
      await open();
      for (let i = 0; i < 5; i++) {
        crowd();
        await picks(2);
        await settle();
      }
      expect(made).toHaveLength(2);
    });

    it('never has more than the budget of all stores allows', async () => {
      const { made, budget, picks, open, settle, crowd } = makePool({ size: 10, max: 3 });
      budget.take(); // of another store
      await open();
      for (let i = 0; i < 5; i++) {
        crowd();
        await picks(2);
        await settle();
      }
      expect(made).toHaveLength(2);
      budget.giveBack();
      crowd();
      await picks(2);
      expect(made).toHaveLength(3);
    });

    it('has one connection even where the budget is used up', async () => {
      const budget = new ConnectionBudget(1);
      budget.take();
      const create = (): RedisConnection => new FakeConnection('#0') as unknown as RedisConnection;
      new ConnectionPool({ create, size: 4, budget, tuning: () => SCALING });
      expect(budget.taken).toBe(2);
    });

    it('closes, one at a time, what the load of the last look had no need of', async () => {
      const { pool, made, budget, picks, open, settle, crowd } = makePool();
      await open();
      while (made.length < 4) {
        crowd();
        await picks(1);
        await settle();
      }
      await jest.advanceTimersByTimeAsync(LOOK_MS); // they were busy until now
      made.forEach((connection) => (connection.pending = 0));
      await picks(5);
      await jest.advanceTimersByTimeAsync(LOOK_MS);
      expect(pool.counts).toEqual({ busy: 0, open: 3 });
      await jest.advanceTimersByTimeAsync(10 * LOOK_MS);
      expect(pool.counts).toEqual({ busy: 0, open: 1 });
      expect(made.map(({ isClosed }) => isClosed)).toEqual([false, true, true, true]);
      expect(budget.taken).toBe(1);
    });

    it('closes none that has commands under way', async () => {
      const { pool, made, picks, open, settle, crowd } = makePool({ size: 2 });
      await open();
      crowd();
      await picks(1);
      await settle();
      (made[1] as FakeConnection).pending = 1;
      await jest.advanceTimersByTimeAsync(10 * LOOK_MS);
      expect(pool.counts).toEqual({ busy: 2, open: 2 });
    });

    it('keeps as many as it is told to', async () => {
      const { pool, made, open, settle } = makePool({ size: 3 });
      await open();
      pool.keep(2);
      await settle();
      await jest.advanceTimersByTimeAsync(10 * LOOK_MS);
      expect(pool.counts.open).toBe(2);
      pool.keep(50);
      await settle();
      expect(made).toHaveLength(3);
    });
  });

  describe('while it does not scale', () => {
    const tuning = { ...SCALING, isScaling: false };

    it('opens all that it may have as soon as the first is there, and closes none', async () => {
      const { pool, made, open } = makePool({ tuning });
      await open();
      expect(made).toHaveLength(4);
      await jest.advanceTimersByTimeAsync(10 * LOOK_MS);
      expect(pool.counts.open).toBe(4);
    });

    it('does so within the budget', async () => {
      const { made, open } = makePool({ tuning, max: 2 });
      await open();
      expect(made).toHaveLength(2);
    });

    it('begins and ends when it is told to, with the next command', async () => {
      const { pool, made, state, picks, open, settle } = makePool();
      await open();
      expect(made).toHaveLength(1);
      state.tuning = tuning;
      await picks(1);
      await settle();
      expect(pool.counts.open).toBe(4);
      state.tuning = SCALING;
      await jest.advanceTimersByTimeAsync(10 * LOOK_MS);
      expect(pool.counts.open).toBe(1);
    });
  });

  describe('on a server that takes no more connections', () => {
    it('does with what it has, and asks again after a while', async () => {
      const { pool, made, budget, picks, open, settle, crowd } = makePool();
      await open();
      crowd();
      await picks(1);
      await settle(false);
      expect((made[1] as FakeConnection).isClosed).toBe(true);
      expect(budget.taken).toBe(1);
      await picks(5);
      expect(made).toHaveLength(2);
      expect(pool.isUsable).toBe(true);
      await jest.advanceTimersByTimeAsync(REST_MS);
      await picks(1);
      expect(made).toHaveLength(3);
    });

    it('keeps trying when the first is lost as well: the server is away', async () => {
      const { made, picks, open, settle, crowd } = makePool();
      await open();
      crowd();
      await picks(1);
      made.forEach((connection) => (connection.isUsable = false));
      await settle(false);
      expect((made[1] as FakeConnection).isClosed).toBe(false);
    });
  });

  describe('close', () => {
    it('closes all, gives the budget back once, and opens nothing any more', async () => {
      const tuning = { ...SCALING, isScaling: false };
      const { pool, made, budget, picks, open } = makePool({ tuning });
      await open();
      budget.take(); // of another store
      await Promise.all([pool.close(), pool.close()]);
      await pool.close();
      expect(made.every(({ isClosed }) => isClosed)).toBe(true);
      expect(budget.taken).toBe(1);
      await picks(3);
      pool.keep(4);
      expect(made).toHaveLength(4);
    });

    it('leaves no timer behind, also where it is opened afterwards', async () => {
      const opened = makePool();
      await opened.open();
      await opened.pool.close();
      const late = makePool();
      await late.pool.close();
      await late.pool.open();
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
