import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { FakeClock, until } from '@vitalcache/testing';

import type { AuditAlarm } from '../../src/audit/audit-alarm.js';
import type { AuditEvent } from '../../src/audit/audit-event.js';
import type { AuditLimits } from '../../src/audit/audit-limits.js';
import { parseLine } from '../../src/audit/audit-line.js';
import type { AuditRecord } from '../../src/audit/audit-record.js';
import { PhiAudit } from '../../src/audit/phi.audit.js';
import type { PhiAuditOptions } from '../../src/audit/phi-audit-options.js';
import type { AuditBatch } from '../../src/audit-sinks/audit-sink.js';
import { MemoryAuditSink } from '../../src/audit-sinks/memory.sink.js';
import { AuditDirectory, KEYS, READ } from './audit-log.fixture.js';

/** A sink that can be made slow, so that it answers when it is let go, or down, so that it refuses. */
export class FaultySink extends MemoryAuditSink {
  mode: 'up' | 'slow' | 'down' = 'up';
  isDurable = true;
  readonly batches: number[] = [];
  readonly #held: (() => void)[] = [];

  override async open(): Promise<void> {
    if (this.mode === 'down') throw new Error('ECONNREFUSED');
  }

  override async append(batch: AuditBatch): Promise<boolean> {
    if (this.mode === 'slow') await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.mode === 'down') throw new Error('ECONNREFUSED');
    this.batches.push(batch.lines.length);
    await super.append(batch);
    return this.isDurable;
  }

  /** Answers what it was asked while it was slow, and is quick from now on. */
  letGo(): void {
    this.mode = 'up';
    for (const answer of this.#held.splice(0)) answer();
  }

  get records(): readonly AuditRecord[] {
    return this.lines.flatMap((line) => (line.kind === 'record' ? [line.record] : []));
  }

  /** What was recorded of events other than the audit's own. */
  get accesses(): readonly AuditRecord[] {
    return this.records.filter(({ actor }) => actor !== 'system');
  }

  get gaps(): readonly AuditRecord[] {
    return this.records.filter(({ event }) => event === 'audit-gap');
  }
}

/** A call and what became of it so far. */
export class Call {
  /** `pending`, `served`, or the code of the refusal. */
  state = 'pending';

  constructor(readonly promise: Promise<void>) {
    promise.then(
      () => (this.state = 'served'),
      (error: { code?: string }) => (this.state = error.code ?? 'an error without a code'),
    );
  }
}

/** Whether this process waits for its disk. */
function isDiskBusy(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'));
}

/** An audit on a clock that stands still, a sink that can fail and a real directory for its spool. */
export class AuditRig {
  readonly clock = new FakeClock();
  readonly spool: AuditDirectory;
  readonly alarms: AuditAlarm[] = [];
  readonly sink: FaultySink;
  readonly audit: PhiAudit;

  constructor({
    limits = {},
    sink = new FaultySink(),
    spool = new AuditDirectory(),
    ...options
  }: Partial<Omit<PhiAuditOptions, 'limits' | 'sink'>> & {
    limits?: Partial<AuditLimits>;
    sink?: FaultySink;
    spool?: AuditDirectory;
  } = {}) {
    this.sink = sink;
    this.spool = spool;
    this.audit = new PhiAudit({
      sink,
      signingKey: KEYS.privateKey,
      spoolDirectory: spool.path,
      node: 'n1',
      clock: this.clock,
      monotonicMs: this.clock.now,
      limits,
      onAlarm: (alarm) => this.alarms.push(alarm),
      ...options,
    });
  }

  async start(): Promise<this> {
    await this.audit.start();
    await this.audit.flush();
    return this;
  }

  read(event: Partial<AuditEvent> = {}): Call {
    return new Call(this.audit.record({ ...READ, ...event }));
  }

  reads(count: number, event: Partial<AuditEvent> = {}): Call[] {
    return Array.from({ length: count }, () => this.read(event));
  }

  get alarmKinds(): string[] {
    return this.alarms.map(({ kind }) => kind);
  }

  get metrics(): Readonly<Record<string, number>> {
    return this.audit.metrics();
  }

  /** Lets everything run that needs no time of the clock; the clock stands while a real disk works, however slow it is. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 20; turns = isDiskBusy() ? 0 : turns + 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Lets time pass step by step, as it does. */
  async pass(ms: number, steps = 10): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await this.settle();
      this.clock.advance(Math.floor(ms / steps) + (i === 0 ? ms % steps : 0));
    }
    await this.settle();
  }

  /** Takes the sink down, and waits until the audit knows. */
  async takeDown(): Promise<void> {
    this.sink.mode = 'down';
    this.read({ actor: 'prober' });
    await this.pass(50, 2);
    await this.until('the sink is known to be down', () => this.alarmKinds.includes('sink-down'));
  }

  /** Waits for what a real disk does; meanwhile a little time passes. */
  until(what: string, isSo: () => boolean): Promise<void> {
    return until(
      what,
      async () => {
        await this.pass(1, 1);
        return isSo();
      },
      4_000,
    );
  }

  /** Records that stand in a file of the spool. */
  spooled(kind: 'spool' | 'emergency'): readonly AuditRecord[] {
    const names = existsSync(this.spool.path) ? readdirSync(this.spool.path) : [];
    return names
      .filter((name) => name.endsWith(`.${kind}`))
      .flatMap((name) => readFileSync(join(this.spool.path, name), 'utf8').split('\n').slice(0, -1))
      .map(parseLine)
      .flatMap((line) => (line?.kind === 'record' ? [line.record] : []));
  }

  /** The local disk is gone. */
  breakSpool(): void {
    rmSync(this.spool.path, { recursive: true, force: true });
  }

  async dispose(): Promise<void> {
    this.sink.letGo();
    const closing = this.audit.close();
    let isClosed = false;
    void closing.then(() => (isClosed = true));
    while (!isClosed) await this.pass(1_000, 1);
    this.spool.dispose();
  }
}
