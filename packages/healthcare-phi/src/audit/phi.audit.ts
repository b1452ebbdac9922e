import { CacheError, systemClock, type PluginHealth } from '@vitalcache/core';

import type { AuditSink } from '../audit-sinks/audit-sink.js';
import { AuditAlarmBell } from './audit-alarm.js';
import type { AuditEvent, IAudit } from './audit-event.js';
import { auditHealth } from './audit-health.js';
import { AUDIT_LIMITS, type AuditLimits } from './audit-limits.js';
import type { AuditHead } from './audit-record.js';
import { configEvent, nodeName, signerOf } from './audit-options.js';
import { AuditChain } from './audit.chain.js';
import { AuditPump } from './audit.pump.js';
import { AuditSpool } from './audit.spool.js';
import { CheckpointCourier } from './checkpoint.courier.js';
import { crashEvent, GapNotes } from './gap.notes.js';
import { auditRefusal, LevelRecorder } from './level.recorder.js';
import { LIBRARY_VERSION } from './library-version.js';
import { assertAuditOptions, type PhiAuditOptions } from './phi-audit-options.js';

const CLOSE_DEADLINE_MS = 10_000;
/** Of records that nobody has to wait for, which is nearly all of them. */
const ON_ITS_WAY = Promise.resolve();

