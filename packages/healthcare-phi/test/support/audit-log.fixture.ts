import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FakeClock } from '@vitalcache/testing';

import type { AuditEvent } from '../../src/audit/audit-event.js';
import {
  checkpointHash,
  checkpointText,
  type SignedCheckpoint,
} from '../../src/audit/audit-checkpoint.js';
import { generateAuditKeys, readSigningKey } from '../../src/audit/audit-keys.js';
import { checkpointLine, type RecordLine } from '../../src/audit/audit-line.js';
import type { AuditHead } from '../../src/audit/audit-record.js';
import { AuditChain } from '../../src/audit/audit.chain.js';
import { LocalAuditSigner } from '../../src/audit/audit.signer.js';
import type { AuditSink } from '../../src/audit-sinks/audit-sink.js';
import { FileAuditSink, type FileAuditSinkOptions } from '../../src/audit-sinks/file.sink.js';

export const KEYS = generateAuditKeys();
export const SIGNER = new LocalAuditSigner(readSigningKey(KEYS.privateKey));

export const READ: AuditEvent = {
  event: 'read',
  action: 'R',
  outcome: 0,
  actor: 'dr-1',
  tenant: 'default',
  patientId: 'p-1',
  template: 'labs',
  level: 'standard',
  source: 'l2',
  requestId: 'q-1',
};

/** A new directory, removed by `dispose`. */
export class AuditDirectory {
  readonly path = mkdtempSync(join(tmpdir(), 'vc-audit-'));

  dispose(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Names of the files of the log, oldest first. */
  get files(): string[] {
    return this.all.filter((name) => name.endsWith('.jsonl'));
  }

  get all(): string[] {
    return readdirSync(this.path).sort();
  }

  read(name = this.files.at(-1) as string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  lines(name?: string): string[] {
    return this.read(name).split('\n').slice(0, -1);
  }

  /** Writes a file anew from what `change` makes of its lines. */
  edit(change: (lines: string[]) => string[], name = this.files.at(-1) as string): void {
    this.write(
      name,
      change(this.lines(name))
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  write(name: string, text: string | Buffer): void {
    writeFileSync(join(this.path, name), text);
  }
}

export interface LogWriterOptions extends Omit<Partial<FileAuditSinkOptions>, 'clock'> {
  readonly signer?: LocalAuditSigner;
  readonly clock?: FakeClock;
}

/** Writes chains as a process does, by hand: when it checkpoints and closes is up to the test. */
export class LogWriter {
  readonly clock: FakeClock;
  readonly chain: AuditChain;
  readonly anchored: SignedCheckpoint[] = [];
  readonly #sink: AuditSink;
  readonly #signer: LocalAuditSigner;
  #previous = '';
  #last: RecordLine | null = null;
  #monotonicMs = 0;

  constructor(directory: string, options: LogWriterOptions = {}) {
    const { signer = SIGNER, clock = new FakeClock(), ...rest } = options;
    this.clock = clock;
    this.#signer = signer;
    this.#sink = new FileAuditSink({ directory, clock, ...rest });
    this.chain = new AuditChain({
      node: 'n1',
      library: '0.1.0',
      clock,
      monotonicMs: () => this.#monotonicMs,
    });
  }

  get sink(): AuditSink {
    return this.#sink;
  }

  async open(): Promise<this> {
    await this.#sink.open({ node: 'n1', chain: this.chain.id, signer: this.#signer });
    return this;
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.#monotonicMs += ms;
  }

  /** Writes `count` records, 10 ms apart. */
  async records(
    count: number,
    event: Partial<AuditEvent> = {},
    previous?: AuditHead,
  ): Promise<this> {
    for (let i = 0; i < count; i++) {
      this.advance(10);
      await this.write(
        this.chain.link({ ...READ, ...event }, undefined, i === 0 ? previous : undefined),
      );
    }
    return this;
  }

  async write(line: RecordLine): Promise<void> {
    this.#last = line;
    await this.#sink.append({ lines: [line], isDurable: false });
  }

  async checkpoint({ anchor = true } = {}): Promise<this> {
    const last = this.#last as RecordLine;
    const checkpoint = {
      v: 1,
      chain: this.chain.id,
      node: 'n1',
      size: last.seq,
      head: last.hash,
      time: new Date(this.clock.now()).toISOString(),
      previous: this.#previous,
      keyId: this.#signer.keyId,
    };
    const signed = { checkpoint, signature: this.#signer.sign(checkpointText(checkpoint)) };
    this.#previous = checkpointHash(signed);
    if (anchor) this.anchored.push(signed);
    await this.#sink.append({ lines: [checkpointLine(signed)], isDurable: true });
    return this;
  }

  async close(): Promise<this> {
    await this.#sink.close();
    return this;
  }
}
