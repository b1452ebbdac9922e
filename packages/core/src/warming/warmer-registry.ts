import { systemClock, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import { assertOptionNames, type OptionNames } from '../options/assert-option-names.js';
import type { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { CacheLogger } from '../service/cache-config.js';
import type { CacheWarmer, WarmLimits, WarmResult, WarmSelection } from './cache-warmer.js';
import { WarmRun, type ReadThrough } from './warm-run.js';

/** Selections that are remembered as warned of. */
const MAX_WARNED = 100;
const NOTHING: WarmResult = { warmed: 0, skipped: 0, failed: 0 };

const LIMITS: OptionNames<WarmLimits> = {
  concurrency: true,
  maxItems: true,
  deadlineMs: true,
  signal: true,
};

export interface WarmerRegistryOptions {
  readonly errors: CacheErrorHandler;
  readonly logger: CacheLogger;
  readonly clock?: Clock;
}

/** The warmers of a cache, and running them within bounds. */
export class WarmerRegistry {
  readonly #options: WarmerRegistryOptions;
  readonly #clock: Clock;
  readonly #warmers = new Map<string, CacheWarmer>();
  readonly #warned = new Set<string>();

  constructor(options: WarmerRegistryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get names(): readonly string[] {
    return [...this.#warmers.keys()];
  }

  /** @throws CacheError `CONFIG_INVALID` for a warmer without name or items, or a name that is taken */
  register(warmer: CacheWarmer): void {
    const { name, items } = (warmer as CacheWarmer | null) ?? ({} as Partial<CacheWarmer>);
    if (typeof name !== 'string' || name === '' || typeof items !== 'function') {
      throw new CacheError('CONFIG_INVALID', 'A warmer must have a name and a function items().');
    }
    if (this.#warmers.has(name)) {
      throw new CacheError('CONFIG_INVALID', `There is a warmer named ${name} already.`);
    }
    this.#warmers.set(name, warmer);
  }

  /** Resolves with whether there was one of that name. */
  unregister(name: string): boolean {
    return this.#warmers.delete(name);
  }

  /**
   * Reads the items of the selected warmers through the cache. Never rejects because of a warmer, an item or the cache;
   * what fails is counted. Without a warmer nothing happens, and one warning says so.
   * @throws CacheError `OPTION_INVALID` for a limit out of range, `CONFIG_INVALID` for one that there is none of
   */
  async run(
    selection: WarmSelection,
    readThrough: ReadThrough,
    limits: WarmLimits = {},
  ): Promise<WarmResult> {
    const { errors, logger } = this.#options;
    assertOptionNames('warm', limits, LIMITS);
    const concurrency = wholeWithin('concurrency', limits.concurrency ?? 4, 1_000);
    const maxItems = wholeWithin('maxItems', limits.maxItems ?? 10_000, 10_000_000);
    const deadlineMs = wholeWithin('deadlineMs', limits.deadlineMs ?? 60_000, 86_400_000);
    assertSelection(selection);
    assertList('kinds', selection.kinds);
    assertList('names', selection.names);
    const warmers = this.#selected(selection);
    if (warmers.length === 0) return this.#warnOnce(selection);
    const ended = new AbortController();
    const end = (): void => ended.abort();
    if (limits.signal?.aborted) end();
    limits.signal?.addEventListener('abort', end, { once: true });
    const { clinicId } = selection;
    const run = new WarmRun({
      readThrough,
      context: { ...(clinicId !== undefined && { clinicId }), signal: ended.signal },
      concurrency,
      maxItems,
      onFailed: (error) => errors.note('warmer-failed', error),
    });
    void this.#clock.sleep(deadlineMs, ended.signal).then(end);
    try {
      return await run.run(warmers);
    } finally {
      limits.signal?.removeEventListener('abort', end);
      end();
      if (run.isCutOff) logger.warn(`Warming ended after ${maxItems} items (maxItems).`);
    }
  }

  #selected({ kinds, names }: WarmSelection): readonly CacheWarmer[] {
    return [...this.#warmers.values()].filter(
      (warmer) =>
        (names?.includes(warmer.name) ?? true) &&
        (kinds?.some((kind) => warmer.kinds?.includes(kind)) ?? true),
    );
  }

  #warnOnce({ kinds, names }: WarmSelection): WarmResult {
    const what = [...(kinds ?? []), ...(names ?? [])].join(', ') || 'anything';
    if (!this.#warned.has(what) && this.#warned.size < MAX_WARNED) {
      this.#warned.add(what);
      this.#options.logger.warn(`Nothing is warmed: no warmer is registered for ${what}.`);
    }
    return NOTHING;
  }
}

/** A misspelt word would select everything. */
function assertSelection(selection: unknown): asserts selection is WarmSelection {
  if (typeof selection !== 'object' || selection === null) {
    throw new CacheError('OPTION_INVALID', 'warm takes { kinds?, names?, clinicId? }.');
  }
  const accepted: readonly string[] = ['kinds', 'names', 'clinicId'];
  const unknown = Object.keys(selection).filter((name) => !accepted.includes(name));
  if (unknown.length === 0) return;
  throw new CacheError(
    'OPTION_INVALID',
    `${unknown.join(', ')}: unknown; what is warmed is selected by ${accepted.join(', ')}.`,
  );
}

function assertList(name: string, value: unknown): void {
  if (value === undefined || Array.isArray(value)) return;
  throw new CacheError('OPTION_INVALID', `${name} must be a list of words.`);
}

function wholeWithin(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new CacheError(
    'OPTION_INVALID',
    `${name} is ${String(value)}; accepted: a whole number from 1 to ${max}.`,
  );
}
