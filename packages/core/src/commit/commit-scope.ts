import { AsyncLocalStorage } from 'node:async_hooks';

import { systemClock, within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import { assertOptionNames, type OptionNames } from '../options/assert-option-names.js';

/** How work that waited for a commit ended. `dropped`: the transaction was rolled back, and the work never began. */
export type CommitOutcome<R> =
  | { readonly status: 'done'; readonly value: R }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'dropped' };

/** What became of work that was handed over. */
export interface CommitWork<R> {
  /** True when it waits for the commit; false when there was no transaction and it is done already. */
  readonly isDeferred: boolean;
  /** How it ended; never rejects. Not to be awaited inside the transaction, which would wait for itself. */
  readonly ended: Promise<CommitOutcome<R>>;
}

export interface CommitScopeOptions {
  /** Told of work that failed after its transaction was committed: nobody else may be listening. */
  readonly onFailed: (error: unknown) => void;
  readonly clock?: Clock;
  /** How long `run` waits for all the work after a commit; what is left begins all the same. Default: 10 000. */
  readonly deadlineMs?: number;
}

const NAMES: OptionNames<CommitScopeOptions> = { onFailed: true, clock: true, deadlineMs: true };

interface Waiting {
  run(): Promise<void>;
  drop(): void;
}

/** One outermost transaction. */
interface Scope {
  state: 'open' | 'committed' | 'rolled-back';
  readonly waiting: Waiting[];
}

/**
 * Does work, such as invalidating, once the surrounding transaction is committed, and not at all if it is rolled back:
 * an invalidation before the commit lets another reader cache the old rows again.
 */
export class CommitScope {
  readonly #current = new AsyncLocalStorage<Scope>();
  readonly #options: CommitScopeOptions;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: CommitScopeOptions) {
    assertOptionNames('CommitScope', options, NAMES);
    this.#options = options;
  }

  /** Whether the present async context is inside a transaction. */
  get isOpen(): boolean {
    return this.#current.getStore()?.state === 'open';
  }

  /** Ends it: an enabled storage costs every promise of the process. */
  close(): void {
    this.#current.disable();
  }

  /**
   * Runs a transaction, then what was handed to {@link afterCommit} inside, in order and awaited. Resolves with what the
   * transaction resolved with, also when work after it failed: it is committed. Rejects with what it rejected with.
   *
   * Inside another one it joins that: work waits for the outermost commit, also work of an inner transaction that
   * failed. If that was undone, the work is needless; dropped, it would leave old values in place if it was not.
   */
  async run<T>(transaction: () => Promise<T>): Promise<T> {
    if (this.isOpen) return transaction();
    const scope: Scope = { state: 'open', waiting: [] };
    try {
      const result = await this.#current.run(scope, transaction);
      scope.state = 'committed';
      await this.#finish(scope);
      return result;
    } finally {
      if (scope.state === 'open') {
        scope.state = 'rolled-back';
        for (const work of scope.waiting) work.drop();
      }
    }
  }

  /**
   * Inside a transaction: keeps `work` for after the commit, and resolves at once, so that awaiting it can't block the
   * transaction. Outside, or when the transaction is committed already: does the work now, and rejects with what it
   * rejects with.
   */
  async afterCommit<R>(work: () => R | PromiseLike<R>): Promise<CommitWork<R>> {
    const scope = this.#current.getStore();
    if (scope?.state === 'rolled-back') {
      return { isDeferred: true, ended: Promise.resolve({ status: 'dropped' }) };
    }
    if (scope?.state === 'open') return { isDeferred: true, ended: this.#defer(scope, work) };
    const value = await work();
    return { isDeferred: false, ended: Promise.resolve({ status: 'done', value }) };
  }

  #defer<R>(scope: Scope, work: () => R | PromiseLike<R>): Promise<CommitOutcome<R>> {
    return new Promise((resolve) => {
      scope.waiting.push({
        drop: () => resolve({ status: 'dropped' }),
        run: async () => {
          try {
            resolve({ status: 'done', value: await work() });
          } catch (error) {
            resolve({ status: 'failed', error });
            this.#failed(error);
          }
        },
      });
    });
  }

  async #finish({ waiting }: Scope): Promise<void> {
    const { clock = systemClock, deadlineMs = 10_000 } = this.#options;
    const end = clock.now() + deadlineMs;
    for (const work of waiting) {
      const leftMs = Math.max(0, end - clock.now());
      await within(clock, leftMs, work.run(), () =>
        this.#failed(
          new CacheError('NOT_RECORDED', `Work after a commit took longer than ${deadlineMs} ms.`),
        ),
      );
    }
  }

  #failed(error: unknown): void {
    try {
      this.#options.onFailed(error);
    } catch {
      return; // who is told must not stop the work that follows
    }
  }
}
