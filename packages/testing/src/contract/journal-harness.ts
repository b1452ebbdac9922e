import type { IJournalLog, JournalHead, JournalRecord } from '@vitalcache/core';

/** One journal under test, used by nobody else, and what can be done to it. */
export interface JournalHarness {
  /** Two logs of the same journal, on connections of their own where there are connections. May be the same object. */
  readonly logs: readonly [IJournalLog, IJournalLog];
  /** Deletes the journal behind the logs' back. */
  readonly wipe?: () => Promise<void>;
  /** Drops the oldest records, keeping about `keep`. */
  readonly trim?: (keep: number) => Promise<void>;
  /** Gives the store another incarnation while the journal stays, such as a restart from disk. */
  readonly restart?: () => Promise<void>;
  /** Gives back what the harness opened. */
  readonly release: () => Promise<void>;
}

/** What a log, or the harness of its store, may be without. */
export type JournalAbility = 'poll' | 'onAppend' | 'wipe' | 'trim' | 'restart';

export interface JournalContractOptions {
  /** What the log or the harness can't do. What is missing without being named here fails. */
  readonly lacks?: readonly JournalAbility[];
  /** Bound on one test, milliseconds; 60 000 if absent. */
  readonly timeoutMs?: number;
}

/** A part of the suite: declares tests that get a journal of their own. */
export type JournalPart = (
  it: (name: string, body: (harness: JournalHarness) => Promise<void>) => void,
) => void;

/** Constants that the suite gives its journals. */
export const CONSTANTS = '1;contract';

/** Hashes record of one cover hash. */
export function oneHash(low: number, high = 0): { kind: 'hashes'; hashes: Uint32Array } {
  return { kind: 'hashes', hashes: Uint32Array.of(low, high) };
}

/**
 * Opens the journal and appends `count` records with nonces 1, 2, ...; resolves with the head and the records.
 * @throws Error if an append was refused
 */
export async function begin(
  log: IJournalLog,
  count = 0,
): Promise<{ head: JournalHead; records: JournalRecord[] }> {
  const head = await log.open(CONSTANTS, 0);
  const records: JournalRecord[] = [];
  for (let i = 1; i <= count; i++) {
    const record = await log.append(oneHash(i), i);
    if (!record) throw new Error('an append to an open journal was refused');
    records.push(record);
  }
  return { head, records };
}
