import { setImmediate as turn } from 'node:timers/promises';

import { capabilitiesOf, CacheError, type Coverage, type IJournalLog } from '@vitalcache/core';

import { PlainProvider } from '../../test/plain-provider.js';
import { describeCacheProvider } from '../contract/cache-provider.contract.js';
import { describeJournalLog } from '../contract/journal-log.contract.js';
import { FakeClock } from '../fake-clock.js';
import { storeError, type ChaosOperation } from './chaos.fault.js';
import { ChaosProvider } from './chaos.provider.js';

const BYTES = Uint8Array.of(1, 2, 3, 4);
const TAG: Coverage = { kind: 'hashes', hashes: Uint32Array.of(7, 8) };
const ITEM = { key: 'k', value: BYTES, ttlMs: 60_000 };

type Complete = ChaosProvider & { [Name in keyof ChaosProvider]-?: ChaosProvider[Name] };
const logOf = (chaos: ChaosProvider) => (chaos as Complete).journal('ns') as Required<IJournalLog>;

async function chaotic() {
  const clock = new FakeClock();
  const inner = new PlainProvider(clock.now);
  const chaos = new ChaosProvider(inner, { clock, random: () => 0.5 }) as Complete;
  const log = logOf(chaos);
  const { record: genesis } = await log.open('1;x', 0);
  return { clock, inner, chaos, log, genesis };
}

/** One call of each operation, as a cache makes it. */
const CALLS: Readonly<
  Record<
    Exclude<ChaosOperation, 'tagIndex' | 'status'>,
    (chaos: Complete, log: Required<IJournalLog>) => Promise<unknown>
  >
> = {
  connect: (chaos) => chaos.connect(),
  get: (chaos) => chaos.get('k'),
  set: (chaos) => chaos.set('k', BYTES, 1_000),
  del: (chaos) => chaos.del('k'),
  batch: (chaos) => chaos.getMany(['k']),
  sweep: (chaos) => chaos.invalidateCacheByPattern('*', 1_000),
  fenced: (chaos) => chaos.setFenced(ITEM, 1, 1),
  compare: (chaos) => chaos.setIfUnchanged(ITEM, null),
  lease: (chaos) => chaos.acquireLease('l', BYTES, 1_000),
  index: (chaos) => chaos.addMember('s', 'm', 1_000, 10),
  inspect: (chaos) => chaos.timesLeft(['k']),
  open: (_, log) => log.open('1;x', 0),
  append: (_, log) => log.append(TAG, 1),
  read: (_, log) => log.read(0, 10),
  readBackwards: (_, log) => log.readBackwards(10, 10),
  poll: (_, log) => log.poll(0, 10, 400),
  advance: (_, log) => log.advanceEpoch(null, '1;x', 0),
};

