import { CacheError, isCacheError, within, type Clock } from '@vitalcache/core';

import type { AuditSession, AuditSink } from '../audit-sinks/audit-sink.js';
import type { AuditAlarmBell } from './audit-alarm.js';
import type { AuditClass, AuditLimits } from './audit-limits.js';
import type { AuditLine, RecordLine } from './audit-line.js';
import type { AuditHead } from './audit-record.js';
import { AuditCheckpointer } from './audit.checkpointer.js';
import { AuditQueue, settle, type Delivery, type QueuedLine } from './audit.queue.js';
import type { AuditSpool } from './audit.spool.js';
import { BatchMaker, MAX_BATCH } from './batch.maker.js';
import type { CheckpointCourier } from './checkpoint.courier.js';
import { LeftoverCourier } from './leftover.courier.js';
import type { NumberRanges } from './number.ranges.js';
import { failureOf, SinkLink } from './sink.link.js';
import { steadyClock } from './steady-clock.js';

/** Nobody sleeps for ever, whatever was forgotten. */
const MAX_REST_MS = 60_000;

export interface AuditPumpOptions {
  readonly sink: AuditSink;
  readonly spool: AuditSpool;
  readonly session: AuditSession;
  readonly limits: AuditLimits;
  readonly clock: Clock;
  readonly bell: AuditAlarmBell;
  readonly courier: CheckpointCourier;
  /** The sink went down, for that reason. */
  readonly onDown: (reason: string) => void;
  /** So many records went to the local disk instead. */
  readonly onSpooled: (count: number) => void;
  /** The sink has taken a batch and nothing stands before what comes next. */
  readonly onFlow: () => void;
  /** A chain of a process that crashed lacks these. */
  readonly onHole: (chain: string, missing: NumberRanges) => void;
}

/**
 * Brings lines to the sink, in order, one batch at a time: those that come while a batch is under way share the next one and
 * its sync. When the sink is down everything goes through the spool, until that was brought to the sink.
 */
export class AuditPump {
  readonly queue: AuditQueue;
  readonly counts = { delivered: 0, spooled: 0, sinkFailures: 0 };
  readonly #options: AuditPumpOptions;
  readonly #link: SinkLink;
  readonly #batches: BatchMaker;
  readonly #leftovers: LeftoverCourier;
  readonly #closed = new AbortController();
  #isDown = true;
  #retryAt = 0;
  #retryMs: number;
  #spoolRetryAt = 0;
  #gatherFrom: number | null = null;
  #isHurried = false;
  #wake: AbortController | null = null;
  #running: Promise<void> | null = null;

  constructor(options: AuditPumpOptions) {
    const { limits, session, sink } = options;
    const clock = steadyClock(options.clock);
    this.#options = { ...options, clock };
    this.queue = new AuditQueue(limits);
    this.#link = new SinkLink(sink, clock, limits.sinkTimeoutMs);
    const checkpointer = new AuditCheckpointer(session.signer, session.node, options.clock);
    this.#batches = new BatchMaker(this.queue, checkpointer, options.bell);
    this.#leftovers = new LeftoverCourier(options.spool, this.#link, options.bell, options.onHole);
    this.#retryMs = limits.retryMs;
  }

