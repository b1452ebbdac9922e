import { systemClock, within } from '@vitalcache/core';

import { AuditAlarmBell } from '../audit/audit-alarm.js';
import { AuditSpool } from '../audit/audit.spool.js';
import { LeftoverCourier } from '../audit/leftover.courier.js';
import type { AuditBatch, AuditSession, AuditSink } from './audit-sink.js';

/** How long one sink may hold up the others. */
const TIMEOUT_MS = 2_000;
/** How long one that failed is left alone. */
const PAUSE_MS = 1_000;

/** One of several sinks, with what it is behind with on the local disk if the others need not wait for it. */
export class TeeBranch {
  readonly sink: AuditSink;
  readonly #directory: string | null;
  #spool: AuditSpool | null = null;
  #session: AuditSession | null = null;
  #isOpen = false;
  #pausedUntil = 0;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param directory for what it is behind with; `null`: the others wait for it */
  constructor(sink: AuditSink, directory: string | null) {
    this.sink = sink;
    this.#directory = directory;
  }

  get isUp(): boolean {
    return this.#isOpen && this.#pausedUntil === 0 && this.sink.health().isUp;
  }

  async open(session: AuditSession): Promise<void> {
    this.#session = session;
    if (this.#directory !== null && !this.#spool) {
      this.#spool = new AuditSpool(this.#directory, session.node, session.chain);
      await this.#spool.prepare();
    }
    await this.#bounded(() => this.#catchUp());
  }

  /** Rejects if the sink has not taken it. With a spool it is then on the local disk. */
  async append(batch: AuditBatch): Promise<boolean> {
    const spool = this.#spool;
    if (!spool) {
      await this.#catchUp();
      return this.sink.append(batch);
    }
    try {
      if (performance.now() < this.#pausedUntil) throw new Error(`${this.sink.name} is down`);
      const taken = await this.#bounded(async () => {
        await this.#catchUp();
        return this.sink.append(batch);
      });
      this.#pausedUntil = 0;
      return taken;
    } catch (error) {
      if (performance.now() >= this.#pausedUntil) this.#pausedUntil = performance.now() + PAUSE_MS;
      await spool.append(batch.lines);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#bounded(() => this.#catchUp()).catch(() => undefined);
    await this.#spool?.close();
    if (this.#isOpen) await this.#bounded(() => this.sink.close());
  }

  /** Brings the sink what it is behind with; afterwards nothing stands before what is new. */
  async #catchUp(): Promise<void> {
    if (!this.#isOpen) await this.sink.open(this.#session as AuditSession);
    this.#isOpen = true;
    const spool = this.#spool;
    if (!spool) return;
    const send = (lines: AuditBatch['lines']): Promise<boolean> =>
      this.sink.append({ lines, isDurable: true });
    const link = { head: (chain?: string) => this.sink.head(chain) };
    const silent = new AuditAlarmBell(() => undefined);
    await new LeftoverCourier(spool, link, silent, () => undefined).deliver(send);
    while (!spool.isEmpty) {
      const { lines, bytes } = await spool.peek();
      if (lines.length > 0) await send(lines);
      await spool.take(bytes);
    }
  }

  /** One thing after the other, also when nobody waits for the one before any more. */
  #bounded<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(work);
    this.#queue = run.catch(() => undefined);
    return within(systemClock, TIMEOUT_MS, run, () => {
      throw new Error(`${this.sink.name} did not answer within ${TIMEOUT_MS} ms`);
    });
  }
}
