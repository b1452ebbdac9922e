import assert from 'node:assert/strict';

import { isCacheError, isSameEpoch, type IJournalLog } from '@vitalcache/core';

import { begin, CONSTANTS, oneHash, type JournalPart } from './journal-harness.js';
import { until } from './until.js';

/** What must show when the journal was deleted behind the logs' back. */
export const journalWipePart: JournalPart = (it) => {
  it('a deleted log has no head and takes no appends', async ({ logs: [log, tail], wipe }) => {
    await begin(log, 3);
    await wipe?.();
    assert.equal((await tail.read(0, 10)).head, null);
    assert.equal((await tail.poll?.(0, 10, 50))?.head ?? null, null);
    assert.equal(await log.append(oneHash(4), 4), null);
    assert.equal((await tail.read(0, 10)).head, null);
  });

  it('a deleted and recreated log shows by its epoch and nonce', async ({
    logs: [log, tail],
    wipe,
  }) => {
    const { head, records } = await begin(log, 3);
    const last = records[2]?.stamp ?? 0;
    await wipe?.();
    const begun = await tail.open(CONSTANTS, last + 1);
    assert.ok(begun.record.stamp > last);
    assert.ok(!isSameEpoch(begun.record.epoch, head.record.epoch));
    const record = await log.append(oneHash(4), 4);
    const slice = await tail.read(last, 10);
    assert.deepEqual(slice.head?.record.epoch, begun.record.epoch);
    assert.deepEqual(record?.previous, { stamp: begun.record.stamp, nonce: begun.record.nonce });
  });
};

/** What must show when old records were dropped. */
export const journalTrimPart: JournalPart = (it) => {
  it('a trimmed log keeps its newest records and their links', async ({
    logs: [log, tail],
    trim,
  }) => {
    const { head, records } = await begin(log, 500);
    await trim?.(10);
    const kept = await tail.readBackwards(Number.MAX_SAFE_INTEGER, 1_000);
    assert.ok(kept.length >= 10 && kept.length < 500, `${kept.length} kept`);
    assert.equal(kept[0]?.nonce, 500);
    const oldest = kept.at(-1);
    assert.ok(
      (oldest?.previous?.stamp ?? 0) > head.record.stamp,
      'the link leads before what is kept',
    );
    const slice = await tail.read(head.record.stamp, 1_000);
    assert.equal(slice.records[0]?.stamp, oldest?.stamp);
    const next = await log.append(oneHash(1), 501);
    assert.equal(next?.previous?.stamp, records[499]?.stamp);
    assert.deepEqual(next?.epoch, head.record.epoch);
  });
};

/** What must show when the store came back as another incarnation. */
export const journalRestartPart: JournalPart = (it) => {
  it('a log of another incarnation takes no append until the epoch is advanced', async ({
    logs,
    restart,
  }) => {
    const [log, tail] = logs;
    const { head } = await begin(log, 3);
    await restart?.();
    await Promise.all(logs.map(comesBack));

    assert.equal(await log.append(oneHash(4), 4), null);
    const found = await tail.open(CONSTANTS, 0);
    assert.equal(found.record.nonce, 3, 'the journal itself was kept');
    assert.equal(found.record.incarnation, head.incarnation);
    assert.notEqual(found.incarnation, head.incarnation);

    const next = await tail.advanceEpoch(found.record.epoch, CONSTANTS, 0);
    assert.equal(next.record.incarnation, found.incarnation);
    const record = await log.append(oneHash(4), 4);
    assert.equal(record?.incarnation, found.incarnation);
    const slice = await tail.poll?.(next.record.stamp, 10, 1_000);
    assert.equal(slice?.head?.incarnation ?? found.incarnation, found.incarnation);
  });

  it('a durable append goes on from what another incarnation took', async ({ logs, restart }) => {
    const [log, tail] = logs;
    const { head, records } = await begin(log, 3);
    await restart?.();
    await Promise.all(logs.map(comesBack));

    const record = await log.append(oneHash(4), 4, true);
    assert.deepEqual(record?.epoch, head.record.epoch);
    assert.deepEqual(record.previous, { stamp: records[2]?.stamp, nonce: 3 });
    assert.notEqual(record.incarnation, head.incarnation);
    const slice = await tail.read(records[2]?.stamp ?? 0, 10);
    assert.equal(slice.records[0]?.incarnation, record.incarnation);
    assert.equal(slice.head?.incarnation, record.incarnation);
    assert.equal((await log.append(oneHash(5), 5))?.previous?.stamp, record.stamp);
  });
};

async function comesBack(log: IJournalLog): Promise<void> {
  await until('the store answers again', () =>
    log.read(0, 1).then(
      () => true,
      (error: unknown) => {
        if (isCacheError(error)) return false;
        throw error;
      },
    ),
  );
}
