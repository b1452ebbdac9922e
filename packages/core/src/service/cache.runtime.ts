import { systemClock, within, type Clock } from '../clock/clock.js';
import { InProcessJournalLog } from '../journal/in-process-journal.log.js';
import { Journal } from '../journal/journal.js';
import type { ICacheProvider, StoreStatus } from '../provider/cache-provider.js';
import { capabilitiesOf, type ProviderCapabilities } from '../provider/provider-capabilities.js';
import {
  CacheRepository,
  type FoundEntry,
  type RepositoryFault,
} from '../repository/cache.repository.js';
import { StoreKeys } from '../repository/store-keys.js';
import type { ICacheStrategy } from '../strategy/cache-strategy.js';
import type { ReadRequest, ReadResult, StrategyEngine } from '../strategy/read-request.js';
import type { CacheConfig, CacheLogger } from './cache-config.js';
import { checkConfig, checkProvider } from './check-config.js';
import { ValueLoader } from './value-loader.js';

/** Bound on each step of starting and closing. */
const PHASE_MS = 10_000;
/** Health is asked for by probes that don't wait long. */
const STATUS_MS = 1_000;

const SILENT: CacheLogger = {
  debug: () => undefined,
  log: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** How often each fault turned a read into a miss, since start. */
export type FaultCounts = Readonly<Record<RepositoryFault | 'store-write-failed', number>>;

/** The parts of one cache, built from its configuration and wired together. */
export class CacheRuntime implements StrategyEngine {
  readonly keys: StoreKeys;
  readonly journal: Journal;
  readonly repository: CacheRepository;
  readonly loader: ValueLoader;
  readonly clock: Clock;
  readonly logger: CacheLogger;
  readonly store: ProviderCapabilities;
  readonly faults: Record<keyof FaultCounts, number> = {
    'store-timeout': 0,
    'store-failed': 0,
    'entry-corrupt': 0,
    'store-write-failed': 0,
    blind: 0,
  };
  readonly #readBudgetMs: number;
  #starting: Promise<void> | null = null;
  #isStarted = false;
  #isClosed = false;
  #couldConnect = true;

  constructor(
    readonly provider: ICacheProvider,
    config: CacheConfig,
  ) {
    checkProvider(provider);
    checkConfig(config);
    const random = config.random ?? Math.random;
    const schemaVersion = config.schemaVersion ?? 0;
    this.clock = config.clock ?? systemClock;
    this.logger = config.logger ?? SILENT;
    this.store = capabilitiesOf(provider);
    this.keys = new StoreKeys(config.namespace ?? 'default');
    this.#readBudgetMs = config.readBudgetMs ?? 250;
    this.journal = new Journal({
      log: this.#journalLog(),
      clock: this.clock,
      random,
      sketchSlots: config.sketchSlots ?? 2 ** 20,
      maxQueued: config.maxQueuedInvalidations ?? 1_000,
      deadlineMs: config.invalidationDeadlineMs ?? 2_000,
      blindAfterMs: config.blindAfterMs ?? 5_000,
      onEpochChange: () => this.#onEpochChange(),
    });
    this.repository = new CacheRepository({
      provider,
      journal: this.journal,
      keys: this.keys,
      clock: this.clock,
      l1MaxBytes: config.l1MaxBytes ?? 64 * 2 ** 20,
      maxValueBytes: config.maxValueBytes ?? 16 * 2 ** 20,
      compression: config.compression ?? { compressor: 'snappy', thresholdBytes: 1_024 },
      readBudgetMs: this.#readBudgetMs,
      blindMaxMs: config.blindMaxMs ?? 30_000,
      schemaVersion,
      onFault: (fault) => this.faults[fault]++,
    });
    this.loader = new ValueLoader({
      repository: this.repository,
      journal: this.journal,
      clock: this.clock,
      random,
      schemaVersion,
      onOddValue: (template, problem) => this.logger.warn(`A value of ${template} ${problem}`),
      onStoreFailed: () => this.faults['store-write-failed']++,
    });
  }

  /** Opens the store and reads the journal's head. Resolves also when the store can't be reached yet. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** The first operations wait for the start, but no longer than a read may. */
  async ready(): Promise<void> {
    if (this.#isStarted) return;
    await within(this.clock, this.#readBudgetMs, this.start(), () => undefined);
  }

  /** Ends, each step within a bound, whatever loaders and stores do. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.bounded(this.loader.settled());
    const left = await this.bounded(this.journal.close());
    if (left)
      this.logger.error(`${left} invalidations were never recorded: the store did not take them.`);
    this.repository.forget();
    await this.bounded(settle(() => this.store.managed?.close()));
  }

  /** One read, from options that say "no cache" to the strategy that decides the rest. */
  async read<T>(request: ReadRequest<T>, strategy: ICacheStrategy): Promise<ReadResult<T>> {
    if (this.#isClosed) return this.bypass(request);
    if (!this.#isStarted) await this.ready();
    const { ttlMs, consistency } = request.options;
    const isUnknown = consistency === 'strong' && !(await this.#catchUp());
    return ttlMs > 0 && !isUnknown ? strategy.read(request, this) : this.bypass(request);
  }

  /** Loads for this caller alone, neither looking into the cache nor storing. */
  async bypass<T>({ load }: ReadRequest<T>): Promise<ReadResult<T>> {
    return uncached(await load(), 'bypass');
  }

  now(): number {
    return this.clock.now();
  }

  find(key: string): Promise<FoundEntry | null> {
    return this.#isClosed ? Promise.resolve(null) : this.repository.find(key);
  }

  isLoading(key: string): boolean {
    return this.loader.isLoading(key);
  }

  answer<T>({ entry, tier }: FoundEntry, outcome: 'hit' | 'stale'): ReadResult<T> {
    const now = this.clock.now();
    return {
      value: entry.value as T,
      outcome,
      tier,
      ageMs: Math.max(0, now - entry.createdAt),
      freshForMs: entry.staleAt - now,
      expiresInMs: entry.expiresAt - now,
    };
  }

  async load<T>(request: ReadRequest<T>): Promise<ReadResult<T>> {
    const loaded = await this.loader.load(request);
    const outcome = loaded.isJoined ? 'joined' : 'miss';
    if (!loaded.held) return uncached(loaded.value as T, outcome);
    if (!loaded.isStorable) return uncached(loaded.held.value as T, outcome);
    return { ...this.answer<T>({ entry: loaded.held, tier: 'l1' }, 'hit'), outcome, tier: null };
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

  async #start(): Promise<void> {
    // A provider that can't connect is a store that can't be reached; the journal goes on trying.
    const connecting = settle(async () => {
      await this.store.managed?.connect();
      return true;
    });
    this.#couldConnect = (await this.bounded(connecting)) === true;
    if (this.#isClosed) return;
    await this.bounded(settle(() => this.journal.start()));
    this.#isStarted = true;
  }

  /** The work of others, which starting and closing don't wait for without end. */
  bounded<T>(work: Promise<T>): Promise<T | undefined> {
    return within(this.clock, PHASE_MS, work, () => undefined);
  }

  #catchUp(): Promise<boolean> {
    return within(this.clock, this.#readBudgetMs, this.journal.catchUp(), () => false);
  }

  #journalLog() {
    if (this.store.journal) return this.store.journal.journal(this.keys.namespace);
    if (this.provider.shared) {
      this.logger.warn(
        `The provider ${this.provider.name ?? ''} is shared but has no journal: invalidations reach this process only.`,
      );
    }
    return new InProcessJournalLog({ now: () => this.clock.now() });
  }

  #onEpochChange(): void {
    this.repository.forget();
    this.logger.warn(
      'The store lost or replaced its journal (restart, failover or flush): everything cached before is refused.',
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

/** An answer that no entry stands behind. */
export function uncached<T>(value: T, outcome: 'miss' | 'joined' | 'bypass'): ReadResult<T> {
  return { value, outcome, tier: null, ageMs: 0, freshForMs: null, expiresInMs: null };
}
