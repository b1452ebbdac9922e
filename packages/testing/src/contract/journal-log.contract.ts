import assert from 'node:assert/strict';

import { journalChainPart } from './journal-chain.part.js';
import { journalEpochPart } from './journal-epoch.part.js';
import type {
  JournalAbility,
  JournalContractOptions,
  JournalHarness,
  JournalPart,
} from './journal-harness.js';
import { journalRestartPart, journalTrimPart, journalWipePart } from './journal-loss.part.js';
import { journalListenerPart, journalPollPart } from './journal-tail.part.js';
import { runner } from './runner.js';

const PARTS: Readonly<Record<JournalAbility, JournalPart>> = {
  poll: journalPollPart,
  onAppend: journalListenerPart,
  wipe: journalWipePart,
  trim: journalTrimPart,
  restart: journalRestartPart,
};

/**
 * Declares the tests that every `IJournalLog` must pass, on the globals of the test runner.
 *
 * @param makeHarness called for each test; each call must give a journal that does not exist yet
 */
export function describeJournalLog(
  name: string,
  makeHarness: () => JournalHarness | Promise<JournalHarness>,
  { lacks = [], timeoutMs = 60_000 }: JournalContractOptions = {},
): void {
  const { describe, it } = runner();
  const declare = (part: JournalPart): void =>
    part((title, body) => {
      const run = async (): Promise<void> => {
        const harness = await makeHarness();
        await body(harness).finally(() => harness.release());
      };
      it(title, run, timeoutMs);
    });

  describe(`${name}: journal contract`, () => {
    describe('chain', () => declare(journalChainPart));
    describe('epochs', () => declare(journalEpochPart));
    for (const [ability, part] of Object.entries(PARTS)) {
      if (!lacks.includes(ability as JournalAbility)) describe(ability, () => declare(part));
    }
    describe('abilities', () =>
      declare((test) =>
        test('are those that it is said to have', async (harness) => {
          assert.deepEqual(abilitiesOf(harness), Object.keys(PARTS).filter(isNotIn(lacks)).sort());
        }),
      ));
  });
}

function abilitiesOf(harness: JournalHarness): string[] {
  const [log] = harness.logs;
  const isThere: Readonly<Record<JournalAbility, boolean>> = {
    poll: log.poll !== undefined,
    onAppend: log.onAppend !== undefined,
    wipe: harness.wipe !== undefined,
    trim: harness.trim !== undefined,
    restart: harness.restart !== undefined,
  };
  return Object.keys(isThere)
    .filter((ability) => isThere[ability as JournalAbility])
    .sort();
}

function isNotIn(lacks: readonly string[]): (name: string) => boolean {
  return (name) => !lacks.includes(name);
}
