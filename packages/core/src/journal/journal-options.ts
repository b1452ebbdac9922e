import type { Clock } from '../clock/clock.js';
import type { CacheError } from '../errors/cache.error.js';
import type { NameProtection } from '../protection/name-protection.js';
import { COVER_HASH } from '../validity/cover-hash.js';
import { FORMAT } from './format.js';
import type { IJournalLog } from './journal-log.js';

/** How a process follows and writes the journal of a namespace. */
export interface JournalOptions {
  /** The log's own; part of every token. */
  readonly namespace: string;
  readonly log: IJournalLog;
  readonly clock: Clock;
  readonly random: () => number;
  /** A power of two; 8 bytes each. */
  readonly sketchSlots: number;
  readonly maxQueued: number;
  /** How long an invalidation waits for the store before it resolves as queued. */
  readonly deadlineMs: number;
  /** Link age from which eventual reads no longer trust the position. */
  readonly blindAfterMs: number;
  /**
   * The store never loses a record that it acknowledged (each write reaches its disk or a replica that takes over), so
   * that a restart or a failover is no reason to refuse what is cached. Constant for the life of a namespace.
   */
  readonly durable?: boolean | undefined;
  /** Pairs of cover hashes that one record may hold. Default: `MAX_RECORD_HASHES`. */
  readonly maxHashes?: number;
  /** Where hashes are made with a secret: its mark, once it is there. */
  readonly marks?: Pick<NameProtection, 'mark' | 'knows'> | undefined;
  readonly onEpochChange: () => void;
  /** The namespace must not be used from now on, or may be again. */
  readonly onRefusal?: (refusal: CacheError | null) => void;
  /** An attempt to record invalidations has ended: with why the store did not take them, or with nothing. */
  readonly onAttempt?: (failure?: unknown) => void;
}

/** What is the same in all processes of a namespace, in one word. */
export function constantsOf({ durable, marks }: ConstantsOptions): string {
  return wordOf(marks?.mark ?? COVER_HASH, durable);
}

/** Whether a journal with this word can be followed: hashes of it are made with a secret that is known here. */
export function knowsConstants(constants: string, { durable, marks }: ConstantsOptions): boolean {
  const mark = constants.split(';')[1] ?? '';
  return marks !== undefined && constants === wordOf(mark, durable) && marks.knows(mark);
}

type ConstantsOptions = Pick<JournalOptions, 'durable' | 'marks'>;

function wordOf(mark: string, isDurable = false): string {
  return `${FORMAT};${mark}${isDurable ? ';durable' : ''}`;
}
