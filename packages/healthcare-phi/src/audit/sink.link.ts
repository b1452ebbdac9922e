import { isCacheError, within, type Clock } from '@vitalcache/core';

import type { AuditSession, AuditSink } from '../audit-sinks/audit-sink.js';
import type { AuditLine } from './audit-line.js';
import type { AuditHead } from './audit-record.js';

/** The sink, with a bound to every wait, and a way to stop waiting. */
export class SinkLink {
  readonly #sink: AuditSink;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #isOpen = false;
  #interrupt: (() => void) | null = null;

  constructor(sink: AuditSink, clock: Clock, timeoutMs: number) {
    this.#sink = sink;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get name(): string {
    return this.#sink.name;
  }

  async open(session: AuditSession): Promise<void> {
    if (this.#isOpen) return;
    await this.#bounded(() => this.#sink.open(session));
    this.#isOpen = true;
  }

  /** Resolves with whether the lines outlast a crash of the machine. */
  append(lines: readonly AuditLine[], isDurable: boolean): Promise<boolean> {
    return this.#bounded(() => this.#sink.append({ lines, isDurable }));
  }

  head(chain?: string): Promise<AuditHead | null> {
    return this.#bounded(() => this.#sink.head(chain));
  }

  /** Whoever waits for the sink now is told that it failed. */
  giveUp(): void {
    this.#interrupt?.();
  }

  /** Does what it can within its time. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#bounded(() => this.#sink.flush()).catch(() => undefined);
    await this.#bounded(() => this.#sink.close()).catch(() => undefined);
  }

  #bounded<T>(work: () => Promise<T>): Promise<T> {
    const interrupted = new Promise<never>((_, reject) => {
      this.#interrupt = () => reject(new Error('too much was waiting for it'));
    });
    const running = new Promise<T>((resolve) => resolve(work()));
    return within(this.#clock, this.#timeoutMs, Promise.race([running, interrupted]), () => {
      throw new Error(`it did not answer within ${this.#timeoutMs} ms`);
    });
  }
}

/** A word or two on a failure that repeats nothing of what was written. */
export function failureOf(error: unknown): string {
  if (isCacheError(error)) return error.message;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' && message.length < 80 ? message : 'it failed';
}
