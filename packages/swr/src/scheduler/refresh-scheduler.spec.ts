import { AsyncLocalStorage } from 'node:async_hooks';

import type { CachePriority, RefreshOutcome, RefreshRefusal } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';
import fc from 'fast-check';

import { RefreshScheduler } from './refresh-scheduler.js';
import type { RefreshSchedulerOptions } from './scheduler-settings.js';

const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;
const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Piece {
  readonly end: (outcome?: RefreshOutcome) => void;
  readonly fail: () => void;
}

function scheduling(options: RefreshSchedulerOptions = {}) {
  const clock = new FakeClock();
  const load = { busy: 0, refusal: null as RefreshRefusal | null };
  const scheduler = new RefreshScheduler({ clock, utilization: () => load.busy, ...options });
  /** Keys in the order in which they began. */
  const begun: string[] = [];
  const pieces = new Map<string, Piece>();
  const submit = (key: string, priority: CachePriority = 'high') =>
    scheduler.submit({
      key,
      priority,
      refusal: () => load.refusal,
      run: () =>
        new Promise<RefreshOutcome>((resolve, reject) => {
          begun.push(key);
          const end = (outcome: RefreshOutcome = 'changed') => resolve(outcome);
          pieces.set(key, { end, fail: () => reject(new Error('down')) });
        }),
    });
  const end = async (key: string, outcome?: RefreshOutcome): Promise<void> => {
    pieces.get(key)?.end(outcome);
    await idle();
  };
  /** Long enough for a level to rise three times. */
  const press = (busy: number): void => {
    load.busy = busy;
    for (let sample = 0; sample < 3; sample++) {
      clock.advance(100);
      submit(`probe-${sample}`, 'critical');
    }
  };
  return { clock, load, scheduler, begun, pieces, submit, end, press };
}

