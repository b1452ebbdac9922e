import type { InvalidationResult } from '@vitalcache/core';
import fc from 'fast-check';

import { storeError } from '../src/chaos/chaos.fault.js';
import {
  FailingStore,
  idle,
  KEY,
  MARK,
  OPTIONS,
  OTHER,
  Source,
  TAG,
  type FailingProcess,
} from './failing-store.js';

const READ_BUDGET_MS = 250;
const DEADLINE_MS = 2_000;
const SECOND = 1_000;

let store: FailingStore;
let source: Source;

beforeEach(() => {
  store = new FailingStore();
  source = new Source(store.clock);
});

afterEach(async () => {
  expect(await store.close()).not.toContain(MARK);
});

const read = ({ cache }: FailingProcess, key = KEY, more: object = {}) =>
  cache.read(key, source.load, { ...OPTIONS, ...more });

/** What is stored under the key is what the source says now. */
async function fill(process: FailingProcess, key = KEY): Promise<void> {
  await store.ended(read(process, key));
  await store.ended(process.cache.settled());
}

/** Fails often enough for the breaker to open. */
async function breakDown(process: FailingProcess): Promise<void> {
  process.chaos.fault('all', { kind: 'throw' });
  for (let i = 0; i < 12; i++) await store.ended(read(process, `down:${i}`));
}

const NOT_YET = { recorded: false, queued: true } as const;

