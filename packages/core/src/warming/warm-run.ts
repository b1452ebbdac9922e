import type { ReadOutcome } from '../strategy/read-request.js';
import type { CacheWarmer, WarmContext, WarmItem, WarmResult } from './cache-warmer.js';
import { Slots } from './slots.js';

/** Reads an item through the cache, as any caller would. */
export type ReadThrough = (item: WarmItem) => Promise<{ readonly outcome: ReadOutcome }>;

export interface WarmRunOptions {
  readonly readThrough: ReadThrough;
  readonly context: WarmContext;
  readonly concurrency: number;
  readonly maxItems: number;
  /** An item or a warmer failed; the others go on. */
  readonly onFailed: (error: unknown) => void;
}

const STOPPED = Symbol('stopped');

/** One run of several warmers, at the same time and sharing one bound; a warmer that hangs holds up no other. */
export class WarmRun {
  readonly #options: WarmRunOptions;
  readonly #slots: Slots;
  readonly #stopped: Promise<typeof STOPPED>;
  readonly #running = new Set<Promise<void>>();
  readonly #counts = { warmed: 0, skipped: 0, failed: 0 };
  #taken = 0;

  constructor(options: WarmRunOptions) {
    this.#options = options;
    this.#slots = new Slots(options.concurrency);
    const { signal } = options.context;
    this.#stopped = new Promise((resolve) => {
      if (signal.aborted) resolve(STOPPED);
      signal.addEventListener('abort', () => resolve(STOPPED), { once: true });
    });
  }

  /** Whether there would have been more items. */
  get isCutOff(): boolean {
    return this.#taken > this.#options.maxItems;
  }

  /** Resolves when all is done or the signal has fired; what runs then counts as failed. */
  async run(warmers: readonly CacheWarmer[]): Promise<WarmResult> {
    const done = Promise.all(warmers.map((warmer) => this.#warm(warmer))).then(async () => {
      await Promise.all(this.#running);
    });
    const isStopped = (await Promise.race([done, this.#stopped])) === STOPPED;
    const unfinished = isStopped ? this.#running.size : 0;
    return { ...this.#counts, failed: this.#counts.failed + unfinished };
  }

  async #warm(warmer: CacheWarmer): Promise<void> {
    const { context, maxItems } = this.#options;
    let iterator: Iterator<WarmItem> | AsyncIterator<WarmItem> | null = null;
    try {
      iterator = iteratorOf(warmer.items(context));
      for (;;) {
        const next = await this.#next(iterator);
        if (next === STOPPED || next.done || ++this.#taken > maxItems) break;
        // Taken only now: a warmer that hangs must not hold a place.
        await this.#slots.take();
        if (context.signal.aborted) break;
        this.#launch(next.value);
      }
    } catch (error) {
      this.#failed(error);
    }
    if (iterator) this.#end(iterator);
  }

  #next(
    iterator: Iterator<WarmItem> | AsyncIterator<WarmItem>,
  ): Promise<IteratorResult<WarmItem> | typeof STOPPED> {
    if (this.#options.context.signal.aborted) return Promise.resolve(STOPPED);
    return Promise.race([Promise.resolve(iterator.next()), this.#stopped]);
  }

  #launch(item: WarmItem): void {
    const running = this.#read(item).finally(() => {
      this.#running.delete(running);
      this.#slots.giveBack();
    });
    this.#running.add(running);
  }

  async #read(item: WarmItem): Promise<void> {
    const { readThrough, context } = this.#options;
    try {
      const { outcome } = await readThrough(item);
      if (context.signal.aborted) return; // counted as unfinished by then
      if (outcome === 'hit' || outcome === 'stale') this.#counts.skipped++;
      else if (outcome === 'bypass') this.#counts.failed++;
      else this.#counts.warmed++;
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Lets a generator clean up, without waiting for one that hangs. */
  #end(iterator: Iterator<WarmItem> | AsyncIterator<WarmItem>): void {
    void Promise.resolve()
      .then(() => iterator.return?.())
      .catch((error: unknown) => this.#options.onFailed(error));
  }

  #failed(error: unknown): void {
    this.#counts.failed++;
    this.#options.onFailed(error);
  }
}

function iteratorOf(
  items: Iterable<WarmItem> | AsyncIterable<WarmItem>,
): Iterator<WarmItem> | AsyncIterator<WarmItem> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}