describe('ChaosProvider', () => {
  it('refuses what there is no option of', () => {
    const build = () => new ChaosProvider(new PlainProvider(Date.now), { onCal: 1 } as object);
    expect(build).toThrow('ChaosProvider has no onCal (did you mean onCall?)');
  });

  describeCacheProvider(
    'without faults',
    () => {
      const clock = new FakeClock();
      const provider = new ChaosProvider(new PlainProvider(clock.now), { clock });
      return { provider, prefix: 'p', advance: (ms) => clock.advance(ms) };
    },
    { lacks: ['tagIndex', 'partitions', 'tuning'] },
  );

  describeJournalLog(
    'without faults, and after losses',
    () => {
      const chaos = new ChaosProvider(new PlainProvider(Date.now));
      return {
        logs: [logOf(chaos), logOf(chaos.fork())],
        wipe: () => chaos.lose('journal'),
        restart: () => chaos.failOver(),
        release: async () => chaos.close?.(),
      };
    },
    { lacks: ['onAppend', 'trim'] },
  );

  it('has the capabilities of what it wraps, and no others', async () => {
    const bare = { get: async () => null, set: async () => undefined, del: async () => undefined };
    const { inner, chaos } = await chaotic();
    expect(Object.keys(capabilitiesOf(new ChaosProvider(bare)))).toEqual([]);
    expect(Object.keys(capabilitiesOf(chaos))).toEqual(Object.keys(capabilitiesOf(inner)));
    const indexed = Object.assign(inner, {
      invalidateCacheByTag: async () => ({ removed: 1, complete: true }),
    });
    const wrapped = new ChaosProvider(indexed);
    expect(Object.keys(capabilitiesOf(wrapped))).toEqual(Object.keys(capabilitiesOf(indexed)));
  });

  describe.each(Object.entries(CALLS))('%s', (name, call) => {
    const operation = name as ChaosOperation;

    it('throws what it is told to, alone, and works once healed', async () => {
      const { chaos, log } = await chaotic();
      const before = chaos.calls[operation];
      const error = new Error('vendor');
      chaos.fault(operation, { kind: 'throw', error });
      await expect(call(chaos, log)).rejects.toBe(error);
      for (const [other, callOther] of Object.entries(CALLS)) {
        if (other !== operation) await callOther(chaos, log);
      }
      expect(chaos.calls[operation]).toBe(before + 1);
      chaos.heal(operation);
      await call(chaos, log);
    });

    it('hangs until it is healed, and goes on then', async () => {
      const { chaos, log } = await chaotic();
      chaos.fault(operation, { kind: 'hang' });
      const ended = jest.fn();
      const asked = call(chaos, log).then(ended);
      await turn();
      expect(ended).not.toHaveBeenCalled();
      chaos.heal();
      await asked;
    });

    it('is late by the clock', async () => {
      const { chaos, log, clock } = await chaotic();
      chaos.fault(operation, { kind: 'delay', ms: 500 });
      const ended = jest.fn();
      const asked = call(chaos, log).then(ended);
      clock.advance(499);
      await turn();
      expect(ended).not.toHaveBeenCalled();
      clock.advance(1);
      await asked;
    });
  });

  it('passes on which reads must be the latest, where keys are, and how it is tuned', async () => {
    const told: unknown[] = [];
    const inner = Object.assign(new PlainProvider(Date.now), {
      get: (...args: unknown[]) => Promise.resolve(void told.push(args) as never),
      partitionOf: (key: string) => `store of ${key}`,
      tune: (tuning: unknown) => void told.push(tuning),
    });
    const chaos = new ChaosProvider(inner) as Complete;
    await chaos.get('k', { isLatest: true });
    const tuning = { isBatching: false, isBalanced: true, isScaling: false };
    chaos.tune(tuning);
    expect(told).toEqual([['k', { isLatest: true }], tuning]);
    expect(chaos.partitionOf('k')).toBe('store of k');
  });

  it('tells an outage from a refusal', () => {
    expect(storeError('READONLY').code).toBe('STORE_REFUSED');
    expect(storeError('OOM').code).toBe('STORE_REFUSED');
    expect(storeError('LOADING').code).toBe('STORE_UNAVAILABLE');
    expect(storeError('CLUSTERDOWN').code).toBe('STORE_UNAVAILABLE');
  });

  it('does at once what is only answered late', async () => {
    const { chaos, inner, clock } = await chaotic();
    chaos.fault('set', { kind: 'delay', ms: 500, late: 'answer' });
    const asked = chaos.set('k', BYTES, 60_000);
    expect(await inner.get('k')).toEqual(BYTES);
    clock.advance(500);
    await asked;
  });

  it.each([
    ['flip', Uint8Array.of(1, 2, 2, 4)],
    ['cut', Uint8Array.of(1, 2)],
    [Uint8Array.of(9), Uint8Array.of(9)],
    [(found: Uint8Array) => found.map((byte) => byte + 1), Uint8Array.of(2, 3, 4, 5)],
  ] as const)('corrupts what is read, not what is stored: %s', async (bytes, expected) => {
    const { chaos, inner } = await chaotic();
    await chaos.set('k', BYTES, 60_000);
    chaos.fault('bytes', { kind: 'corrupt', bytes });
    expect(await chaos.get('k')).toEqual(expected);
    expect(await chaos.get('absent')).toBeNull();
    expect(await chaos.getMany(['k', 'absent'])).toEqual([expected, null]);
    expect(await inner.get('k')).toEqual(BYTES);
    chaos.heal();
    expect(await chaos.get('k')).toEqual(BYTES);
    expect(() => chaos.fault('append', { kind: 'corrupt', bytes })).toThrow(CacheError);
  });

  it('lies: claims what it has not done, and finds nothing', async () => {
    const { chaos, inner, log, clock } = await chaotic();
    await inner.set('there', BYTES, 60_000);
    chaos.fault('all', { kind: 'lie' });
    await chaos.set('k', BYTES, 60_000);
    await chaos.setMany([ITEM]);
    expect(await chaos.setFenced(ITEM, 1, 1)).toBe(true);
    expect(await chaos.setIfUnchanged(ITEM, BYTES)).toBe(true);
    expect(await chaos.get('there')).toBeNull();
    expect(await chaos.getMany(['there'])).toEqual([null]);
    expect(await chaos.del('there')).toBe(1);
    expect(await chaos.acquireLease('l', BYTES, 1_000)).toBeNull();
    expect(await chaos.status()).toMatchObject({ connected: true });
    const claimed = await log.append(TAG, 5);
    expect(claimed).toMatchObject({ nonce: 5, body: TAG });
    expect((await log.read(0, 10)).records).toEqual([]);
    const polled = log.poll(0, 10, 400);
    clock.advance(400);
    expect((await polled).records).toEqual([]);
    chaos.heal();
    expect(await inner.getMany(['k', 'l', 'there'])).toEqual([null, null, BYTES]);
    expect((await log.read(0, 10)).records).toHaveLength(1);
  });

  it('polls: waits for a record, breaks while it waits, and can be stopped', async () => {
    const { chaos, log, clock, genesis } = await chaotic();
    const found = log.poll(genesis.stamp, 10, 400);
    await turn();
    await log.append(TAG, 1);
    expect((await found).records).toHaveLength(1);

    const broken = log.poll(genesis.stamp + 1, 10, 400).catch((error: unknown) => error);
    await turn();
    chaos.fault('poll', { kind: 'throw', error: storeError('LOADING') });
    clock.advance(400);
    expect(await broken).toMatchObject({ code: 'STORE_UNAVAILABLE' });

    chaos.fault('poll', { kind: 'hang' });
    const hung = log.poll(0, 10, 400);
    await log.stopPolling();
    await expect(hung).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('loses bytes, journals or both', async () => {
    const { chaos, log, genesis } = await chaotic();
    await chaos.set('k', BYTES, 60_000);
    await chaos.lose('journal');
    expect(await chaos.get('k')).toEqual(BYTES);
    expect((await log.read(0, 10)).head).toBeNull();
    expect(await log.append(TAG, 1)).toBeNull();
    const { record } = await log.open('1;x', genesis.stamp + 1);
    expect(record.stamp).toBeGreaterThan(genesis.stamp);
    await chaos.lose();
    expect(await chaos.get('k')).toBeNull();
  });

  it('fails over to a server that lacks the last records', async () => {
    const { chaos, log } = await chaotic();
    for (const nonce of [1, 2, 3]) await log.append(TAG, nonce);
    await chaos.failOver(2);
    const { records, head } = await log.read(0, 10);
    expect(records.map(({ nonce }) => nonce).slice(1)).toEqual([1]);
    expect(head?.incarnation).not.toBe(head?.record.incarnation);
    expect(await log.append(TAG, 4)).toBeNull();
    expect(await log.append(TAG, 4, true)).toMatchObject({ nonce: 4 });
  });

  it('goes back in time, for all connections', async () => {
    const { chaos, log, clock } = await chaotic();
    await log.append(TAG, 1);
    await chaos.set('k', BYTES, 60_000);
    await chaos.set('short', BYTES, 1_000);
    const before = await chaos.snapshot();
    const other = chaos.fork();
    await other.set('k', Uint8Array.of(9), 60_000);
    await other.set('later', BYTES, 60_000);
    await logOf(other).append(TAG, 2);
    clock.advance(2_000);
    await chaos.rewind(before);
    expect(await other.getMany?.(['k', 'later', 'short'])).toEqual([BYTES, null, null]);
    const { records, head } = await log.read(0, 10);
    expect(records.map(({ nonce }) => nonce).slice(1)).toEqual([1]);
    expect(head?.incarnation).toBe(head?.record.incarnation);
  });

  it('forks: another process has faults, counts and an end of its own', async () => {
    const { chaos } = await chaotic();
    const other = chaos.fork() as Complete;
    chaos.fault('all', { kind: 'throw' });
    await other.set('k', BYTES, 60_000);
    expect([other.calls.set, chaos.calls.set]).toEqual([1, 0]);
    chaos.heal();
    await other.close();
    await expect(other.get('k')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(await chaos.get('k')).toEqual(BYTES);
  });

  it('says of every call that it was asked', async () => {
    const onCall = jest.fn();
    const chaos = new ChaosProvider(new PlainProvider(Date.now), { onCall });
    chaos.fault('get', { kind: 'throw' });
    await chaos.get('k').catch(() => undefined);
    expect(onCall.mock.calls).toEqual([['get']]);
  });

  it('ends what hangs when it is closed, and never rejects a status', async () => {
    const { chaos } = await chaotic();
    chaos.fault('all', { kind: 'hang' });
    const hung = chaos.get('k');
    await chaos.close();
    await expect(hung).rejects.toMatchObject({ code: 'CLOSED' });
    expect(await chaos.status()).toMatchObject({ connected: false });
  });
});
