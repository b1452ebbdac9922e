import type { Clock } from '../clock/clock.js';
import type { HeldEntry } from '../entry/held-entry.js';
import { L1Cache } from '../entry/l1.cache.js';
import type { MemoryPressure } from '../entry/memory-pressure.js';
import type { Journal } from '../journal/journal.js';
import type { EntryView } from './found-entry.js';

export interface OwnTierOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** 0: this process has no tier of its own. */
  readonly l1MaxBytes: number;
  /** Bytes of {@link l1MaxBytes} that one tenant may hold. */
  readonly tenantMaxBytes: number | undefined;
  readonly pressure: MemoryPressure;
  /** Whether it gives memory back when the heap gets full. */
  readonly isRelieving: boolean;
  /** Longest time without news from the journal for which an entry is still trusted. */
  readonly blindMaxMs: number;
}

/** So many entries are put in, and the memory is looked at. */
const PUTS_PER_LOOK = 256;

/** What this process holds itself: nothing leaves it that the journal has not been asked about. */
export class OwnTier {
  readonly #options: OwnTierOptions;
  readonly #l1: L1Cache;
  #puts = 0;
  #isRelieving: boolean;

  constructor(options: OwnTierOptions) {
    const { l1MaxBytes: maxBytes, tenantMaxBytes } = options;
    this.#options = options;
    this.#l1 = new L1Cache({ maxBytes, ...(tenantMaxBytes !== undefined && { tenantMaxBytes }) });
    this.#isRelieving = options.isRelieving;
  }

  /** Whether there is one. */
  get isKeeping(): boolean {
    return this.#options.l1MaxBytes > 0;
  }

  get usage(): { readonly entries: number; readonly bytes: number; readonly evictions: number } {
    const { size: entries, bytes, evictions } = this.#l1;
    return { entries, bytes, evictions };
  }

  /** The valid entry of a key, whoever may read it; `null`: there is none that can be trusted now. */
  peek(key: string, nowMs?: number): HeldEntry | null {
    const held = this.#l1.get(key);
    return held ? this.#judged(key, held, nowMs ?? this.#options.clock.now()) : null;
  }

  /** As {@link peek}, for a caller of this view, who knows one version of the value. */
  find(key: string, version: number, { isolation }: EntryView): HeldEntry | null {
    const held = this.peek(key);
    return held && held.schemaVersion === version && held.fits(isolation) ? held : null;
  }

  /** Whether an entry is valid; notes that it is soft, and how far this was checked. */
  isServable(held: HeldEntry): boolean {
    const { journal } = this.#options;
    const verdict = journal.verdict(held.subject, held.fence, held.checkedAt);
    if (verdict === 'covered') return false;
    if (verdict === 'soft') held.isSoftened = true;
    held.checkedAt = journal.position;
    return true;
  }

  put(key: string, held: HeldEntry): void {
    if (!this.isKeeping) return;
    this.#l1.put(key, held);
    if (++this.#puts % PUTS_PER_LOOK === 0 && this.#isRelieving) {
      this.#l1.shrinkTo(this.#options.pressure.allowedBytes(this.#l1.bytes));
    }
  }

  drop(key: string): void {
    this.#l1.delete(key);
  }

  clear(): void {
    this.#l1.clear();
  }

  setRelieving(isRelieving: boolean): void {
    this.#isRelieving = isRelieving;
    if (!isRelieving) this.#l1.shrinkTo(this.#options.l1MaxBytes);
  }

  #judged(key: string, held: HeldEntry, nowMs: number): HeldEntry | null {
    const { journal, blindMaxMs } = this.#options;
    if (held.keptUntil <= nowMs || !this.isServable(held)) {
      this.#l1.delete(key);
      return null;
    }
    return journal.linkAgeMs(nowMs) > blindMaxMs ? null : held;
  }
}
