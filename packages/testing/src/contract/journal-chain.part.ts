import assert from 'node:assert/strict';

import type { Coverage, IJournalLog, JournalRecord } from '@vitalcache/core';

import { begin, CONSTANTS, oneHash, type JournalPart } from './journal-harness.js';

const COVERAGES: readonly Coverage[] = [
  {
    kind: 'hashes',
    hashes: Uint32Array.of(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xdead_beef),
  },
  {
    kind: 'hashes',
    hashes: Uint32Array.from({ length: 2 * 1024 }, (_, i) => (i * 2_654_435_761) % 2 ** 32),
  },
  { kind: 'glob', pattern: 'users:*:[a-c]?\\*' },
  { kind: 'glob', pattern: 'Zoë:*:\u{1F9EA}' },
  { kind: 'clear' },
  { kind: 'hashes', hashes: Uint32Array.of(1, 2), isSoft: true },
  { kind: 'hashes', hashes: Uint32Array.of(3, 4, 5, 6), settleMs: 1_500 },
  { kind: 'glob', pattern: 'soft:*', isSoft: true, settleMs: 60_000 },
  { kind: 'clear', isSoft: true },
  { kind: 'clear', settleMs: 1 },
];

/** `append`, `read`, `readBackwards`: one linked chain. */
export const journalChainPart: JournalPart = (it) => {
  it('append links each record to the one before and keeps the nonce', async ({ logs: [log] }) => {
    const { head, records } = await begin(log, 5);
    let previous = head.record;
    for (const [i, record] of records.entries()) {
      assert.deepEqual(record.previous, { stamp: previous.stamp, nonce: previous.nonce });
      assert.ok(record.stamp > previous.stamp);
      assert.ok(Number.isSafeInteger(record.stamp));
      assert.equal(record.nonce, i + 1);
      assert.deepEqual(record.epoch, head.record.epoch);
      assert.equal(record.constants, CONSTANTS);
      assert.equal(record.incarnation, head.incarnation);
      previous = record;
    }
  });

  for (const coverage of COVERAGES) {
    it(`read gives back ${describeCoverage(coverage)} as it was appended`, async ({
      logs: [log, other],
    }) => {
      const { head } = await begin(log);
      const appended = await log.append(coverage, 0xffff_ffff);
      const slice = await other.read(head.record.stamp, 10);
      assert.equal(slice.records.length, 1);
      assertSameRecord(slice.records[0], appended);
      assertSameRecord(slice.head?.record, appended);
      assert.deepEqual(plain(slice.records[0]).body, plainBody(coverage));
    });
  }

  it('read pages through the log and tells the head each time', async ({ logs: [log, other] }) => {
    const { head, records } = await begin(log, 25);
    const seen: JournalRecord[] = [];
    for (const size of [10, 10, 5]) {
      const slice = await other.read(seen.at(-1)?.stamp ?? head.record.stamp, 10);
      assert.equal(slice.records.length, size);
      assertSameRecord(slice.head?.record, records.at(-1));
      seen.push(...slice.records);
    }
    assert.deepEqual(seen.map(plain), records.map(plain));
  });

  it('read of a log that does not exist has no head', async ({ logs: [log] }) => {
    assert.deepEqual(await log.read(0, 10), { records: [], head: null });
  });

  it('readBackwards pages down to the genesis', async ({ logs: [log, other] }) => {
    const { head, records } = await begin(log, 25);
    const seen: JournalRecord[] = [];
    for (const size of [10, 10, 6]) {
      const before = seen.at(-1)?.stamp ?? (records.at(-1)?.stamp ?? 0) + 1;
      const page = await other.readBackwards(before, 10);
      assert.equal(page.length, size);
      seen.push(...page);
    }
    assert.deepEqual(seen.map(plain), [head.record, ...records].reverse().map(plain));
    assert.equal(seen.at(-1)?.body.kind, 'genesis');
    assert.equal(seen.at(-1)?.previous, null);
  });

  it('append to a log that does not exist answers null and writes nothing', async ({
    logs: [log],
  }) => {
    assert.equal(await log.append(oneHash(1), 1), null);
    assert.deepEqual(await log.read(0, 10), { records: [], head: null });
  });

  it('1 000 concurrent appends of two writers make one chain with rising stamps', async ({
    logs,
  }) => {
    const { head } = await begin(logs[0]);
    const nonces = Array.from({ length: 1_000 }, (_, i) => i + 1);
    const appended = await Promise.all(
      nonces.map((nonce) => (logs[nonce % 2] as IJournalLog).append(oneHash(nonce), nonce)),
    );
    const { records } = await logs[1].read(head.record.stamp, 2_000);
    assert.equal(records.length, 1_000);
    let previous = head.record;
    for (const record of records) {
      assert.ok(record.stamp > previous.stamp);
      assert.deepEqual(record.previous, { stamp: previous.stamp, nonce: previous.nonce });
      assert.deepEqual(plainBody(record.body), plainBody(oneHash(record.nonce)));
      previous = record;
    }
    const byNonce = new Map(records.map((record) => [record.nonce, record]));
    assert.equal(byNonce.size, 1_000);
    for (const record of appended) assertSameRecord(record, byNonce.get(record?.nonce ?? -1));
  });
};

function describeCoverage(coverage: Coverage): string {
  const { isSoft, settleMs } = coverage;
  const terms = `${isSoft ? 'softly ' : ''}${settleMs ? `settling for ${settleMs} ms ` : ''}`;
  if (coverage.kind === 'hashes') return `${terms}${coverage.hashes.length / 2} hashes`;
  if (terms) return `${terms}a ${coverage.kind} record`;
  return coverage.kind === 'glob' ? `the pattern ${coverage.pattern}` : `a ${coverage.kind} record`;
}

function assertSameRecord(
  actual: JournalRecord | null | undefined,
  expected: JournalRecord | null | undefined,
): void {
  assert.ok(actual && expected);
  assert.deepEqual(plain(actual), plain(expected));
}

/** A record with plain arrays, so that only content is compared. */
function plain(record: JournalRecord | undefined): { body: unknown } {
  assert.ok(record);
  return { ...record, body: plainBody(record.body) };
}

function plainBody(body: JournalRecord['body']): unknown {
  return body.kind === 'hashes' ? { ...body, hashes: [...body.hashes] } : { ...body };
}
