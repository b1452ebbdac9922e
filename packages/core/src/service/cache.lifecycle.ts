import { within, type Clock } from '../clock/clock.js';
import type { FeatureFlagsService } from '../flags/feature-flags.service.js';
import type { Journal } from '../journal/journal.js';
import type { FleetLease } from '../loading/fleet-lease.js';
import type { NestedLoads } from '../loading/nested-loads.js';
import type { ValueLoader } from '../loading/value-loader.js';
import type { StoreStatus } from '../provider/cache-provider.js';
import type { ProviderCapabilities } from '../provider/provider-capabilities.js';
import type { ProtectionGate } from '../protection/protection.gate.js';
import type { CacheRepository } from '../repository/cache.repository.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { CacheLogger } from './cache-config.js';
import type { MissedReads } from './missed-reads.js';
import type { ReadEngine } from './read.engine.js';

export interface CacheLifecycleOptions {
  readonly repository: CacheRepository;
  readonly engine: ReadEngine;
  readonly loader: ValueLoader;
  readonly lease: FleetLease;
  readonly journal: Journal;
  readonly flags: FeatureFlagsService;
  readonly missed: MissedReads;
  readonly nested: NestedLoads;
  readonly gate: ProtectionGate;
  readonly store: ProviderCapabilities;
  readonly errors: CacheErrorHandler;
  readonly logger: CacheLogger;
  readonly clock: Clock;
  readonly readBudgetMs: number;
  readonly writeBudgetMs: number;
}

/** Bound on each step of starting and closing. */
const PHASE_MS = 10_000;
/** Health is asked for by probes that don't wait long. */
const STATUS_MS = 1_000;

/** How the parts of a cache start, when they are ready, and how they end. */
export class CacheLifecycle {
  readonly #options: CacheLifecycleOptions;
  #starting: Promise<void> | null = null;
  #opening: Promise<void> = Promise.resolve();
  #isStarted = false;
  /** Somebody has waited in vain for the store to be opened: nobody else does. */
  #isLate = false;
  #isClosed = false;
  #couldConnect = true;

  constructor(options: CacheLifecycleOptions) {
    this.#options = options;
  }

  /** Whether operations need not wait for anything before they begin. */
  get isOpen(): boolean {
    return this.#isStarted && !this.#isClosed;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Opens the store and reads the journal's head. Resolves also when the store can't be reached yet. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** The first operations wait for the store to be opened, once and no longer than a read may. */
  async ready(): Promise<void> {
    if (this.#isStarted || this.#isLate) return;
    void this.start(); // never rejects, and close() sees to its end
    const { clock, readBudgetMs } = this.#options;
    await within(clock, readBudgetMs, this.#opening, () => {
      this.#isLate = true;
    });
  }

  /**
   * {@link ready}, for what can't do without names, as writing and invalidating.
   * @throws CacheError what the protection could not be opened for; `STORE_TIMEOUT`
   */
  async nameable(): Promise<void> {
    await this.ready();
    const { gate, writeBudgetMs } = this.#options;
    await gate.pass(writeBudgetMs);
  }

  /** Ends, each step within a bound, whatever loaders and stores do. */
  async close(): Promise<void> {
    const { engine, loader, lease, missed, nested, flags, journal, repository, gate, store } =
      this.#options;
    this.#isClosed = true;
    await this.bounded(Promise.all([engine.close(), loader.settled()]));
    loader.close();
    await this.bounded(lease.close());
    missed.close();
    nested.close();
    await this.bounded(flags.close());
    const left = await this.bounded(journal.close());
    if (left) {
      this.#options.logger.error(
        `${left} invalidations were never recorded: the store did not take them before the cache was closed. Other processes may serve what they covered until it expires.`,
      );
    }
    repository.forget();
    await gate.close();
    await this.bounded(settle(() => store.managed?.close()));
  }

  /** How the store is doing, within a second; a provider that can't say counts as connected if it could connect. Never rejects. */
  async storeStatus(): Promise<StoreStatus> {
    const { clock, store } = this.#options;
    const unknown = { memoryBytes: null, maxBytes: null, pool: { busy: 0, open: 0 } };
    const { status } = store;
    if (!status) return { connected: this.#couldConnect, ...unknown };
    const unreachable = { connected: false, ...unknown };
    const answer = settle(() => status.status()).then((said) => said ?? unreachable);
    return within(clock, STATUS_MS, answer, () => unreachable);
  }

  /** The work of others, which starting and closing don't wait for without end. */
  bounded<T>(work: Promise<T>, ms = PHASE_MS): Promise<T | undefined> {
    return within(this.#options.clock, ms, work, () => undefined);
  }

  async #start(): Promise<void> {
    const { store, flags } = this.#options;
    this.#opening = this.#open();
    await this.#opening;
    // A store of this process alone holds no settings of others. Reads go on meanwhile.
    if (store.journal && this.isOpen) await this.bounded(flags.start());
  }

  async #open(): Promise<void> {
    const { gate, errors, store, journal } = this.#options;
    if (this.#isClosed) return;
    if (!(await gate.open())) return errors.begin('refused', gate.refusal);
    if (this.#isClosed) return;
    // A provider that can't connect is a store that can't be reached; the journal goes on trying.
    const connecting = settle(async () => {
      await store.managed?.connect();
      if (this.#isClosed) await store.managed?.close(); // it was too late for close() to do so
      return true;
    });
    this.#couldConnect = (await this.bounded(connecting)) === true;
    if (this.#isClosed) return;
    await this.bounded(settle(() => journal.start()));
    this.#isStarted = true;
  }
}

/** What somebody else's method gives; `undefined` when it throws, at once or later. */
async function settle<T>(work: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined; // the state of the store tells
  }
}