  /** Checkpoints that were signed. */
  get checkpoints(): number {
    return this.#batches.checkpoints;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /**
   * Gets the sink ready and brings it what crashed processes left. Resolves with where the chain before stood; when the sink
   * can't be reached, that is unknown and the pump begins with the spool.
   * @throws CacheError `CONFIG_INVALID` of the sink or the spool
   */
  async start(): Promise<AuditHead | null> {
    let head: AuditHead | null = null;
    try {
      await this.#link.open(this.#options.session); // before the spool, which is made beside it
      await this.#prepareSpool();
      await this.#recover();
      head = await this.#link.head();
      this.#isDown = false;
    } catch (error) {
      if (isCacheError(error, 'CONFIG_INVALID')) throw error;
      await this.#prepareSpool();
      this.#goDown(error);
    }
    this.#running = this.#run();
    return head;
  }

  /** Sends a line on its way. @param tell told what became of it, at the latest when the sink goes down */
  push(line: RecordLine, kind: AuditClass, tell?: (delivery: Delivery) => void): void {
    if (tell && this.#isDown) tell('failed');
    this.queue.push({ line, class: kind, settle: this.#isDown ? undefined : tell });
    this.#gatherFrom ??= this.#options.clock.now();
    if (tell || this.queue.size >= MAX_BATCH || this.#isDown || this.queue.size === 1)
      this.#rouse();
  }

  /** Stops waiting for the sink: what waits for it goes to the local disk. */
  giveUpSink(): void {
    this.#link.giveUp();
  }

  /** Resolves with how many lines neither sink nor local disk has, once there are none or after `deadlineMs`. */
  async flush(deadlineMs: number): Promise<number> {
    const { clock } = this.#options;
    const until = clock.now() + deadlineMs;
    while (this.queue.size > 0 && clock.now() < until) {
      this.#isHurried = true;
      this.#rouse();
      await this.queue.leaving(clock, until - clock.now());
    }
    this.#isHurried = false;
    return this.queue.size;
  }

  /** As {@link flush}, with a checkpoint at the end; afterwards nothing runs any more. */
  async close(deadlineMs: number): Promise<number> {
    await this.flush(deadlineMs);
    this.#closed.abort(null);
    this.#rouse();
    await this.#running;
    if (!this.#isDown && (await this.#batches.seal())) await this.#stepUp();
    const left = this.queue.size;
    this.queue.failAll();
    await this.#link.close();
    const { clock, limits, spool } = this.#options;
    await within(clock, limits.spoolTimeoutMs, spool.close(), () => undefined).catch(
      () => undefined,
    );
    return left;
  }

  #prepareSpool(): Promise<void> {
    const { clock, limits, spool } = this.#options;
    return within(clock, limits.spoolTimeoutMs, spool.prepare(), () => {
      throw new CacheError(
        'CONFIG_INVALID',
        'The local disk of the audit does not answer; see to what the directory beside CACHE_AUDIT_FILE, or spoolDirectory, is on.',
      );
    });
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      await this.#rest();
      if (this.#closed.signal.aborted) return;
      try {
        await (this.#isDown ? this.#stepDown() : this.#stepUp());
      } catch (error) {
        this.#goDown(error); // whatever it is, records must go somewhere
      }
    }
  }

  /** Sleeps until there is something to do; woken, it looks again. */
  async #rest(): Promise<void> {
    const { signal: closed } = this.#closed;
    for (let ms = this.#restMs(); ms > 0 && !closed.aborted; ms = this.#restMs()) {
      this.#wake = new AbortController();
      await this.#options.clock.sleep(ms, this.#wake.signal, 'background');
      this.#wake = null;
    }
  }

  #restMs(): number {
    const { clock, limits } = this.#options;
    const now = clock.now();
    const until = (at: number): number => Math.max(0, at - now);
    if (this.#isDown) {
      const spoolMs = this.queue.size > 0 ? until(this.#spoolRetryAt) : Infinity;
      return Math.min(spoolMs, until(this.#retryAt));
    }
    const dueMs = this.#batches.checkpointDueInMs;
    const gatherMs =
      this.#gatherFrom === null ? Infinity : until(this.#gatherFrom + limits.gatherMs);
    const isUrgent = this.#isHurried || this.queue.size >= MAX_BATCH || this.queue.isAwaited;
    const workMs = this.queue.size === 0 ? Infinity : isUrgent ? 0 : gatherMs;
    return Math.min(dueMs ?? MAX_REST_MS, workMs, MAX_REST_MS);
  }

  #rouse(): void {
    this.#wake?.abort(null);
  }

  async #stepUp(): Promise<void> {
    try {
      if (await this.#sendQueued()) this.#options.onFlow();
    } catch (error) {
      this.#goDown(error);
    }
  }

  /** Brings the sink the first of what waits; resolves with whether there was anything. */
  async #sendQueued(): Promise<boolean> {
    const items = await this.#batches.next();
    if (items.length === 0) return false;
    const isDurable = items.some(({ settle: tell }) => tell !== undefined);
    const delivery = (await this.#send(linesOf(items), isDurable)) ? 'durable' : 'accepted';
    this.#drop(items);
    for (const item of items) settle(item, delivery);
    return true;
  }

  async #stepDown(): Promise<void> {
    const { clock, bell, limits } = this.#options;
    await this.#spoolQueue();
    if (clock.now() < this.#retryAt) return;
    try {
      await this.#recover();
      await this.#sendQueued(); // where the local disk took nothing, nothing has shown yet that the sink does
    } catch (error) {
      this.#retryMs = Math.min(this.#retryMs * 2, limits.maxRetryMs);
      this.#retryAt = clock.now() + this.#retryMs;
      this.counts.sinkFailures++;
      bell.ring('sink-down', downMessage(this.#link.name, error));
      return;
    }
    this.#isDown = false;
    this.#retryMs = limits.retryMs;
    bell.still('sink-down', 'spool-failed', 'restricted-refused', 'emergency-spooled');
    bell.tell('sink-up', `The sink ${this.#link.name} of the audit takes records again.`);
    this.#options.onFlow();
  }

  /** Brings the sink everything that is on the local disk, of this process and of those that crashed. */
  async #recover(): Promise<void> {
    const { session, spool } = this.#options;
    await this.#link.open(session);
    await this.#leftovers.deliver((lines) => this.#send(lines, true));
    while (!spool.isEmpty) {
      if (this.#closed.signal.aborted) throw new Error('the audit is being closed');
      const { lines, bytes } = await spool.peek();
      if (lines.length > 0) await this.#send(lines, true);
      await spool.take(bytes);
      await this.#spoolQueue();
    }
  }

  /** Moves what waits to the local disk; what can't be moved goes on waiting. */
  async #spoolQueue(): Promise<void> {
    const { clock, limits, spool, bell, onSpooled } = this.#options;
    while (this.queue.size > 0 && clock.now() >= this.#spoolRetryAt) {
      const items = await this.#batches.next();
      try {
        await within(clock, limits.spoolTimeoutMs, spool.append(linesOf(items)), () => {
          throw new Error('the disk does not answer');
        });
        this.#drop(items);
        const records = items.filter(({ line }) => line.kind === 'record').length;
        this.counts.spooled += records;
        onSpooled(records);
        bell.still('spool-failed');
      } catch (error) {
        this.#spoolRetryAt = clock.now() + limits.retryMs;
        const message = `The sink of the audit is down, and the local disk takes no records either (${failureOf(error)}).`;
        bell.ring('spool-failed', message);
      }
    }
  }

  async #send(lines: readonly AuditLine[], isDurable: boolean): Promise<boolean> {
    const isKept = await this.#link.append(lines, isDurable);
    this.counts.delivered += lines.length;
    const signed = lines.findLast((line) => line.kind === 'checkpoint');
    if (signed?.kind === 'checkpoint') this.#options.courier.take(signed);
    return isKept;
  }

  #drop(items: readonly QueuedLine[]): void {
    this.#batches.done(items);
    this.queue.drop(items.length);
    this.#gatherFrom = this.queue.size > 0 ? this.#options.clock.now() : null;
    const position = items.at(-1)?.line.position ?? 0;
    // A file that can't be emptied holds what the sink has too, and is sorted out by the next process.
    void this.#options.spool.release(position).catch(() => undefined);
  }

  #goDown(error: unknown): void {
    const { clock, bell, onDown } = this.#options;
    this.#isDown = true;
    this.#retryAt = clock.now() + this.#retryMs;
    this.counts.sinkFailures++;
    onDown(failureOf(error));
    bell.ring('sink-down', downMessage(this.#link.name, error));
    this.queue.failAll();
  }
}

function linesOf(items: readonly QueuedLine[]): readonly AuditLine[] {
  return items.map(({ line }) => line);
}

function downMessage(sink: string, error: unknown): string {
  return `The sink ${sink} of the audit is down (${failureOf(error)}): records go to the local disk, restricted data is refused.`;
}
