import { within, type Clock } from '../clock/clock.js';
import { CacheError } from '../errors/cache.error.js';
import type { AuditRecord, IAuditSink } from './audit-record.js';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export interface AuditSpoolOptions {
  readonly sink: IAuditSink;
  readonly clock: Clock;
  /** Records that wait at most. */
  readonly maxRecords: number;
  /** How long the sink may take for one record. */
  readonly sinkTimeoutMs: number;
  /** Told once when the sink fails, and once when it takes records again. */
  readonly onStateChange: (isDown: boolean, error?: unknown) => void;
}

/**
 * Records on their way to a sink, in order, one at a time. While the sink fails they wait, up to a bound; what comes
 * then is counted, and one record says how many are missing between which times. A record that the sink took too long
 * for is written again: its number tells.
 */
export class AuditSpool {
  readonly #options: AuditSpoolOptions;
  readonly #waiting: AuditRecord[] = [];
  /** Ends the pause before the next try. */
  #wake = new AbortController();
  #isClosed = false;
  #lost: { count: number; from: number; to: number } | null = null;
  #lostInAll = 0;
  #failures = 0;
  #next = 1;
  #isDown = false;
  #pumping: Promise<void> | null = null;

  constructor(options: AuditSpoolOptions) {
    this.#options = options;
  }

  get counts(): { readonly waiting: number; readonly failures: number; readonly lost: number } {
    return { waiting: this.#waiting.length, failures: this.#failures, lost: this.#lostInAll };
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Takes a record; returns at once. */
  add(record: Omit<AuditRecord, 'number'>): void {
    if (this.#waiting.length >= this.#options.maxRecords) {
      this.#lostInAll++;
      this.#lost ??= { count: 0, from: record.at, to: record.at };
      this.#lost.count++;
      this.#lost.to = record.at;
      return;
    }
    this.#sayWhatIsLost();
    this.#waiting.push({ ...record, number: this.#next++ });
    this.#pumping ??= Promise.resolve().then(() => this.#pump());
  }

  /** Tries at once; resolves with how many records still wait, when none does or after `deadlineMs`. */
  async flush(deadlineMs: number): Promise<number> {
    const { clock, sink } = this.#options;
    this.#wake.abort();
    const flushed = async (): Promise<void> => {
      await this.#pumping;
      await sink.flush?.();
    };
    const guarded = flushed().catch((error: unknown) => this.#failed(error));
    await within(clock, deadlineMs, guarded, () => undefined);
    return this.#waiting.length + (this.#lost?.count ?? 0);
  }

  /** As {@link flush}; afterwards nothing runs any more. */
  async close(deadlineMs: number): Promise<number> {
    const left = await this.flush(deadlineMs);
    this.#isClosed = true;
    this.#wake.abort();
    return left;
  }

  async #pump(): Promise<void> {
    let pauseMs = FIRST_RETRY_MS;
    while (this.#waiting.length > 0 && !this.#isClosed) {
      try {
        await this.#write(this.#waiting[0] as AuditRecord);
        this.#waiting.shift();
        this.#recovered();
        pauseMs = FIRST_RETRY_MS;
        this.#sayWhatIsLost();
      } catch (error) {
        this.#failed(error);
        this.#wake = new AbortController();
        await this.#options.clock.sleep(pauseMs, this.#wake.signal, 'background');
        pauseMs = Math.min(pauseMs * 2, MAX_RETRY_MS);
      }
    }
    this.#pumping = null; // in the step that saw that nothing waits: what comes from here on begins anew
  }

  async #write(record: AuditRecord): Promise<void> {
    const { sink, clock, sinkTimeoutMs } = this.#options;
    const writing = Promise.resolve().then(() => sink.write(record));
    await within(clock, sinkTimeoutMs, writing, () => {
      throw new CacheError('STORE_TIMEOUT', `The sink took longer than ${sinkTimeoutMs} ms.`);
    });
  }

  /** A gap is never silent: it is a record itself, in its place. */
  #sayWhatIsLost(): void {
    if (!this.#lost || this.#waiting.length >= this.#options.maxRecords) return;
    const { count, from, to } = this.#lost;
    this.#lost = null;
    this.#waiting.push({
      number: this.#next++,
      at: to,
      kind: 'lost',
      outcome: 'lost',
      template: 'unnamed',
      references: [],
      detail: `${count} records from ${new Date(from).toISOString()} on`,
    });
  }

  #failed(error: unknown): void {
    this.#failures++;
    if (this.#isDown) return;
    this.#isDown = true;
    this.#tell(true, error);
  }

  #recovered(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#tell(false);
  }

  #tell(isDown: boolean, error?: unknown): void {
    try {
      this.#options.onStateChange(isDown, error);
    } catch {
      this.#failures++; // who is told must not stop the records
    }
  }
}
