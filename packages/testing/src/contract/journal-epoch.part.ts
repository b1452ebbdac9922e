import assert from 'node:assert/strict';

import { compareEpochs, isSameEpoch, type IJournalLog, type JournalHead } from '@vitalcache/core';

import { begin, CONSTANTS, oneHash, type JournalPart } from './journal-harness.js';

const FAR = 9_000_000_000_000_000;

/** `open`, `advanceEpoch`. */
export const journalEpochPart: JournalPart = (it) => {
  it('open begins with a genesis that names its own epoch', async ({ logs: [log] }) => {
    const { record, incarnation } = await log.open(CONSTANTS, 0);
    assert.equal(record.body.kind, 'genesis');
    assert.equal(record.previous, null);
    assert.equal(record.constants, CONSTANTS);
    assert.equal(record.incarnation, incarnation);
    assert.ok(incarnation.length > 0);
    assert.deepEqual(record.epoch, { stamp: record.stamp, nonce: record.nonce });
    assert.ok(Number.isSafeInteger(record.stamp));
  });

  it('open begins no earlier than it is told', async ({ logs: [log] }) => {
    const { record } = await log.open(CONSTANTS, FAR);
    assert.equal(record.stamp, FAR);
    const next = await log.append(oneHash(1), 1);
    assert.equal(next?.stamp, FAR + 1);
  });

  it('open of a log that exists answers with its head, whatever the constants', async ({
    logs,
  }) => {
    const { records } = await begin(logs[0], 3);
    const { record } = await logs[1].open('2;other', FAR);
    assert.deepEqual([record.stamp, record.nonce], [records[2]?.stamp, 3]);
    assert.equal(record.constants, CONSTANTS);
  });

  it('concurrent openers find one genesis', async ({ logs }) => {
    const heads = await Promise.all(
      Array.from({ length: 50 }, (_, i) => (logs[i % 2] as IJournalLog).open(CONSTANTS, 0)),
    );
    assertOneEpoch(heads);
    assert.equal((await logs[0].read(0, 100)).records.length, 1);
  });

  it('advanceEpoch begins a later epoch, from which appends go on', async ({ logs: [log] }) => {
    const { head, records } = await begin(log, 2);
    const next = await log.advanceEpoch(head.record.epoch, '2;next', 0);
    assert.equal(next.record.body.kind, 'genesis');
    assert.equal(next.record.previous, null);
    assert.equal(next.record.constants, '2;next');
    assert.ok(next.record.stamp > (records[1]?.stamp ?? Infinity));
    assert.ok(compareEpochs(next.record.epoch, head.record.epoch) > 0);
    const record = await log.append(oneHash(3), 3);
    assert.deepEqual(record?.epoch, next.record.epoch);
    assert.deepEqual(record?.previous, { stamp: next.record.stamp, nonce: next.record.nonce });
    assert.equal(record?.constants, '2;next');
  });

  it('advanceEpoch begins no earlier than it is told', async ({ logs: [log] }) => {
    const { head } = await begin(log);
    const next = await log.advanceEpoch(head.record.epoch, CONSTANTS, FAR);
    assert.equal(next.record.stamp, FAR);
  });

  it('advanceEpoch from an epoch that is no longer current changes nothing', async ({
    logs: [log],
  }) => {
    const { head } = await begin(log, 1);
    const other = {
      stamp: head.record.epoch.stamp,
      nonce: (head.record.epoch.nonce + 1) % 2 ** 32,
    };
    for (const expected of [null, other, { stamp: 0, nonce: 0 }]) {
      const found = await log.advanceEpoch(expected, '2;next', FAR);
      assert.deepEqual(found.record.epoch, head.record.epoch);
      assert.equal(found.record.nonce, 1);
    }
  });

  it('advanceEpoch of a log that does not exist begins one', async ({ logs: [log] }) => {
    const { record } = await log.advanceEpoch(null, CONSTANTS, 0);
    assert.equal(record.body.kind, 'genesis');
  });

  it('advanceEpoch by many at once has one winner, whose epoch all others see', async ({
    logs,
  }) => {
    const { head } = await begin(logs[0], 3);
    const heads = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (logs[i % 2] as IJournalLog).advanceEpoch(head.record.epoch, CONSTANTS, 0),
      ),
    );
    assertOneEpoch(heads);
    assert.ok(compareEpochs((heads[0] as JournalHead).record.epoch, head.record.epoch) > 0);
    const { records } = await logs[0].read(0, 100);
    assert.equal(records.filter(({ body }) => body.kind === 'genesis').length, 2);
  });
};

function assertOneEpoch(heads: readonly JournalHead[]): void {
  const [first] = heads as [JournalHead];
  assert.ok(heads.every(({ record }) => isSameEpoch(record.epoch, first.record.epoch)));
}
