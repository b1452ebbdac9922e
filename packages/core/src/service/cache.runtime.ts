import { systemClock, within, type Clock } from '../clock/clock.js';
import { MemoryPressure } from '../entry/memory-pressure.js';
import type { FeatureFlagsService } from '../flags/feature-flags.service.js';
import type { Journal } from '../journal/journal.js';
import { EntryBuilder } from '../loading/entry.builder.js';
import { FleetLease } from '../loading/fleet-lease.js';
import { owners } from '../loading/lease-token.js';
import { NestedLoads } from '../loading/nested-loads.js';
import { ValueLoader } from '../loading/value-loader.js';
import { CacheCounters } from '../observation/cache-counters.js';
import { tellBreaker, tellFault } from '../observation/event-channels.js';
import { LoadSteps } from '../observation/load-steps.js';
import type { ICacheProvider, StoreStatus } from '../provider/cache-provider.js';
import { capabilitiesOf, type ProviderCapabilities } from '../provider/provider-capabilities.js';
import { CacheRepository } from '../repository/cache.repository.js';
import { StoreKeys } from '../repository/store-keys.js';
import { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import { guardStore, type GuardedStore } from '../resilience/guarded-store.js';
import type { StoreGuard } from '../resilience/store-guard.js';
import type { DataProtection } from '../protection/data-protection.js';
import { hasherOf } from '../protection/keyed-cover.hasher.js';
import { ProtectionGate } from '../protection/protection.gate.js';
import { RareWarning } from '../resilience/rare-warning.js';
import type { ICoverHasher } from '../validity/cover.hasher.js';
import { CacheVersioningService } from '../versioning/cache-versioning.service.js';
import type { CacheConfig, CacheLogger } from './cache-config.js';
import { checkProvider } from './check-config.js';
import { EntryProbe } from './entry.probe.js';
import { EntryWriter } from './entry.writer.js';
import { featureFlagsOf } from './feature-flags-of.js';
import { initialSettings } from './initial-settings.js';
import { Invalidator } from './invalidator.js';
import { journalOf } from './journal-of.js';
import { MissedReads } from './missed-reads.js';
import { safeLogger } from './safe-logger.js';
import { ReadEngine } from './read.engine.js';

/** Bound on each step of starting and closing. */
const PHASE_MS = 10_000;
/** Health is asked for by probes that don't wait long. */
const STATUS_MS = 1_000;

/** The parts of one cache, built from its configuration and wired together; how they start and end. */
export class CacheRuntime {
  readonly clock: Clock;
  readonly logger: CacheLogger;
  readonly store: ProviderCapabilities;
  readonly keys: StoreKeys;
  readonly counters = new CacheCounters();
  readonly steps: LoadSteps;
  readonly errors: CacheErrorHandler;
  readonly breaker: GuardedStore['breaker'];
  readonly guard: StoreGuard;
  readonly versions: CacheVersioningService;
  readonly journal: Journal;
  readonly flags: FeatureFlagsService;
  readonly repository: CacheRepository;
  readonly loader: ValueLoader;
  readonly engine: ReadEngine;
  readonly probe: EntryProbe;
  readonly writer: EntryWriter;
  readonly invalidator: Invalidator;
  readonly missed: MissedReads;
  readonly nested = new NestedLoads();
  readonly hasher: ICoverHasher;
  /** Before it is open nothing has a name. */
  readonly gate: ProtectionGate;
  readonly #lease: FleetLease;
  readonly #onLoss: RareWarning;
  readonly #readBudgetMs: number;
  readonly #writeBudgetMs: number;
  #starting: Promise<void> | null = null;
  #opening: Promise<void> = Promise.resolve();
  #isStarted = false;
  /** Somebody has waited in vain for the store to be opened: nobody else does. */
  #isLate = false;
  #isClosed = false;
  #couldConnect = true;

  constructor(
    readonly provider: ICacheProvider,
    config: CacheConfig,
    readonly protection: DataProtection | null = null,
  ) {
    checkProvider(provider);
    const random = config.random ?? Math.random;
    const writeBudgetMs = config.invalidationDeadlineMs ?? 2_000;
    const maxQueued = config.maxQueuedInvalidations ?? 1_000;
    this.#writeBudgetMs = writeBudgetMs;
    this.#readBudgetMs = config.readBudgetMs ?? 250;
    this.clock = config.clock ?? systemClock;
    this.logger = safeLogger(config.logger);
    this.#onLoss = new RareWarning(this.logger, this.clock);
    this.missed = new MissedReads(this.clock);
    this.store = capabilitiesOf(provider);
    this.gate = new ProtectionGate(protection, this.clock);
    const names = protection?.names ?? null;
    this.hasher = hasherOf(names);
    this.keys = new StoreKeys(config.namespace ?? 'default', names);
    this.steps = new LoadSteps(this.keys.namespace, provider.name ?? 'custom');
    this.errors = new CacheErrorHandler(this.logger);
    this.errors.onFault((fault, code) => tellFault(this.keys.namespace, fault, code));
    this.versions = new CacheVersioningService({
      versions: config.templateVersions ?? {},
      default: config.schemaVersion ?? 0,
    });
    const { clock, counters, errors, hasher, keys, steps, store, versions } = this;
    const { guard, breaker } = guardStore({
      ...config.breaker,
      partitions: store.partitions,
      name: provider.name ?? 'custom',
      errors,
      clock,
      budgetMs: this.#readBudgetMs,
      onNews: (name, news) => tellBreaker(keys.namespace, name, news),
    });
    this.guard = guard;
    this.breaker = breaker;
    this.journal = journalOf(this, config, () => this.#onEpochChange());
    const { journal } = this;
    const compression = config.compression ?? { compressor: 'snappy', thresholdBytes: 1_024 };
    const l1MaxBytes = config.l1MaxBytes ?? 64 * 2 ** 20;
    this.flags = featureFlagsOf(this, initialSettings(config, compression), writeBudgetMs);
    const repository = (this.repository = new CacheRepository({
      provider,
      store,
      guard,
      journal,
      errors,
      versions,
      keys,
      hasher,
      clock,
      l1MaxBytes,
      tenantMaxBytes: config.l1TenantMaxBytes,
      pressure: new MemoryPressure({ maxBytes: l1MaxBytes }),
      isRelieving: config.memoryOptimization ?? true,
      maxValueBytes: config.maxValueBytes ?? 16 * 2 ** 20,
      compression,
      seal: protection?.seal ?? null,
      readBudgetMs: this.#readBudgetMs,
      writeBudgetMs,
      isGathering: () => this.flags.values.batch,
      blindMaxMs: config.blindMaxMs ?? 30_000,
    }));
    const builder = new EntryBuilder({
      repository,
      hasher,
      versions,
      clock,
      random,
      protection,
      isAdaptive: () => this.flags.values.adaptive,
      onOddValue: (template, problem) => {
        errors.note('value-refused');
        this.logger.warn(`A value of ${template} ${problem}`);
      },
    });
    const lease = (this.#lease = new FleetLease({
      provider,
      leases: store.lease,
      guard,
      errors,
      keys,
      clock,
      journal,
      hasher,
      counters,
      newOwner: owners(),
    }));
    const onStoreFailed = (error: unknown): void => errors.note('store-write-failed', error);
    this.loader = new ValueLoader({
      repository,
      builder,
      hasher,
      journal,
      lease,
      clock,
      counters,
      steps,
      nested: this.nested,
      isEnabled: (template) => this.isOn(template),
      onStoreFailed,
    });
    this.engine = new ReadEngine({
      repository,
      loader: this.loader,
      isReachable: (key) => (store.partitions ? guard.of(keys.entry(key)) : guard).isUsable,
      flags: this.flags,
      clock,
      random,
      onLoadFailed: (error) => errors.note('loader-failed', error),
    });
    this.probe = new EntryProbe({ journal, repository, clock, isEnabled: () => this.isOn() });
    this.writer = new EntryWriter({
      repository,
      builder,
      hasher,
      journal,
      lease,
      missed: this.missed,
      nested: this.nested,
      errors,
      clock,
      maxQueued,
    });
    this.invalidator = new Invalidator({
      journal,
      repository,
      store,
      guard,
      errors,
      keys,
      hasher,
      clock,
      removalMs: writeBudgetMs,
    });
  }

  /** Whether operations need not wait for anything before they begin. */
  get isOpen(): boolean {
    return this.#isStarted && !this.#isClosed;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether anything may be cached at all, and of this template if one is named. */
  isOn(template?: string): boolean {
    return this.gate.isOpen && this.flags.isEnabled(template);
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
    await within(this.clock, this.#readBudgetMs, this.#opening, () => {
      this.#isLate = true;
    });
  }

  /**
   * {@link ready}, for what can't do without names, as writing and invalidating.
   * @throws CacheError what the protection could not be opened for; `STORE_TIMEOUT`
   */
  async nameable(): Promise<void> {
    await this.ready();
    await this.gate.pass(this.#writeBudgetMs);
  }

  /** Ends, each step within a bound, whatever loaders and stores do. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.bounded(Promise.all([this.engine.close(), this.loader.settled()]));
    this.loader.close();
    await this.bounded(this.#lease.close());
    this.missed.close();
    this.nested.close();
    await this.bounded(this.flags.close());
    const left = await this.bounded(this.journal.close());
    if (left)
      this.logger.error(
        `${left} invalidations were never recorded: the store did not take them before the cache was closed. Other processes may serve what they covered until it expires.`,
      );
    this.repository.forget();
    await this.gate.close();
    await this.bounded(settle(() => this.store.managed?.close()));
  }

  /** Reads the journal up to its head, or to what a token says, as far as a read may wait for it. */
  catchUp(after: string | null): Promise<boolean> {
    const reached = after === null ? this.journal.catchUp() : this.journal.reach(after);
    return within(this.clock, this.#readBudgetMs, reached, () => false);
  }

  /** How the store is doing, within a second; a provider that can't say counts as connected if it could connect. Never rejects. */
  async storeStatus(): Promise<StoreStatus> {
    const unknown = { memoryBytes: null, maxBytes: null, pool: { busy: 0, open: 0 } };
    if (!this.store.status) return { connected: this.#couldConnect, ...unknown };
    const unreachable = { connected: false, ...unknown };
    const { status } = this.store;
    const answer = settle(() => status.status()).then((said) => said ?? unreachable);
    return within(this.clock, STATUS_MS, answer, () => unreachable);
  }

  /** The work of others, which starting and closing don't wait for without end. */
  bounded<T>(work: Promise<T>, ms = PHASE_MS): Promise<T | undefined> {
    return within(this.clock, ms, work, () => undefined);
  }

  async #start(): Promise<void> {
    this.#opening = this.#open();
    await this.#opening;
    // A store of this process alone holds no settings of others. Reads go on meanwhile.
    if (this.store.journal && this.isOpen) await this.bounded(this.flags.start());
  }

  async #open(): Promise<void> {
    if (this.#isClosed) return;
    if (!(await this.gate.open())) return this.errors.begin('refused', this.gate.refusal);
    if (this.#isClosed) return;
    // A provider that can't connect is a store that can't be reached; the journal goes on trying.
    const connecting = settle(async () => {
      await this.store.managed?.connect();
      if (this.#isClosed) await this.store.managed?.close(); // it was too late for close() to do so
      return true;
    });
    this.#couldConnect = (await this.bounded(connecting)) === true;
    if (this.#isClosed) return;
    await this.bounded(settle(() => this.journal.start()));
    this.#isStarted = true;
  }

  #onEpochChange(): void {
    this.counters.epochChanges++;
    this.repository.forget();
    this.#onLoss.say(
      'The store lost or replaced its journal (restart, failover, flush or eviction): everything cached before is refused.',
    );
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
