import { CacheError, within, type Clock } from '@vitalcache/core';

import type { AuditAlarmBell } from './audit-alarm.js';
import type { AuditEvent } from './audit-event.js';
import { classOf, type AuditClass, type AuditLimits } from './audit-limits.js';
import type { RecordLine } from './audit-line.js';
import type { AuditChain } from './audit.chain.js';
import type { AuditPump } from './audit.pump.js';
import type { Delivery } from './audit.queue.js';
import type { AuditSpool } from './audit.spool.js';
import type { GapNotes } from './gap.notes.js';
import { RecordMerger } from './record.merger.js';
import { steadyClock } from './steady-clock.js';

export interface LevelRecorderOptions {
  readonly chain: AuditChain;
  readonly pump: AuditPump;
  readonly spool: AuditSpool;
  readonly gap: GapNotes;
  readonly bell: AuditAlarmBell;
  readonly limits: AuditLimits;
  readonly clock: Clock;
  readonly mergeWindowMs: number;
}

/**
 * Records events as their level asks for. What happens when the sink is slow, down, or too much waits for it:
 *
 * | level      | sink slow              | sink down                            | too much waits                      |
 * | ---------- | ---------------------- | ------------------------------------ | ----------------------------------- |
 * | standard   | waits in memory        | goes to the local disk, alarm        | caller waits a while, then refused  |
 * | sensitive  | waits in memory, 1 000 | goes to the local disk, alarm        | refused                             |
 * | restricted | caller waits           | refused                              | refused                             |
 * | emergency  | caller waits 250 ms    | served, on the local disk first, alarm | served, on the local disk first   |
 *
 * An emergency is served even if the local disk fails too; then an `audit-gap` record says how much is missing. Nothing is
 * left out in silence: whatever was refused, withdrawn, spooled or lost is counted in such a record as soon as the sink
 * takes records again.
 */
export class LevelRecorder {
  readonly counts = { events: 0, records: 0, refused: 0, lost: 0, emergencySpooled: 0 };
  readonly merger: RecordMerger;
  readonly #chain: AuditChain;
  readonly #pump: AuditPump;
  readonly #spool: AuditSpool;
  readonly #gap: GapNotes;
  readonly #bell: AuditAlarmBell;
  readonly #limits: AuditLimits;
  readonly #clock: Clock;

  constructor(options: LevelRecorderOptions) {
    const { chain, pump, spool, gap, bell, limits, clock, mergeWindowMs } = options;
    this.#chain = chain;
    this.#pump = pump;
    this.#spool = spool;
    this.#gap = gap;
    this.#bell = bell;
    this.#limits = limits;
    this.#clock = steadyClock(clock);
    this.merger = new RecordMerger(mergeWindowMs, clock, (event, count, sinceMs) =>
      this.#link(event, classOf(event), undefined, count, sinceMs),
    );
  }

  /**
   * `null`: it is on its way, and nobody has to wait.
   * @throws CacheError `AUDIT_UNAVAILABLE` if the access must not happen; the promise rejects with it
   */
  record(event: AuditEvent): Promise<void> | null {
    this.counts.events++;
    const kind = classOf(event);
    if (kind === 'emergency') return this.#recordEmergency(event);
    if (kind === 'restricted') return this.#recordDurably(event);
    if (this.merger.takes(event) && this.merger.join(event)) return null;
    if (!this.#hasRoom(kind)) return this.#waitForRoom(kind).then(() => this.#take(event, kind));
    this.#take(event, kind);
    return null;
  }

  #take(event: AuditEvent, kind: AuditClass): void {
    if (!this.merger.takes(event)) this.#link(event, kind);
    else if (!this.merger.join(event)) this.merger.begin(event); // one may have come meanwhile
  }

