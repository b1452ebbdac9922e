import {
  assertOptionNames,
  capabilitiesOf,
  systemClock,
  type Clock,
  type ICacheProvider,
  type OptionNames,
  type ReadOptions,
} from '@vitalcache/core';

import { ChaosJournalLog } from './chaos-journal.log.js';
import { chaoticCapabilities } from './chaos.capabilities.js';
import type { ChaosFault, ChaosOperation, ChaosTarget } from './chaos.fault.js';
import { ChaosHistory, type ChaosSnapshot } from './chaos.history.js';
import { FaultBoard } from './fault.board.js';

export interface ChaosProviderOptions {
  /** What delays and polls wait on. Absent: the machine's. */
  readonly clock?: Clock;
  /** Uniform in [0, 1), for the nonces of a journal that begins anew. */
  readonly random?: () => number;
  /** Told of every operation when it is asked for, whatever becomes of it. */
  readonly onCall?: (operation: ChaosOperation) => void;
}

const NAMES: OptionNames<ChaosProviderOptions> = { clock: true, random: true, onCall: true };

/**
 * Any provider, with faults that are switched on and off: it has exactly the capabilities of the one it wraps, and
 * behaves as that one until told otherwise. Its journals are polled, also where the wrapped ones can be listened to: a
 * journal that can't be out of reach proves nothing. Once history was lost or rewound, a copy in memory stands for the
 * wrapped journal.
 */
export class ChaosProvider implements ICacheProvider {
  readonly name: string;
  readonly shared?: boolean;
  readonly getMany?: NonNullable<ICacheProvider['getMany']>;
  readonly setMany?: NonNullable<ICacheProvider['setMany']>;
  readonly delMany?: NonNullable<ICacheProvider['delMany']>;
  readonly invalidateCacheByPattern?: NonNullable<ICacheProvider['invalidateCacheByPattern']>;
  readonly invalidateCacheByTag?: NonNullable<ICacheProvider['invalidateCacheByTag']>;
  readonly setFenced?: NonNullable<ICacheProvider['setFenced']>;
  readonly setFencedMany?: NonNullable<ICacheProvider['setFencedMany']>;
  readonly setIfUnchanged?: NonNullable<ICacheProvider['setIfUnchanged']>;
  readonly acquireLease?: NonNullable<ICacheProvider['acquireLease']>;
  readonly releaseLease?: NonNullable<ICacheProvider['releaseLease']>;
  readonly extendLease?: NonNullable<ICacheProvider['extendLease']>;
  readonly addMember?: NonNullable<ICacheProvider['addMember']>;
  readonly membersOf?: NonNullable<ICacheProvider['membersOf']>;
  readonly dropMembers?: NonNullable<ICacheProvider['dropMembers']>;
  readonly visitKeys?: NonNullable<ICacheProvider['visitKeys']>;
  readonly timesLeft?: NonNullable<ICacheProvider['timesLeft']>;
  readonly status?: NonNullable<ICacheProvider['status']>;
  readonly partitionOf?: NonNullable<ICacheProvider['partitionOf']>;
  readonly tune?: NonNullable<ICacheProvider['tune']>;
  readonly journal?: NonNullable<ICacheProvider['journal']>;
  readonly connect?: NonNullable<ICacheProvider['connect']>;
  readonly close?: NonNullable<ICacheProvider['close']>;
  readonly #inner: ICacheProvider;
  readonly #options: Required<ChaosProviderOptions>;
  readonly #board: FaultBoard;
  readonly #history: ChaosHistory;

  /**
   * @param history of the store, known to others of its connections; see {@link fork}
   * @throws CacheError `CONFIG_INVALID` for what there is no option of
   */
  constructor(inner: ICacheProvider, options: ChaosProviderOptions = {}, history?: ChaosHistory) {
    assertOptionNames('ChaosProvider', options, NAMES);
    const { clock = systemClock, random = Math.random, onCall = () => undefined } = options;
    this.#inner = inner;
    this.#options = { clock, random, onCall };
    this.#board = new FaultBoard(clock, onCall);
    this.#history = history ?? new ChaosHistory(inner, { clock, random });
    this.name = inner.name ?? 'custom';
    if (inner.shared !== undefined) this.shared = inner.shared;
    Object.assign(this, chaoticCapabilities(inner, this.#board, this.#history));
    const { journal, managed } = capabilitiesOf(inner);
    if (journal) {
      const logs = new Map<string, ChaosJournalLog>();
      this.journal = (namespace) => {
        const known = logs.get(namespace);
        if (known) return known;
        const past = this.#history.journal(namespace, () => journal.journal(namespace));
        const log = new ChaosJournalLog(past, this.#board, clock);
        logs.set(namespace, log);
        return log;
      };
    }
    if (!managed) return;
    this.connect = () => {
      this.#board.reopen();
      return this.#board.ask('connect', { work: () => managed.connect(), lie: () => undefined });
    };
    this.close = async () => {
      this.#board.close();
      if (!history) await managed.close();
    };
  }

  /** How often each operation was asked for, whatever became of it. */
  get calls(): Readonly<Record<ChaosOperation, number>> {
    return this.#board.calls;
  }

  /**
   * Breaks operations until they are healed; a later fault of an operation takes the place of the one before.
   * @throws CacheError `OPTION_INVALID` for `corrupt` where no bytes are read
   */
  fault(target: ChaosTarget, fault: ChaosFault): void {
    this.#board.set(target, fault);
  }

  /** Everything works again, or what is named; what hung goes on. */
  heal(target: ChaosTarget = 'all'): void {
    this.#board.heal(target);
  }

  /**
   * The store as another process sees it: with faults, counts and closing of its own, and the same past. `inner` is that
   * process's own connection; absent: the one wrapped here, which stays open when the fork is closed.
   */
  fork(options: ChaosProviderOptions = {}, inner: ICacheProvider = this.#inner): ChaosProvider {
    const { clock, random } = this.#options;
    return new ChaosProvider(inner, { clock, random, ...options }, this.#history);
  }

  /** Flushes what was written through this provider and its forks: bytes, journals, or both. */
  async lose(what: 'bytes' | 'journal' | 'all' = 'all'): Promise<void> {
    if (what !== 'journal') await this.#history.loseBytes();
    if (what !== 'bytes') await this.#history.loseJournals();
  }

  /** Another server takes over, which has all bytes but not the last records of the journals. Default: none lost. */
  failOver(lostRecords = 0): Promise<void> {
    return this.#history.failOver(lostRecords);
  }

  /** What was written through this provider and its forks, as it stands now. */
  snapshot(): Promise<ChaosSnapshot> {
    return this.#history.snapshot();
  }

  /** The store goes back in time, as a virtual machine does, without any sign of it but what it holds. */
  rewind(snapshot: ChaosSnapshot): Promise<void> {
    return this.#history.rewind(snapshot);
  }

  get(key: string, options?: ReadOptions): Promise<Uint8Array | null> {
    return this.#board.ask('get', {
      work: () => this.#inner.get(key, options),
      lie: () => null,
      spoil: (found, change) => found && change(found),
    });
  }

  set(key: string, value: Uint8Array, ttlMs: number): Promise<void> {
    return this.#board.ask('set', {
      work: () => {
        this.#history.wrote(key, ttlMs);
        return this.#inner.set(key, value, ttlMs);
      },
      lie: () => undefined,
    });
  }

  del(key: string): Promise<number | void> {
    return this.#board.ask('del', { work: () => this.#inner.del(key), lie: () => 1 });
  }
}
