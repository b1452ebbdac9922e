import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import {
  isCacheError,
  type IJournalLog,
  type JournalRecord,
  type JournalSlice,
} from '@vitalcache/core';

import { begin, CONSTANTS, oneHash, type JournalPart } from './journal-harness.js';

const LONG_MS = 20_000;

/** `poll`, `stopPolling`: following a log in a shared store. */
export const journalPollPart: JournalPart = (it) => {
  it('poll answers at once with what is already there', async ({ logs: [log, tail] }) => {
    const { head, records } = await begin(log, 3);
    const slice = await poll(tail, head.record.stamp, LONG_MS);
    assert.deepEqual(noncesOf(slice.records), [1, 2, 3]);
    assert.equal(slice.head?.record.stamp, records[2]?.stamp);
    assert.equal(slice.head?.incarnation, head.incarnation);
  });

  it('poll is woken by an append and sees it as the head', async ({ logs: [log, tail] }) => {
    const { head } = await begin(log);
    const waiting = poll(tail, head.record.stamp, LONG_MS);
    assert.equal(await Promise.race([waiting, delay(100, 'still waiting')]), 'still waiting');
    const record = await log.append(oneHash(7), 7);
    const slice = await waiting;
    assert.deepEqual(noncesOf(slice.records), [7]);
    assert.equal(slice.head?.record.stamp, record?.stamp);
  });

  it('poll answers, empty but with the head, when nothing comes in time', async ({
    logs: [log, tail],
  }) => {
    const { records } = await begin(log, 1);
    const stamp = records[0]?.stamp ?? 0;
    const began = performance.now();
    const slice = await poll(tail, stamp, 300);
    assert.ok(performance.now() - began >= 250, 'it did not wait');
    assert.deepEqual(slice.records, []);
    assert.equal(slice.head?.record.stamp, stamp);
  });

  it('poll returns at most as many records as it was asked for', async ({ logs: [log, tail] }) => {
    const { head, records } = await begin(log, 5);
    const slice = await poll(tail, head.record.stamp, LONG_MS, 2);
    assert.deepEqual(noncesOf(slice.records), [1, 2]);
    assert.equal(slice.head?.record.stamp, records[4]?.stamp);
  });

  it('poll does not hold up commands of the same log', async ({ logs: [log] }) => {
    const { head } = await begin(log);
    const waiting = poll(log, head.record.stamp, LONG_MS);
    await log.read(0, 10);
    const record = await log.append(oneHash(1), 1);
    assert.equal((await waiting).head?.record.stamp, record?.stamp);
  });

  it('poll of a log that does not exist says so', async ({ logs: [, tail] }) => {
    assert.deepEqual(await poll(tail, 0, 50), { records: [], head: null });
  });

  it('stopPolling ends a running poll with CLOSED, and polling can begin again', async ({
    logs: [log, tail],
  }) => {
    const { head } = await begin(log);
    const ended = poll(tail, head.record.stamp, LONG_MS).catch((error: unknown) => error);
    await delay(20);
    await tail.stopPolling?.();
    assert.ok(isCacheError(await ended, 'CLOSED'));
    await log.append(oneHash(1), 1);
    const slice = await poll(tail, head.record.stamp, LONG_MS);
    assert.deepEqual(noncesOf(slice.records), [1]);
  });

  it('stopPolling of a log that does not poll does nothing', async ({ logs: [log] }) => {
    await log.stopPolling?.();
    assert.equal((await log.open(CONSTANTS, 0)).record.body.kind, 'genesis');
  });
};

/** `onAppend`: following a log in this process. */
export const journalListenerPart: JournalPart = (it) => {
  it('onAppend calls before the append resolves, in order, until it is stopped', async ({
    logs: [log, other],
  }) => {
    const seen: JournalRecord[] = [];
    const stop = log.onAppend?.((record) => seen.push(record));
    const { head, records } = await begin(other, 2);
    assert.deepEqual(seen, [head.record, ...records]);
    stop?.();
    await other.append(oneHash(3), 3);
    assert.equal(seen.length, 3);
  });
};

async function poll(
  log: IJournalLog,
  after: number,
  waitMs: number,
  limit = 100,
): Promise<JournalSlice> {
  const slice = await log.poll?.(after, limit, waitMs);
  assert.ok(slice);
  return slice;
}

function noncesOf(records: readonly JournalRecord[]): number[] {
  return records.map(({ nonce }) => nonce);
}
