import { systemClock, within, type Clock } from '../clock/clock.js';
import { MemoryPressure } from '../entry/memory-pressure.js';
import type { FeatureFlagsService } from '../flags/feature-flags.service.js';
import type { Journal } from '../journal/journal.js';
import { EntryBuilder } from '../loading/entry.builder.js';
import { FleetLease } from '../loading/fleet-lease.js';
import { owners } from '../loading/lease-token.js';
import { NestedLoads } from '../loading/nested-loads.js';
import { ValueLoader } from '../loading/value-loader.js';
import type { ResolvedCacheOptions } from '../options/cache-options.js';
import { CacheCounters } from '../observation/cache-counters.js';
import { tellBreaker, tellFault } from '../observation/event-channels.js';
import { LoadSteps } from '../observation/load-steps.js';
import type { ICacheProvider } from '../provider/cache-provider.js';
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
import { CacheLifecycle } from './cache.lifecycle.js';
import { checkProvider } from './check-config.js';
import { EntryProbe } from './entry.probe.js';
import { EntryUpdater } from './entry.updater.js';
import { EntryWriter } from './entry.writer.js';
import { featureFlagsOf } from './feature-flags-of.js';
import { initialSettings } from './initial-settings.js';
import { Invalidator } from './invalidator.js';
import { journalOf } from './journal-of.js';
import { MissedReads } from './missed-reads.js';
import { safeLogger } from './safe-logger.js';
import { ReadEngine } from './read.engine.js';

/** The parts of one cache, built from its configuration and wired together. */
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
  readonly updater: EntryUpdater;
  readonly invalidator: Invalidator;
  readonly missed: MissedReads;
  readonly nested = new NestedLoads();
  readonly hasher: ICoverHasher;
  /** Before it is open nothing has a name. */
  readonly gate: ProtectionGate;
  readonly lifecycle: CacheLifecycle;
  readonly #onLoss: RareWarning;
  readonly #readBudgetMs: number;

  constructor(
    readonly provider: ICacheProvider,
    config: CacheConfig,
    readonly protection: DataProtection | null = null,
  ) {
    checkProvider(provider);
    const random = config.random ?? Math.random;
    const writeBudgetMs = config.invalidationDeadlineMs ?? 2_000;
    const maxQueued = config.maxQueuedInvalidations ?? 1_000;
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
    const lease = new FleetLease({
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
    });
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
      missed: this.missed,
      errors,
      clock,
      maxQueued,
      budgetMs: writeBudgetMs,
    });
    this.updater = new EntryUpdater({
      repository,
      builder,
      hasher,
      journal,
      lease,
      nested: this.nested,
      clock,
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
    const { engine, flags, gate, loader, logger, missed, nested } = this;
    this.lifecycle = new CacheLifecycle({
      repository,
      engine,
      loader,
      lease,
      journal,
      flags,
      missed,
      nested,
      gate,
      store,
      errors,
      logger,
      clock,
      readBudgetMs: this.#readBudgetMs,
      writeBudgetMs,
    });
  }

  /** Whether anything may be cached at all, and of this template if one is named. */
  isOn(template?: string): boolean {
    return this.gate.isOpen && this.flags.isEnabled(template);
  }

  /**
   * To be called before anybody is asked whether a read may be: what depends on who is refused it is as little anybody
   * else's as what was made of it.
   */
  noteProtected(options: ResolvedCacheOptions): void {
    if (this.gate.concerns(options)) this.nested.noteProtected(options.complianceLevel);
  }

  /** Reads the journal up to its head, or to what a token says, as far as a read may wait for it. */
  catchUp(after: string | null): Promise<boolean> {
    const reached = after === null ? this.journal.catchUp() : this.journal.reach(after);
    return within(this.clock, this.#readBudgetMs, reached, () => false);
  }

  #onEpochChange(): void {
    this.counters.epochChanges++;
    this.repository.forget();
    this.#onLoss.say(
      'The store lost or replaced its journal (restart, failover, flush or eviction): everything cached before is refused.',
    );
  }
}