/** The audit of protected data: records every access; {@link LevelRecorder} says when one must not happen. */
export class PhiAudit implements IAudit {
  readonly node: string;
  readonly #sink: AuditSink;
  readonly #limits: AuditLimits;
  readonly #bell: AuditAlarmBell;
  readonly #chain: AuditChain;
  readonly #courier: CheckpointCourier;
  readonly #pump: AuditPump;
  readonly #recorder: LevelRecorder;
  readonly #gap = new GapNotes();
  readonly #crashes: AuditEvent[] = [];
  #state: 'new' | 'running' | 'closed' = 'new';
  #starting: Promise<void> | null = null;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: PhiAuditOptions) {
    assertAuditOptions(options);
    const { sink, anchor, spoolDirectory, clock = systemClock, mergeWindowMs = 0 } = options;
    const { isClockSynchronised, monotonicMs = () => performance.now() } = options;
    const limits = { ...AUDIT_LIMITS, ...options.limits };
    this.#sink = sink;
    this.#limits = limits;
    this.node = nodeName(options.node);
    this.#bell = new AuditAlarmBell(options.onAlarm ?? (() => undefined));
    const [node, bell, gap] = [this.node, this.#bell, this.#gap];
    this.#chain = new AuditChain({
      node,
      library: LIBRARY_VERSION,
      clock,
      monotonicMs,
      ...(isClockSynchronised ? { isClockSynchronised } : {}),
    });
    const spool = new AuditSpool(spoolDirectory, node, this.#chain.id);
    this.#courier = new CheckpointCourier(anchor, clock, bell);
    this.#pump = new AuditPump({
      sink,
      spool,
      session: { node, chain: this.#chain.id, signer: signerOf(options.signingKey) },
      limits,
      clock,
      bell,
      courier: this.#courier,
      onDown: (reason) => gap.begin(this.#chain.seq, reason),
      onSpooled: (count) => gap.spooled(count),
      onFlow: () => this.#tellGap(),
      onHole: (chain, missing) => this.#crashes.push(crashEvent(chain, missing)),
    });
    const [chain, pump] = [this.#chain, this.#pump];
    const parts = { chain, pump, spool, gap, bell, limits, clock, mergeWindowMs };
    this.#recorder = new LevelRecorder(parts);
  }

  /**
   * Gets the sink ready, brings it what earlier processes of this node left on the local disk, and begins the chain. A sink
   * that can't be reached is an alarm, not an error. Resolves when the first record is on a disk, the sink's or the local one.
   * May be called again, as when several caches share it: it starts once.
   * @throws CacheError `CONFIG_INVALID` if sink or local disk can't be used as they are set up; `AUDIT_UNAVAILABLE` if neither
   * took the first record
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    const previous = await this.#pump.start();
    this.#state = 'running';
    const event = configEvent({ act: 'start', sink: this.#sink.name, ...this.#sink.describe?.() });
    const first = this.#chain.link(event, undefined, previous ?? undefined);
    this.#pump.push(first, 'standard', () => undefined); // told, so that it is written durably
    this.#tellGap();
    const { sinkTimeoutMs, spoolTimeoutMs } = this.#limits;
    if ((await this.#pump.flush(sinkTimeoutMs + spoolTimeoutMs)) === 0) return;
    await this.close(0);
    throw new CacheError(
      'AUDIT_UNAVAILABLE',
      'The audit can not start: neither its sink nor the local disk took its first record. See that the sink runs, and that the spool’s disk (beside CACHE_AUDIT_FILE, or spoolDirectory) has room.',
    );
  }

  /** @throws CacheError `ACCESS_MISSING` without an actor; `AUDIT_UNAVAILABLE` if the access must not happen */
  record(event: AuditEvent): Promise<void> {
    try {
      if (this.#state !== 'running') throw auditRefusal('the audit is not running');
      if (event.actor.trim() === '') {
        throw new CacheError(
          'ACCESS_MISSING',
          'Nothing is recorded without an actor: say who acts.',
        );
      }
      return this.#recorder.record(event) ?? ON_ITS_WAY;
    } catch (error) {
      const refusal = error as Error;
      return Promise.reject(refusal);
    }
  }

  /** Where the log of this process stands: its last record, also if that is still on its way to the sink. */
  async position(): Promise<AuditHead | null> {
    return this.#chain.head;
  }

  /** Resolves with how many records neither the sink nor the local disk has, once there are none or after `deadlineMs`. */
  flush(deadlineMs = CLOSE_DEADLINE_MS): Promise<number> {
    this.#recorder.merger.flush();
    return this.#pump.flush(deadlineMs);
  }

  /** As {@link flush}, with a last record and a checkpoint over it; records nothing any more. May be called twice. */
  async close(deadlineMs = CLOSE_DEADLINE_MS): Promise<number> {
    if (this.#state !== 'running') return this.#pump.queue.size;
    this.#state = 'closed';
    this.#recorder.merger.flush();
    this.#pump.push(this.#chain.link(configEvent({ act: 'stop' })), 'standard');
    const left = await this.#pump.close(deadlineMs);
    await this.#courier.close();
    return left;
  }

  /** Answers at once. */
  health(): PluginHealth {
    return auditHealth({
      isRunning: this.#state === 'running',
      isSinkDown: this.#pump.isDown,
      ringing: this.#bell.ringing,
    });
  }

  /** Numbers since start, and how many records wait now. */
  metrics(): Readonly<Record<string, number>> {
    const { counts, merger } = this.#recorder;
    const { delivered, spooled, sinkFailures } = this.#pump.counts;
    return {
      auditEvents: counts.events,
      auditRecords: counts.records,
      auditRefused: counts.refused,
      auditLost: counts.lost,
      auditEmergencySpooled: counts.emergencySpooled,
      auditDelivered: delivered,
      auditSpooled: spooled,
      auditSinkFailures: sinkFailures,
      auditCheckpoints: this.#pump.checkpoints,
      auditWaiting: this.#pump.queue.size + merger.size,
    };
  }

  /** Tells in the log what did not go as it should, as soon as the log can be written again. */
  #tellGap(): void {
    if (this.#state === 'new' || this.#pump.isDown) return;
    const events = this.#crashes.splice(0);
    if (!this.#gap.isEmpty) events.push(...this.#gap.take(this.#chain.seq));
    for (const event of events) this.#pump.push(this.#chain.link(event), 'standard');
    this.#bell.still('emergency-unrecorded', 'emergency-spooled', 'restricted-refused');
    if (this.#pump.queue.hasRoom('sensitive')) this.#bell.still('buffer-full');
  }
}