  #hasRoom(kind: AuditClass): boolean {
    return this.#pump.queue.hasRoom(kind, this.merger.size);
  }

  async #waitForRoom(kind: AuditClass): Promise<void> {
    const { queue } = this.#pump;
    const until = this.#clock.now() + this.#limits.roomTimeoutMs;
    this.#bell.ring(
      'buffer-full',
      'So many audit records wait for the sink that accesses are held up or refused.',
    );
    while (kind === 'standard' && !this.#hasRoom(kind)) {
      const leftMs = until - this.#clock.now();
      if (leftMs <= 0) break;
      await queue.leaving(this.#clock, leftMs);
    }
    if (!this.#hasRoom(kind)) throw this.#refuse('too many audit records wait for the sink');
  }

  async #recordDurably(event: AuditEvent): Promise<void> {
    const why = 'restricted data needs a durable record';
    if (this.#pump.isDown) {
      throw this.#refuseRestricted(`${why}, and the sink of the audit is down`);
    }
    if (!this.#hasRoom('restricted')) {
      throw this.#refuseRestricted(`${why}, and too many records wait for the sink`);
    }
    const { seq, delivery } = this.#linkDurably(event, 'restricted');
    const { durableTimeoutMs } = this.#limits;
    const outcome = await within(this.#clock, durableTimeoutMs, delivery, () => 'late' as const);
    if (outcome === 'durable') return;
    const reason =
      outcome === 'accepted'
        ? 'the sink keeps nothing durably'
        : 'the sink did not take it in time';
    this.#gap.withdrawn(seq, reason);
    this.counts.refused++;
    this.#bell.ring('restricted-refused', `Access to restricted data was refused: ${reason}.`);
    throw auditRefusal(`${why}, and ${reason}`);
  }

  async #recordEmergency(event: AuditEvent): Promise<void> {
    if (!this.#hasRoom('emergency')) return this.#lose();
    if (!this.#hasRoom('restricted')) this.#pump.giveUpSink();
    const { line, delivery, seq } = this.#linkDurably(event, 'emergency');
    const { emergencyTimeoutMs } = this.#limits;
    const late = (): 'late' => 'late';
    const outcome = await within(this.#clock, emergencyTimeoutMs, delivery, late);
    if (outcome === 'durable') return;
    this.counts.emergencySpooled++;
    const message =
      'An emergency was served before its record was with the sink; the record is on the local disk.';
    try {
      const writing = this.#spool.appendEmergency(line);
      await within(this.#clock, emergencyTimeoutMs, writing, () => {
        throw new Error('the disk does not answer');
      });
      this.#bell.ring('emergency-spooled', message);
    } catch {
      this.#gap.exposed(seq, 'emergency served before its record was anywhere');
      this.#bell.ring(
        'emergency-unrecorded',
        'An emergency was served whose record is neither with the sink nor on the local disk; it waits in memory.',
      );
    }
  }

  /** Served, and there is no place left for its record: its number stays empty, and that is recorded. */
  #lose(): void {
    this.counts.lost++;
    this.#gap.missing(this.#chain.skip(), 'neither the sink nor the local disk took records');
    this.#bell.ring(
      'emergency-unrecorded',
      'An emergency was served whose record could be kept nowhere; an audit-gap will tell how many there were.',
    );
  }

  #linkDurably(
    event: AuditEvent,
    kind: AuditClass,
  ): { line: RecordLine; seq: number; delivery: Promise<Delivery> } {
    let tell!: (delivery: Delivery) => void;
    const delivery = new Promise<Delivery>((resolve) => (tell = resolve));
    const line = this.#link(event, kind, tell);
    return { line, seq: line.seq, delivery };
  }

  #link(
    event: AuditEvent,
    kind: AuditClass,
    tell?: (delivery: Delivery) => void,
    count = 1,
    sinceMs = 0,
  ): RecordLine {
    const merged = count > 1 ? { ...event, detail: { ...event.detail, spanMs: sinceMs } } : event;
    const line = this.#chain.link(merged, count > 1 ? count : undefined);
    this.counts.records++;
    this.#pump.push(line, kind, tell);
    return line;
  }

  #refuse(reason: string): CacheError {
    this.counts.refused++;
    this.#gap.refused(this.#chain.seq, reason);
    return auditRefusal(reason);
  }

  #refuseRestricted(reason: string): CacheError {
    this.#bell.ring('restricted-refused', `Access to restricted data is refused: ${reason}.`);
    return this.#refuse(reason);
  }
}

/** What a caller gets whose access must not happen. */
export function auditRefusal(reason: string): CacheError {
  return new CacheError(
    'AUDIT_UNAVAILABLE',
    `The access was refused because it could not be recorded: ${reason}. See the health and the alarms of the audit.`,
  );
}
