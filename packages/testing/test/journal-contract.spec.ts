import { InProcessJournalLog, type Coverage, type Epoch } from '@vitalcache/core';

import { describeJournalLog, type JournalAbility } from '../src/index.js';
import { outcomeOf, type Outcome } from './collecting-runner.js';
import { PollingLog } from './polling-log.js';

type Make = new () => InProcessJournalLog;

/** What the contract suite says of a log. */
function judge(Log: Make): Promise<Outcome> {
  const absent: JournalAbility = new Log() instanceof PollingLog ? 'onAppend' : 'poll';
  return outcomeOf(() =>
    describeJournalLog(
      'it',
      () => {
        const log = new Log();
        return { logs: [log, log], release: () => Promise.resolve() };
      },
      { lacks: [absent, 'wipe', 'trim', 'restart'] },
    ),
  );
}

const FLAWS: readonly (readonly [string, RegExp, Make])[] = [
  [
    'draws nonces of its own',
    /keeps the nonce/,
    class extends InProcessJournalLog {
      override append = (coverage: Coverage) => super.append(coverage, 1);
    },
  ],
  [
    'loses the high half of hashes',
    /read gives back 3 hashes/,
    class extends InProcessJournalLog {
      override append(coverage: Coverage, nonce: number) {
        if (coverage.kind !== 'hashes') return super.append(coverage, nonce);
        const hashes = coverage.hashes.map((half, i) => (i % 2 === 1 ? 0 : half));
        return super.append({ kind: 'hashes', hashes }, nonce);
      }
    },
  ],
  [
    'loses how soft an invalidation is',
    /read gives back softly 1 hashes/,
    class extends InProcessJournalLog {
      override append({ isSoft: _, ...coverage }: Coverage, nonce: number) {
        return super.append(coverage, nonce);
      }
    },
  ],
  [
    'loses how long an invalidation settles',
    /read gives back settling for 1500 ms 2 hashes/,
    class extends InProcessJournalLog {
      override append({ settleMs: _, ...coverage }: Coverage, nonce: number) {
        return super.append(coverage, nonce);
      }
    },
  ],
  [
    'begins a log in append',
    /append to a log that does not exist/,
    class extends InProcessJournalLog {
      override async append(coverage: Coverage, nonce: number) {
        await this.open('1;contract', 0);
        return super.append(coverage, nonce);
      }
    },
  ],
  [
    'gives one stamp to records of one millisecond',
    /make one chain with rising stamps/,
    class extends InProcessJournalLog {
      override async read(after: number, limit: number) {
        const { records, head } = await super.read(after, limit);
        const rounded = records.map((record) => ({
          ...record,
          stamp: record.stamp - (record.stamp % 1_000),
        }));
        return { records: rounded, head };
      }
    },
  ],
  [
    'takes the end of a page for the head',
    /read pages through the log and tells the head/,
    class extends InProcessJournalLog {
      override async read(after: number, limit: number) {
        const { records, head } = await super.read(after, limit);
        const last = records.at(-1);
        return { records, head: head && last ? { ...head, record: last } : head };
      }
    },
  ],
  [
    'reads backwards from the oldest',
    /readBackwards pages down/,
    class extends InProcessJournalLog {
      override readBackwards = async (before: number, limit: number) =>
        [...(await super.readBackwards(before, limit))].reverse();
    },
  ],
  [
    'begins anew at each open',
    /concurrent openers find one genesis/,
    class extends InProcessJournalLog {
      override async open(constants: string, atLeast: number) {
        const head = await super.open(constants, atLeast);
        return this.advanceEpoch(head.record.epoch, constants, atLeast);
      }
    },
  ],
  [
    'opens earlier than it is told',
    /open begins no earlier/,
    class extends InProcessJournalLog {
      override open = (constants: string) => super.open(constants, 0);
    },
  ],
  [
    'advances whatever was expected',
    /no longer current changes nothing/,
    class extends InProcessJournalLog {
      override async advanceEpoch(_: Epoch | null, constants: string, atLeast: number) {
        const { head } = await this.read(0, 1);
        return super.advanceEpoch(head?.record.epoch ?? null, constants, atLeast);
      }
    },
  ],
  [
    'reads before it compares the epoch',
    /has one winner/,
    class extends InProcessJournalLog {
      #calls = 0;
      override async advanceEpoch(expected: Epoch | null, constants: string, atLeast: number) {
        const { head } = await this.read(0, 1);
        const isExpected = head?.record.epoch.nonce === expected?.nonce;
        await new Promise((resolve) => setTimeout(resolve, this.#calls++ % 5));
        const now = (await this.read(0, 1)).head?.record.epoch ?? null;
        return super.advanceEpoch(isExpected ? now : expected, constants, atLeast);
      }
    },
  ],
  [
    'calls listeners late',
    /onAppend calls before the append resolves/,
    class extends InProcessJournalLog {
      override onAppend(listener: Parameters<InProcessJournalLog['onAppend']>[0]) {
        return super.onAppend((record) => void setImmediate(() => listener(record)));
      }
    },
  ],
  [
    'polls without waiting',
    /poll answers, empty but with the head/,
    class extends PollingLog {
      override poll = (after: number, limit: number) => super.poll(after, limit, 0);
    },
  ],
  [
    'polls without a head',
    /poll is woken by an append and sees it as the head/,
    class extends PollingLog {
      override poll = async (after: number, limit: number, waitMs: number) => ({
        ...(await super.poll(after, limit, waitMs)),
        head: null,
      });
    },
  ],
  [
    'polls without a limit',
    /poll returns at most as many/,
    class extends PollingLog {
      override poll = (after: number, _: number, waitMs: number) => super.poll(after, 100, waitMs);
    },
  ],
  [
    'lacks what it should have',
    /are those that it is said to have/,
    class extends InProcessJournalLog {
      override onAppend = undefined as unknown as InProcessJournalLog['onAppend'];
    },
  ],
];

describe('describeJournalLog', () => {
  it.each([InProcessJournalLog, PollingLog])('passes %p', async (Log) => {
    const { passed, failed } = await judge(Log);
    expect(failed).toEqual([]);
    expect(passed.length).toBeGreaterThan(20);
  });

  it.each(FLAWS)('fails a log that %s', async (_, test, Log) => {
    const { failed } = await judge(Log);
    expect(failed.filter((name) => test.test(name))).toHaveLength(1);
  });
});