describe('failure table', () => {
  describe('store slow', () => {
    it('reads wait for the read budget, then for the loader', async () => {
      const process = await store.join();
      process.chaos.fault('bytes', { kind: 'delay', ms: 10 * SECOND });
      const startedAt = store.clock.now();
      const { value, tookMs } = await store.ended(read(process));
      expect(value).toMatchObject({ value: source.value, outcome: 'miss' });
      expect((source.begunAt[0] as number) - startedAt).toBe(READ_BUDGET_MS);
      expect(tookMs).toBeLessThanOrEqual(READ_BUDGET_MS);
    });

    it('many reads of a key wait once, and load once', async () => {
      const process = await store.join();
      process.chaos.fault('bytes', { kind: 'delay', ms: 10 * SECOND });
      const reads = Promise.all(Array.from({ length: 20 }, () => read(process)));
      const { tookMs } = await store.ended(reads);
      expect(source.loads).toBe(1);
      expect(tookMs).toBeLessThanOrEqual(READ_BUDGET_MS);
    });

    it('a read is no slower when the store never answers at all', async () => {
      const process = await store.join();
      process.chaos.fault('all', { kind: 'hang' });
      expect((await store.ended(read(process))).tookMs).toBeLessThanOrEqual(READ_BUDGET_MS);
    });

    it('invalidations are recorded within their deadline', async () => {
      const process = await store.join();
      await fill(process);
      process.chaos.fault('append', { kind: 'delay', ms: 1_500 });
      const { value, tookMs } = await store.ended(process.cache.invalidateCache(KEY));
      expect(value).toMatchObject({ recorded: true, queued: false });
      expect(tookMs).toBeLessThanOrEqual(DEADLINE_MS);
    });

    it('an invalidation waits for the removal of bytes no longer than its deadline', async () => {
      const process = await store.join();
      await fill(process);
      process.chaos.fault('append', { kind: 'delay', ms: 1_500 });
      process.chaos.fault('bytes', { kind: 'delay', ms: 10 * SECOND });
      const { value, tookMs } = await store.ended(process.cache.invalidateCache(KEY));
      expect(value).toMatchObject({ recorded: true, removed: null });
      expect(tookMs).toBeLessThanOrEqual(DEADLINE_MS);
    });

    it('timeouts are counted, and the answers that come late do no harm', async () => {
      const process = await store.join();
      await fill(process);
      process.chaos.fault('bytes', { kind: 'delay', ms: 10 * SECOND });
      source.value = `new ${MARK}`;
      expect((await store.ended(read(process))).value?.value).toBe(source.value);
      expect(await process.faults()).toMatchObject({ 'store-failed': 0 });
      expect((await process.faults())['store-timeout']).toBeGreaterThan(0);
      await store.pass(11 * SECOND, 100);
      process.chaos.heal();
      expect((await store.ended(read(process))).value).toMatchObject({
        value: source.value,
        outcome: 'hit',
      });
    });
  });

  describe('store down', () => {
    it('the breaker opens, and the store is not asked any more', async () => {
      const process = await store.join();
      await breakDown(process);
      expect((await store.ended(process.cache.status())).value?.breaker).toBe('open');
      const { get, batch, lease, fenced } = process.chaos.calls;
      const { tookMs } = await store.ended(read(process));
      expect(tookMs).toBe(0);
      expect(process.chaos.calls).toMatchObject({ get, batch, lease, fenced });
      expect((await process.faults())['breaker-open']).toBeGreaterThan(0);
    });

    it.each(['throw', 'hang', 'lie'] as const)(
      'reads load once for all in this process (%s)',
      async (kind) => {
        const process = await store.join();
        await breakDown(process);
        process.chaos.fault('all', { kind });
        const { loads } = source;
        const reads = await store.ended(
          Promise.all(Array.from({ length: 20 }, () => read(process))),
        );
        expect(reads.value?.every(({ value }) => value === source.value)).toBe(true);
        expect(source.loads).toBe(loads + 1);
      },
    );

    it('the own tier serves what is fresh in it, for blindMaxMs', async () => {
      const process = await store.join({ l1MaxBytes: 2 ** 20 });
      await fill(process);
      await breakDown(process);
      const { loads } = source;
      const outcomes: string[] = [];
      for (let second = 0; second <= 35; second += 5) {
        outcomes.push((await store.ended(read(process))).value?.outcome as string);
        await store.pass(5 * SECOND, 50);
      }
      expect(outcomes.slice(0, 6)).toEqual(Array(6).fill('hit'));
      expect(outcomes.slice(7)).toEqual(['miss']);
      expect(source.loads).toBeLessThanOrEqual(loads + 2);
    });

    it('invalidations resolve as queued after the deadline, and count here at once', async () => {
      const process = await store.join({ l1MaxBytes: 2 ** 20 });
      await fill(process);
      process.chaos.fault('all', { kind: 'throw' });
      const invalidating = process.cache.invalidateCache(KEY);
      await idle();
      source.value = `new ${MARK}`;
      expect((await store.ended(read(process))).value?.value).toBe(source.value);
      const { value } = await store.ended(invalidating);
      expect(value).toMatchObject({ ...NOT_YET, stamp: 0, removed: null });
      expect((await store.ended(process.cache.status())).value?.journal.queued).toBe(1);
    });

    it.each(['throw', 'hang'] as const)(
      'an invalidation takes its deadline, no less and no more (%s)',
      async (kind) => {
        const process = await store.join();
        process.chaos.fault('all', { kind });
        const { value, tookMs } = await store.ended(process.cache.invalidateCache(KEY));
        expect(value).toMatchObject(NOT_YET);
        expect(tookMs).toBe(DEADLINE_MS);
      },
    );

    it('an invalidation throws instead, by option, and del always does', async () => {
      const process = await store.join();
      process.chaos.fault('all', { kind: 'throw' });
      const thrown = process.cache.invalidateCacheByTag(TAG, { whenQueued: 'throw' });
      expect((await store.ended(thrown)).error).toMatchObject({ code: 'NOT_RECORDED' });
      expect((await store.ended(process.cache.del(KEY))).error).toMatchObject({
        code: 'NOT_RECORDED',
      });
    });

    it('says so once: not connected, one line when it begins and one when it is over', async () => {
      const process = await store.join();
      await breakDown(process);
      for (let i = 0; i < 30; i++) await store.ended(read(process, `more:${i}`));
      expect((await store.ended(process.cache.status())).value?.store.connected).toBe(false);
      await store.pass(35 * SECOND, 100);
      await store.ended(read(process)); // finds out that it is still down
      expect(process.said(/store cannot be reached/)).toHaveLength(1);
      expect(process.said(/answers again/)).toHaveLength(0);
      process.chaos.heal();
      await store.pass(35 * SECOND, 100);
      await fill(process);
      expect((await store.ended(process.cache.status())).value).toMatchObject({
        breaker: 'closed',
        store: { connected: true },
      });
      expect(process.said(/store cannot be reached/)).toHaveLength(1);
      expect(process.said(/answers again/)).toHaveLength(1);
    });

    it("repeats nothing of what the vendor's error says", async () => {
      const process = await store.join();
      const error = Object.assign(new Error(`ECONNREFUSED GET ${KEY}`), {
        command: { name: 'get', args: [KEY] },
      });
      process.chaos.fault('all', { kind: 'throw', error });
      for (let i = 0; i < 12; i++) await store.ended(read(process, `${KEY}:${i}`));
      expect(process.said(/store cannot be reached/)).toHaveLength(1);
      expect((await process.faults())['store-failed']).toBeGreaterThan(0);
    });
  });

  describe('store back', () => {
    /** Down for a while, with an invalidation queued here and another one recorded elsewhere meanwhile. */
    async function outage(): Promise<{ process: FailingProcess; queued: InvalidationResult }> {
      const [process, other] = [await store.join(), await store.join()];
      await fill(process, KEY);
      await fill(process, OTHER);
      await store.pass(SECOND);
      await breakDown(process);
      const queued = (await store.ended(process.cache.invalidateCache(KEY)))
        .value as InvalidationResult;
      await store.ended(other.cache.invalidateCache(OTHER));
      await store.pass(40 * SECOND, 100);
      source.value = `new ${MARK}`;
      return { process, queued };
    }

    /** Reads again and again until the store answers, from the moment when it is back. */
    async function firstFromStore(process: FailingProcess, key: string) {
      process.asked.length = 0;
      process.chaos.heal();
      for (let i = 0; i < 500; i++) {
        const { value } = await store.ended(read(process, key));
        const { journal } = await process.cache.status();
        if (value?.tier === 'l2') return { journal, asked: [...process.asked] };
        await store.pass(10);
      }
      throw new Error('never');
    }

    it('the journal is read before anything is served from the store', async () => {
      const { process } = await outage();
      const elsewhere = store.processes[1] as FailingProcess;
      await fill(elsewhere, `third:${MARK}`); // valid, and covered by nothing
      const { asked, journal } = await firstFromStore(process, `third:${MARK}`);
      expect(asked.some((operation) => operation === 'read' || operation === 'poll')).toBe(true);
      expect(journal).toMatchObject({ isBlind: false });
      expect(journal.position).toBe(
        (await store.ended(elsewhere.cache.status())).value?.journal.newest,
      );
    });

    it('the queue is recorded before anything is served from the store', async () => {
      const { process, queued } = await outage();
      expect(queued).toMatchObject(NOT_YET);
      await fill(store.processes[1] as FailingProcess, `third:${MARK}`);
      const { journal } = await firstFromStore(process, `third:${MARK}`);
      expect(journal.queued).toBe(0);
    });

    it('nothing that was invalidated meanwhile is served, here or elsewhere', async () => {
      const { process } = await outage();
      process.chaos.heal();
      for (let i = 0; i < 20; i++) {
        for (const key of [KEY, OTHER]) {
          expect((await store.ended(read(process, key))).value?.value).toBe(source.value);
        }
        await store.pass(50);
      }
    });

    it('the queue is recorded for the others, and the lag returns to zero', async () => {
      const { process } = await outage();
      const other = store.processes[1] as FailingProcess;
      process.chaos.heal();
      await store.pass(3 * SECOND);
      const { loads } = source;
      expect((await store.ended(read(other, KEY))).value).toMatchObject({
        value: source.value,
        outcome: 'miss',
      });
      expect(source.loads).toBe(loads + 1);
      const { value } = await store.ended(process.cache.status());
      expect(value?.journal).toMatchObject({ queued: 0, queuedForMs: 0, isBlind: false });
      expect(value?.journal.linkAgeMs).toBeLessThanOrEqual(800);
      expect(value?.journal.position).toBe(value?.journal.newest);
    });
  });

  describe('a server that refuses', () => {
    it.each(['READONLY', 'OOM'] as const)(
      '%s: reads are served and loads returned, and the breaker stays closed',
      async (reply) => {
        const process = await store.join();
        await fill(process);
        const error = storeError(reply);
        for (const operation of ['set', 'fenced', 'compare', 'lease', 'append'] as const) {
          process.chaos.fault(operation, { kind: 'throw', error });
        }
        for (let i = 0; i < 20; i++) {
          expect((await store.ended(read(process, `${MARK}:${i}`))).value?.outcome).toBe('miss');
        }
        expect((await store.ended(read(process))).value).toMatchObject({ tier: 'l2' });
        await store.ended(process.cache.settled());
        const { value } = await store.ended(process.cache.status());
        expect(value).toMatchObject({ breaker: 'closed', store: { connected: true } });
        expect(value?.faults['store-write-failed']).toBe(20);
        expect(process.said(/cannot be reached/)).toEqual([]);
      },
    );

    it.each(['READONLY', 'OOM'] as const)(
      '%s is an answer: refused again and again, the store is asked again and again',
      async (reply) => {
        const process = await store.join();
        process.chaos.fault('bytes', { kind: 'throw', error: storeError(reply) });
        for (let i = 0; i < 20; i++) await store.ended(read(process, `${MARK}:${i}`));
        expect(process.chaos.calls.get).toBeGreaterThanOrEqual(20);
        expect((await store.ended(process.cache.status())).value?.breaker).toBe('closed');
      },
    );

    it.each(['LOADING', 'CLUSTERDOWN'] as const)(
      '%s is an outage: the breaker opens and one line says why',
      async (reply) => {
        const process = await store.join();
        process.chaos.fault('all', { kind: 'throw', error: storeError(reply) });
        for (let i = 0; i < 12; i++) await store.ended(read(process, `${MARK}:${i}`));
        expect((await store.ended(process.cache.status())).value?.breaker).toBe('open');
        expect(process.said(/cannot be reached/)).toEqual([expect.stringContaining(reply)]);
      },
    );

    it.each(['READONLY', 'OOM', 'LOADING', 'CLUSTERDOWN'] as const)(
      '%s: an invalidation is queued, counts here, and is recorded when it is over',
      async (reply) => {
        const process = await store.join();
        const other = await store.join();
        await fill(process);
        process.chaos.fault('append', { kind: 'throw', error: storeError(reply) });
        const { value } = await store.ended(process.cache.invalidateCacheByTag(TAG));
        expect(value).toMatchObject(NOT_YET);
        source.value = `new ${MARK}`;
        expect((await store.ended(read(process))).value?.value).toBe(source.value);
        process.chaos.heal();
        await store.pass(3 * SECOND);
        expect((await store.ended(process.cache.status())).value?.journal.queued).toBe(0);
        expect((await store.ended(read(other))).value?.value).toBe(source.value);
      },
    );

    it('reads do not make the queue knock more often than it would by itself', async () => {
      const process = await store.join();
      await fill(process, OTHER);
      process.chaos.fault('append', { kind: 'throw', error: storeError('OOM') });
      await store.ended(process.cache.invalidateCache(KEY));
      const before = process.chaos.calls.append;
      for (let i = 0; i < 200; i++) {
        await store.ended(read(process, OTHER));
        await store.pass(10);
      }
      // Two seconds, and a try every 50 ms at most.
      expect(process.chaos.calls.append - before).toBeLessThanOrEqual(42);
    });

    it('tells the classes apart in its counters', async () => {
      const process = await store.join();
      process.chaos.fault('bytes', { kind: 'throw', error: storeError('READONLY') });
      await store.ended(read(process));
      process.chaos.fault('bytes', { kind: 'throw', error: storeError('LOADING') });
      await store.ended(read(process));
      const { value } = await store.ended(process.cache.status());
      expect(JSON.stringify(value)).toMatch(/"STORE_REFUSED":[1-9]/);
      expect(JSON.stringify(value)).toMatch(/"STORE_UNAVAILABLE":[1-9]/);
    });
  });

  describe('failover or restart that lost records', () => {
    it('begins a later epoch: everything misses, one warning is given', async () => {
      const process = await store.join({ l1MaxBytes: 2 ** 20 });
      await fill(process);
      await fill(process, OTHER);
      source.value = `new ${MARK}`;
      await store.ended(process.cache.invalidateCache(KEY));
      const before = (await store.ended(process.cache.status())).value?.journal.epoch;
      await store.chaos.failOver(1);
      await store.pass(SECOND);
      for (const key of [KEY, OTHER]) {
        expect((await store.ended(read(process, key))).value).toMatchObject({
          value: source.value,
          outcome: 'miss',
        });
      }
      const after = (await store.ended(process.cache.status())).value?.journal.epoch;
      expect(after?.stamp).toBeGreaterThan(before?.stamp ?? Infinity);
      await store.pass(10 * SECOND, 50);
      expect(process.said(/lost or replaced its journal/)).toHaveLength(1);
      await store.ended(process.cache.settled());
      expect((await store.ended(read(process))).value?.outcome).toBe('hit');
    });

    it.each([
      ['the journal is gone', () => store.chaos.lose('journal')],
      ['everything is gone', () => store.chaos.lose()],
      ['another server has every record', () => store.chaos.failOver(0)],
    ])('serves nothing of the past when %s', async (_what, happen) => {
      const [process, other] = [await store.join({ l1MaxBytes: 2 ** 20 }), await store.join()];
      await fill(process);
      await happen();
      await store.pass(SECOND);
      source.value = `new ${MARK}`;
      for (const one of [process, other]) {
        expect((await store.ended(read(one))).value?.value).toBe(source.value);
        expect(one.said(/lost or replaced its journal/)).toHaveLength(1);
        await store.ended(one.cache.settled());
      }
    });

    it('serves no value that an invalidation made invalid before the store went back in time', async () => {
      const [process, other] = [await store.join(), await store.join()];
      await fill(process);
      await store.pass(SECOND);
      const earlier = await store.chaos.snapshot();
      source.value = `new ${MARK}`;
      await store.ended(process.cache.invalidateCache(KEY));
      await store.pass(SECOND);
      await store.chaos.rewind(earlier);
      await store.pass(SECOND);
      // The third knows nothing but what the store tells.
      for (const one of [await store.join(), process, other]) {
        expect((await store.ended(read(one))).value?.value).toBe(source.value);
      }
    });

    it('a process that was away meanwhile goes on in the new epoch', async () => {
      const [process, other] = [await store.join(), await store.join()];
      await fill(process);
      other.chaos.fault('journal', { kind: 'hang' });
      await store.chaos.failOver(0);
      await store.pass(3 * SECOND);
      source.value = `new ${MARK}`;
      await fill(process);
      other.chaos.heal();
      await store.pass(3 * SECOND);
      expect((await store.ended(read(other))).value).toMatchObject({
        value: source.value,
        outcome: 'hit',
      });
    });

    it('strong reads find out at once', async () => {
      const [process, other] = [await store.join(), await store.join()];
      await fill(process);
      other.chaos.fault('poll', { kind: 'hang' });
      source.value = `new ${MARK}`;
      await store.ended(process.cache.invalidateCache(KEY));
      await store.chaos.failOver(1);
      const strong = read(other, KEY, { consistency: 'strong' });
      expect((await store.ended(strong)).value?.value).toBe(source.value);
    });
  });

  describe('the journal gone, the bytes there', () => {
    async function withoutJournal(l1MaxBytes = 0): Promise<FailingProcess> {
      const process = await store.join({ l1MaxBytes });
      await fill(process);
      process.chaos.fault('journal', { kind: 'throw' });
      return process;
    }

    it('is blind after blindAfterMs, and serves nothing from the store then', async () => {
      const process = await withoutJournal();
      await store.pass(3 * SECOND);
      expect((await store.ended(read(process))).value?.tier).toBe('l2');
      await store.pass(3 * SECOND);
      const { loads } = source;
      const { get } = process.chaos.calls;
      expect((await store.ended(read(process))).value?.outcome).toBe('miss');
      expect(source.loads).toBe(loads + 1);
      expect(process.chaos.calls.get).toBeGreaterThan(get); // the store was there
      expect((await store.ended(process.cache.status())).value).toMatchObject({
        journal: { isBlind: true },
        store: { connected: true },
      });
      expect((await process.faults()).blind).toBeGreaterThan(0);
    });

    it('is as blind when the journal is silent as when it refuses', async () => {
      const process = await withoutJournal();
      process.chaos.fault('journal', { kind: 'hang' });
      await store.pass(6 * SECOND);
      const { value, tookMs } = await store.ended(read(process));
      expect(value?.outcome).toBe('miss');
      expect(tookMs).toBeLessThanOrEqual(READ_BUDGET_MS);
    });

    it('serves from the store what a catch-up shows to be valid', async () => {
      const process = await withoutJournal();
      process.chaos.heal('read');
      await store.pass(6 * SECOND);
      const { read: reads } = process.chaos.calls;
      expect((await store.ended(read(process))).value?.tier).toBe('l2');
      expect(process.chaos.calls.read).toBe(reads + 1);
    });

    it('serves from the own tier for blindMaxMs, and no longer', async () => {
      const process = await withoutJournal(2 ** 20);
      await store.pass(25 * SECOND, 50);
      expect((await store.ended(read(process))).value?.tier).toBe('l1');
      await store.pass(10 * SECOND, 50);
      expect((await store.ended(read(process))).value?.outcome).toBe('miss');
    });

    it('loads once for all who ask, though nothing can be stored', async () => {
      const process = await withoutJournal();
      await store.pass(6 * SECOND);
      const { loads } = source;
      await store.ended(Promise.all(Array.from({ length: 20 }, () => read(process))));
      expect(source.loads).toBe(loads + 1);
    });

    it('queues invalidations, and honours them here', async () => {
      const process = await withoutJournal(2 ** 20);
      const { value } = await store.ended(process.cache.invalidateCache(KEY));
      expect(value).toMatchObject(NOT_YET);
      source.value = `new ${MARK}`;
      expect((await store.ended(read(process))).value?.value).toBe(source.value);
    });

    it('says so once: one line when it begins, one when it is over', async () => {
      const process = await withoutJournal();
      await store.pass(6 * SECOND);
      for (let i = 0; i < 10; i++) await store.ended(read(process, `${MARK}:${i}`));
      expect(process.said(/[Nn]othing is heard of invalidations/)).toHaveLength(1);
      process.chaos.heal();
      await store.pass(3 * SECOND);
      await store.ended(read(process));
      expect(process.said(/[Nn]othing is heard of invalidations/)).toHaveLength(1);
      expect(process.said(/heard of again/)).toHaveLength(1);
    });
  });

  describe('corrupted or foreign value', () => {
    it('is a miss, whatever was done to it', async () => {
      const process = await store.join();
      await fill(process);
      const damage = fc.oneof(
        fc.nat(2_000).map((at) => (found: Uint8Array) => {
          const bytes = new Uint8Array(found);
          const index = at % bytes.length;
          bytes[index] = (bytes[index] as number) ^ (1 << (at >> 8));
          return Buffer.compare(bytes, found) === 0 ? new Uint8Array() : bytes;
        }),
        fc.nat(200).map((length) => (found: Uint8Array) => found.slice(0, length % found.length)),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => () => bytes),
        fc.nat(100).map((more) => (found: Uint8Array) => {
          return new Uint8Array([...found, ...Buffer.alloc(more + 1, 7)]);
        }),
      );
      let damaged = (await process.faults())['entry-corrupt'];
      await fc.assert(
        fc.asyncProperty(damage, async (bytes) => {
          process.chaos.fault('bytes', { kind: 'corrupt', bytes });
          const { loads } = source;
          const { value, error } = await store.ended(read(process));
          expect([value?.value, value?.outcome, error]).toEqual([source.value, 'miss', undefined]);
          expect(source.loads).toBe(loads + 1);
          await store.ended(process.cache.settled());
          const { 'entry-corrupt': count } = await process.faults();
          expect(count).toBeGreaterThan(damaged);
          damaged = count;
          process.chaos.heal();
        }),
        { numRuns: 60 },
      );
    });

    it("is a miss when it is another key's entry", async () => {
      const process = await store.join();
      source.value = `of OTHER, ${MARK}`;
      await fill(process, OTHER);
      const foreign = [...(await store.chaos.snapshot()).items].find(({ key }) =>
        key.includes('notes'),
      );
      source.value = `of KEY, ${MARK}`;
      await fill(process);
      process.chaos.fault('bytes', { kind: 'corrupt', bytes: foreign?.value as Uint8Array });
      expect((await store.ended(read(process))).value).toMatchObject({
        value: source.value,
        outcome: 'miss',
      });
    });

    it('is a miss in batches, for itself alone, and in get', async () => {
      const process = await store.join();
      for (const key of [KEY, OTHER]) await fill(process, key);
      process.chaos.fault('bytes', { kind: 'corrupt', bytes: 'cut' });
      expect((await store.ended(process.cache.get(KEY))).value).toBeNull();
      expect((await store.ended(process.cache.batchGet([KEY, OTHER]))).value).toEqual([null, null]);
      const many = process.cache.cacheMany(
        [KEY, OTHER],
        (keys) => keys.map(() => 'loaded'),
        OPTIONS,
      );
      expect((await store.ended(many)).value).toEqual(['loaded', 'loaded']);
      process.chaos.heal();
      await store.ended(process.cache.settled());
      expect((await store.ended(read(process))).value?.outcome).toBe('hit');
    });

    it('is nothing that holds others up where a lease should be', async () => {
      const process = await store.join();
      await store.ended(read(process, OTHER)); // so that the names are known
      await store.ended(process.cache.settled());
      const names: string[] = [];
      const { acquireLease } = store.inner;
      jest.spyOn(store.inner, 'acquireLease').mockImplementation((name, ...rest) => {
        if (names.length === 0) void store.inner.set(name, Buffer.from(MARK), 600_000);
        names.push(name);
        return acquireLease.call(store.inner, name, ...rest);
      });
      const { value, tookMs } = await store.ended(read(process));
      expect(names.length).toBeGreaterThan(0);
      expect(value?.value).toBe(source.value);
      expect(tookMs).toBeLessThanOrEqual(READ_BUDGET_MS);
    });
  });

  describe('loader throws', () => {
    const failure = () => Object.assign(new Error(`query of ${MARK} failed`), { code: 'E_SOURCE' });

    it('what is kept is served instead, marked stale', async () => {
      const process = await store.join();
      await store.ended(read(process, KEY, { staleIfErrorMs: 3_600_000 }));
      await store.ended(process.cache.settled());
      await store.pass(700 * SECOND, SECOND);
      source.error = failure();
      const { value } = await store.ended(read(process, KEY, { staleIfErrorMs: 3_600_000 }));
      expect(value).toMatchObject({ value: source.value, outcome: 'stale' });
      expect(value?.expiresInMs).toBeLessThan(0);
      expect((await process.faults())['loader-failed']).toBe(1);
    });

    it.each(['before', 'during'] as const)(
      'what an invalidation covers is not served instead (invalidated %s the load)',
      async (when) => {
        const process = await store.join();
        const kept = { staleIfErrorMs: 3_600_000 };
        await store.ended(read(process, KEY, kept));
        await store.ended(process.cache.settled());
        await store.pass(700 * SECOND, SECOND);
        if (when === 'before') await store.ended(process.cache.invalidateCache(KEY));
        let fail: (error: unknown) => void = () => undefined;
        const slow = () => new Promise<string>((_, reject) => (fail = reject));
        const reading = process.cache.read(KEY, slow, { ...OPTIONS, ...kept });
        await store.pass(100);
        if (when === 'during') await store.ended(process.cache.invalidateCache(KEY));
        const error = failure();
        fail(error);
        expect((await store.ended(reading)).error).toBe(error);
      },
    );

    it('all who wait get the very error, of one call', async () => {
      const process = await store.join();
      source.error = failure();
      const reads = Array.from({ length: 20 }, () => read(process));
      const { value } = await store.ended(Promise.allSettled(reads));
      expect(value?.every((one) => one.status === 'rejected' && one.reason === source.error)).toBe(
        true,
      );
      expect(source.loads).toBe(1);
    });

    it('all who wait in the fleet hear of it, of one call', async () => {
      const [process, other] = [await store.join(), await store.join()];
      let fail: (error: unknown) => void = () => undefined;
      const slow = () => new Promise<string>((_, reject) => (fail = reject));
      const first = process.cache.cache(KEY, slow, OPTIONS);
      await store.pass(100);
      const second = read(other);
      await store.pass(100);
      const error = failure();
      fail(error);
      expect((await store.ended(first)).error).toBe(error);
      expect((await store.ended(second)).error).toMatchObject({ code: 'LOAD_FAILED' });
      expect(source.loads).toBe(0);
    });

    it('is left alone for a while after failures in a row, and asked again then', async () => {
      const process = await store.join();
      source.error = failure();
      for (let i = 0; i < 10; i++) await store.ended(read(process));
      expect(source.loads).toBe(3);
      await store.pass(10 * SECOND);
      source.error = null;
      expect((await store.ended(read(process))).value?.value).toBe(source.value);
    });

    it('is counted, also when nothing is kept', async () => {
      const process = await store.join();
      source.error = failure();
      await store.ended(read(process));
      expect((await process.faults())['loader-failed']).toBe(1);
    });
  });

  describe('process killed mid-load', () => {
    /** From one moment to the next it says nothing more. What it has sent is on its way. */
    const kill = ({ chaos }: FailingProcess) => chaos.fault('all', { kind: 'hang' });

    const loadForEver = ({ cache }: FailingProcess) =>
      void cache.cache(KEY, () => new Promise<string>(() => undefined), OPTIONS).catch(idle);

    it('its lease expires, and the next caller loads', async () => {
      const [process, other] = [await store.join(), await store.join()];
      loadForEver(process);
      await store.pass(100);
      expect(process.chaos.calls.lease).toBe(1);
      kill(process);
      const { value, tookMs } = await store.ended(read(other));
      expect(value?.value).toBe(source.value);
      expect(source.loads).toBe(1);
      expect(tookMs).toBeGreaterThan(1_000); // it did wait for the one who held the lease
      expect(tookMs).toBeLessThanOrEqual(6_500);
    });

    it('others wait no longer when an invalidation has doomed its load', async () => {
      const [process, other] = [await store.join(), await store.join()];
      loadForEver(process);
      await store.pass(100);
      kill(process);
      await store.ended(other.cache.invalidateCacheByTag(TAG));
      const { value, tookMs } = await store.ended(read(other));
      expect(value?.value).toBe(source.value);
      expect(tookMs).toBeLessThanOrEqual(READ_BUDGET_MS);
    });

    it.each([
      ['before the record is sent', 'request', 'hit'],
      ['before the answer comes', 'answer', 'miss'],
    ] as const)(
      'its invalidation is recorded or not, never half: %s',
      async (_when, late, outcome) => {
        const [process, other] = [await store.join(), await store.join()];
        for (const key of [KEY, OTHER]) await fill(process, key);
        process.chaos.fault('append', { kind: 'delay', ms: 1_000_000, late });
        void process.cache.invalidateCacheByTag(TAG).catch(() => undefined);
        await store.pass(100);
        kill(process);
        await store.pass(SECOND);
        const { value } = await store.ended(
          Promise.all([KEY, OTHER].map((key) => read(other, key))),
        );
        expect(value?.map((one) => one.outcome)).toEqual([outcome, outcome]);
      },
    );

    it('what it wrote of an entry is a whole one, or nothing', async () => {
      const [process, other] = [await store.join(), await store.join()];
      process.chaos.fault('fenced', { kind: 'hang' });
      await store.ended(read(process));
      kill(process);
      source.value = `new ${MARK}`;
      const { value } = await store.ended(read(other));
      expect(value).toMatchObject({ value: source.value, outcome: 'miss' });
    });
  });

  describe('memory and queue limits', () => {
    it('a full queue becomes a clear: too much is invalid, never too little', async () => {
      const process = await store.join({ l1MaxBytes: 2 ** 20, maxQueuedInvalidations: 3 });
      const other = await store.join();
      const keys = Array.from({ length: 10 }, (_, i) => `${KEY}:${i}`);
      for (const key of [...keys, OTHER]) await fill(process, key);
      process.chaos.fault('append', { kind: 'throw' });
      for (const key of keys) {
        process.cache.invalidateCacheByPattern(`*${key.slice(4)}`).catch(idle);
        await store.pass(10);
      }
      await store.pass(3 * SECOND);
      expect((await store.ended(process.cache.status())).value?.journal.queued).toBe(4);
      source.value = `new ${MARK}`;
      for (const key of keys) {
        expect((await store.ended(read(process, key))).value?.value).toBe(source.value);
      }
      process.chaos.heal();
      await store.pass(3 * SECOND);
      for (const key of [...keys, OTHER]) {
        expect((await store.ended(read(other, key))).value?.value).toBe(source.value);
      }
    });

    it('an invalidation after a burst is not lost when the store fails then', async () => {
      const process = await store.join({ l1MaxBytes: 2 ** 20, maxQueuedInvalidations: 3 });
      await fill(process);
      process.chaos.fault('append', { kind: 'throw' });
      for (let i = 0; i < 10; i++) {
        process.cache.invalidateCacheByPattern(`*burst:${i}`).catch(idle);
      }
      await store.pass(20);
      process.cache.invalidateCache(KEY).catch(idle);
      await store.pass(3 * SECOND);
      source.value = `new ${MARK}`;
      expect((await store.ended(read(process))).value?.value).toBe(source.value);
      process.chaos.heal();
      await store.pass(30 * SECOND, 50);
      expect((await store.ended(read(await store.join()))).value?.value).toBe(source.value);
    });

    it('an invalidation that was queued is recorded, or said to be lost when the cache is closed', async () => {
      const process = await store.join();
      process.chaos.fault('append', { kind: 'throw' });
      await store.ended(process.cache.invalidateCache(KEY));
      await store.ended(process.cache.close());
      expect(process.said(/1 invalidations were never recorded/)).toHaveLength(1);
    });

    it('the own tier stays within its bytes', async () => {
      const process = await store.join({ l1MaxBytes: 100_000 });
      source.value = MARK.repeat(500);
      for (let i = 0; i < 100; i++) await store.ended(read(process, `${KEY}:${i}`));
      const { value } = await store.ended(process.cache.status());
      expect(value?.l1.bytes).toBeLessThanOrEqual(100_000);
      expect(value?.l1.entries).toBeGreaterThan(5);
    });

    it('a value that is too large is returned, not stored', async () => {
      const process = await store.join({ maxValueBytes: 1_000 });
      source.value = MARK.repeat(500);
      expect((await store.ended(read(process))).value?.value).toBe(source.value);
      expect((await store.ended(read(process))).value?.outcome).toBe('miss');
      expect((await process.faults())['value-refused']).toBe(1);
    });
  });
});