describe('RefreshScheduler', () => {
  describe('submit', () => {
    it.each([1, 70])(
      'lets work that never ends take up no place for ever, read of %i keys',
      async (keys) => {
        const { submit, begun, clock, scheduler } = scheduling({ maxConcurrentRefreshes: 2 });
        expect(['stuck', 'hanging'].map((key) => submit(key))).toEqual(['started', 'started']);
        for (let second = 0; second < 70; second++) {
          submit(`read-${second % keys}`); // the queue gets old, and pressure with it
          clock.advance(1_000);
          await idle();
        }
        expect(begun.length).toBe(Math.min(4, 2 + keys));
        expect(scheduler.counts.running).toBe(begun.length - 2);
      },
    );

    it('runs no more at once than it may, and the next when one has ended', async () => {
      const { scheduler, submit, begun, end } = scheduling({ maxConcurrentRefreshes: 2 });
      expect(['a', 'b', 'c'].map((key) => submit(key))).toEqual(['started', 'started', 'queued']);
      await idle();
      expect(begun).toEqual(['a', 'b']);
      await end('a');
      expect(begun).toEqual(['a', 'b', 'c']);
      expect(scheduler.counts).toMatchObject({ running: 2, queued: 0, done: 1 });
    });

    it('takes the more urgent first, and within a priority the older', async () => {
      const { submit, begun, end } = scheduling({ maxConcurrentRefreshes: 1 });
      submit('running', 'critical');
      for (const priority of ['low', 'high', 'critical', 'normal'] as const) {
        submit(`${priority} 1`, priority);
        submit(`${priority} 2`, priority);
      }
      await idle();
      for (let left = 8; left > 0; left--) await end(begun.at(-1)!);
      const expected = PRIORITIES.flatMap((priority) => [`${priority} 1`, `${priority} 2`]);
      expect(begun).toEqual(['running', ...expected]);
    });

    it('lets the less urgent fill only a part, so that there is room for the more urgent', () => {
      const { scheduler, submit } = scheduling({ maxConcurrentRefreshes: 20 });
      const running = [...PRIORITIES].reverse().map((priority) => {
        for (let i = 0; i < 25; i++) submit(`${priority} ${i}`, priority);
        return scheduler.counts.running;
      });
      expect(running).toEqual([10, 15, 18, 20]);
    });

    it('has one piece of work per key, running or waiting', async () => {
      const { scheduler, submit, begun, end } = scheduling({ maxConcurrentRefreshes: 1 });
      expect([submit('a'), submit('a'), submit('b'), submit('b')]).toEqual([
        'started',
        'known',
        'queued',
        'known',
      ]);
      expect(scheduler.counts).toMatchObject({ running: 1, queued: 1 });
      await idle();
      await end('a');
      await end('b');
      expect(begun).toEqual(['a', 'b']);
    });

    it('moves what waits up when it becomes more urgent, and never down', async () => {
      const { submit, begun, end } = scheduling({ maxConcurrentRefreshes: 1 });
      submit('running');
      submit('first');
      submit('second', 'low');
      submit('second', 'critical');
      submit('second', 'low');
      await idle();
      await end('running');
      await end('second');
      expect(begun).toEqual(['running', 'second', 'first']);
    });

    it('does not start twice what a fuller budget starts while it is submitted anew', async () => {
      const { clock, scheduler, submit, begun } = scheduling({
        refreshesPerSecond: 1,
        isAdaptive: false,
      });
      submit('a');
      submit('b', 'low');
      clock.advance(1_000);
      submit('b', 'critical');
      await idle();
      expect(begun).toEqual(['a', 'b']);
      expect(scheduler.counts).toMatchObject({ running: 2, queued: 0 });
    });

    it('drops the oldest of the least urgent when the queue is full', () => {
      const { scheduler, submit } = scheduling({
        maxConcurrentRefreshes: 1,
        maxQueuedRefreshes: 3,
      });
      submit('running');
      submit('low 1', 'low');
      submit('low 2', 'low');
      submit('critical 1', 'critical');
      expect(submit('high 1', 'high')).toBe('queued');
      expect(scheduler.explain('low 1')).toContain('dropped, full');
      expect(submit('critical 2', 'critical')).toBe('queued');
      expect(scheduler.explain('low 2')).toContain('dropped, full');
      expect(submit('critical 3', 'critical')).toBe('queued');
      expect(scheduler.explain('high 1')).toContain('dropped, full');
      expect(submit('high 2', 'high')).toBe('shed');
      expect(scheduler.counts).toMatchObject({ queued: 3, shedBy: { full: 4 } });
    });

    it('never exceeds a bound and never drops the more urgent for the less urgent', () => {
      const work = fc.tuple(fc.nat(30), fc.constantFrom(...PRIORITIES));
      fc.assert(
        fc.property(fc.array(work, { minLength: 60, maxLength: 120 }), (works) => {
          const { scheduler, submit } = scheduling({
            maxConcurrentRefreshes: 4,
            maxQueuedRefreshes: 6,
          });
          let wasCritical = 0;
          for (const [key, priority] of works) {
            const before = scheduler.counts.shed;
            submit(`${priority} ${key}`, priority);
            const { running, queued, shed } = scheduler.counts;
            expect(running).toBeLessThanOrEqual(4);
            expect(queued).toBeLessThanOrEqual(6);
            const held = Array.from({ length: 31 }, (_, i) => `critical ${i}`).filter((name) =>
              /runn|wait/.test(scheduler.explain(name) ?? ''),
            ).length;
            if (priority !== 'critical') expect(held).toBe(wasCritical);
            wasCritical = held;
            expect(shed - before).toBeLessThanOrEqual(1);
          }
        }),
        { numRuns: 40 },
      );
    });

    it('runs nothing with no concurrency, and queues nothing without a queue', () => {
      expect(scheduling({ maxConcurrentRefreshes: 0 }).submit('a')).toBe('shed');
      const { submit } = scheduling({ maxConcurrentRefreshes: 1, maxQueuedRefreshes: 0 });
      expect([submit('a'), submit('b')]).toEqual(['started', 'shed']);
    });

    it.each([
      [{ maxConcurrentRefreshes: NaN }, 'maxConcurrentRefreshes is NaN; accepted: a whole'],
      [{ maxQueuedRefreshes: 1.5 }, 'maxQueuedRefreshes is 1.5; accepted: a whole'],
      [{ maxExplained: 0 }, 'maxExplained is 0; accepted: a whole number from 1'],
      [{ refreshesPerSecond: -1 }, 'refreshesPerSecond is -1; accepted: a number from 0'],
      [
        { thresholds: { queueAgeMs: [3, 2, 1] as const } },
        'thresholds.queueAgeMs is 3,2,1; accepted: three rising numbers',
      ],
    ])('refuses %j', (options, message) => {
      expect(() => new RefreshScheduler(options)).toThrow(message);
    });

    it('runs queued work in the async context of who submitted it', async () => {
      const { scheduler, submit, end } = scheduling({ maxConcurrentRefreshes: 1 });
      const tenant = new AsyncLocalStorage<string>();
      const seen: unknown[] = [];
      tenant.run('A', () => submit('running'));
      tenant.run('B', () =>
        scheduler.submit({
          key: 'queued',
          priority: 'high',
          refusal: () => null,
          run: async () => {
            seen.push(tenant.getStore());
            return 'changed';
          },
        }),
      );
      await idle();
      await end('running');
      expect(seen).toEqual(['B']);
    });
  });

  describe('budget', () => {
    it('starts no more in a second than it may, and the rest later by itself', async () => {
      const { clock, begun, submit } = scheduling({ refreshesPerSecond: 2 });
      for (const key of ['a', 'b', 'c', 'd', 'e']) submit(key);
      await idle();
      expect(begun).toEqual(['a', 'b']);
      clock.advance(499);
      await idle();
      expect(begun).toHaveLength(2);
      clock.advance(1);
      await idle();
      expect(begun).toEqual(['a', 'b', 'c']);
      clock.advance(500);
      await idle();
      expect(begun).toEqual(['a', 'b', 'c', 'd']);
    });

    it('saves up for one second, no longer', async () => {
      const { clock, begun, submit } = scheduling({ refreshesPerSecond: 2 });
      clock.advance(60_000);
      for (const key of ['a', 'b', 'c', 'd', 'e']) submit(key);
      await idle();
      expect(begun).toHaveLength(2);
    });
  });

  describe('shedding', () => {
    it.each([
      [0.5, []],
      [0.7, ['low']],
      [0.85, ['low', 'normal']],
      [0.95, ['low', 'normal', 'high']],
      [1, ['low', 'normal', 'high']],
    ])('at an event-loop utilisation of %d drops %j', (busy, expected) => {
      const { press, submit, scheduler } = scheduling();
      press(busy);
      const dropped = PRIORITIES.filter((priority) => submit(priority, priority) === 'shed');
      expect(dropped.sort()).toEqual([...expected].sort());
      expect(scheduler.counts.shedBy.pressure).toBe(expected.length);
    });

    it('drops nothing for being busy when it is not adaptive', () => {
      const { press, submit } = scheduling({ isAdaptive: false });
      press(1);
      expect(PRIORITIES.map((priority) => submit(priority, priority))).not.toContain('shed');
    });

    it('drops what waits too long, so that it does not slow down the more urgent', async () => {
      const { clock, submit, scheduler, end } = scheduling({ maxConcurrentRefreshes: 1 });
      submit('running', 'critical');
      submit('starved', 'low');
      submit('waiting', 'critical');
      clock.advance(1_000);
      expect(submit('high', 'high')).toBe('queued');
      expect(scheduler.explain('starved')).toContain('pressure is low: queue age 1000 ms');
      clock.advance(900);
      expect(submit('another', 'low')).toBe('shed');
      await idle();
      await end('running');
      expect(scheduler.counts).toMatchObject({ running: 1, queued: 1, shedBy: { pressure: 2 } });
    });

    it('asks again when the turn of what waited has come', async () => {
      const { load, scheduler, submit, begun, end } = scheduling({ maxConcurrentRefreshes: 1 });
      submit('a');
      submit('b');
      await idle();
      load.refusal = 'backing-off';
      await end('a');
      expect(begun).toEqual(['a']);
      expect(scheduler.counts).toMatchObject({ queued: 0, shedBy: { 'backing-off': 1 } });
    });

    it('takes an open breaker for pressure, for everything but the most wanted', () => {
      const { clock, load, submit, scheduler } = scheduling();
      load.refusal = 'breaker-open';
      for (let i = 0; i < 3; i++) {
        clock.advance(100);
        expect(submit('a')).toBe('shed');
      }
      load.refusal = null;
      clock.advance(100);
      const decisions = PRIORITIES.map((priority) => submit(priority, priority));
      expect(decisions).toEqual(['started', 'started', 'shed', 'shed']);
      expect(scheduler.counts.shedBy).toMatchObject({ 'breaker-open': 3, pressure: 2 });
    });

    it('does not count as dropped what is being loaded anyway', () => {
      const { load, submit, scheduler } = scheduling();
      load.refusal = 'loading';
      expect(submit('a')).toBe('known');
      expect(scheduler.counts.shed).toBe(0);
    });
  });

  describe('explain', () => {
    it('tells the last decision about a key', async () => {
      const { clock, scheduler, submit, pieces, end, press } = scheduling();
      submit('a');
      clock.advance(50);
      expect(scheduler.explain('a')).toBe('a refresh is running (priority high, 50 ms ago)');
      await idle();
      await end('a', 'unchanged');
      expect(scheduler.explain('a')).toBe(
        'a refresh has ended: unchanged (priority high, 0 ms ago)',
      );
      submit('b');
      await idle();
      pieces.get('b')?.fail();
      await idle();
      expect(scheduler.explain('b')).toContain('a refresh has failed');
      press(0.91);
      submit('a', 'normal');
      expect(scheduler.explain('a')).toBe(
        'a refresh was dropped, pressure is medium: event-loop utilisation 0.91 (priority normal, 0 ms ago)',
      );
      expect(scheduler.explain('unknown')).toBeNull();
      expect(scheduler.counts).toMatchObject({ done: 1, unchanged: 1, failed: 1 });
    });

    it('remembers a fixed number of keys', () => {
      const { scheduler, submit } = scheduling({ maxExplained: 2 });
      for (const key of ['a', 'b', 'a', 'c']) submit(key);
      expect(['a', 'b', 'c'].map((key) => scheduler.explain(key) !== null)).toEqual([
        true,
        false,
        true,
      ]);
    });
  });

  describe('close', () => {
    it('waits for what runs, drops what waits and takes nothing more', async () => {
      const { scheduler, submit, begun, end } = scheduling({ maxConcurrentRefreshes: 1 });
      submit('a');
      submit('b');
      await idle();
      let isClosed = false;
      const closing = scheduler.close().then(() => (isClosed = true));
      await idle();
      expect(isClosed).toBe(false);
      expect(submit('c')).toBe('shed');
      await end('a');
      await closing;
      expect(begun).toEqual(['a']);
      expect(scheduler.counts).toMatchObject({ running: 0, queued: 0, shedBy: { closed: 2 } });
    });

    it('waits no longer than the deadline', async () => {
      const { clock, scheduler, submit } = scheduling();
      submit('hangs');
      await idle();
      let isClosed = false;
      const closing = scheduler.close(2_000).then(() => (isClosed = true));
      clock.advance(1_999);
      await idle();
      expect(isClosed).toBe(false);
      clock.advance(1);
      await closing;
      expect(scheduler.counts.running).toBe(1);
    });

    it('does not wait for the budget', async () => {
      const { scheduler, submit, end } = scheduling({ refreshesPerSecond: 0.001 });
      submit('a');
      submit('b');
      await idle();
      await end('a');
      await scheduler.close();
      expect(scheduler.counts).toMatchObject({ running: 0, queued: 0 });
    });
  });
});
