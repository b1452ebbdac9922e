import { within, type Clock } from '@vitalcache/core';

import { checkpointHash, checkpointText, type AuditCheckpoint } from './audit-checkpoint.js';
import { checkpointLine, type CheckpointLine, type RecordLine } from './audit-line.js';
import { AUDIT_SCHEMA } from './audit-record.js';
import type { IAuditSigner } from './audit.signer.js';
import { steadyClock } from './steady-clock.js';

const MAX_RECORDS = 256;
const MAX_AGE_MS = 1_000;
const SIGN_TIMEOUT_MS = 1_000;

/** Signs where the chain stands: every 256 records, or a second after the last time. */
export class AuditCheckpointer {
  readonly #signer: IAuditSigner;
  readonly #node: string;
  readonly #clock: Clock;
  readonly #steady: Clock;
  #notBefore = 0;
  #last: { readonly size: number; readonly at: number; readonly hash: string } | null = null;

  constructor(signer: IAuditSigner, node: string, clock: Clock) {
    this.#signer = signer;
    this.#node = node;
    this.#clock = clock;
    this.#steady = steadyClock(clock);
  }

  /** Milliseconds until the record is to be covered; 0 at once, `null` if it is covered already. */
  dueInMs({ seq }: RecordLine): number | null {
    const now = this.#steady.now();
    const waitMs = Math.max(0, this.#notBefore - now);
    if (!this.#last) return waitMs;
    const { size, at } = this.#last;
    if (seq <= size) return null;
    return Math.max(waitMs, seq - size >= MAX_RECORDS ? 0 : at + MAX_AGE_MS - now);
  }

  /** It could not be signed; the next attempt is to come a second later. */
  postpone(): void {
    this.#notBefore = this.#steady.now() + MAX_AGE_MS;
  }

  /** Resolves with a checkpoint that covers everything up to the record. Rejects if it can't be signed in time. */
  async make(record: RecordLine): Promise<CheckpointLine> {
    const at = this.#steady.now();
    const checkpoint: AuditCheckpoint = {
      v: AUDIT_SCHEMA,
      chain: record.chain,
      node: this.#node,
      size: record.seq,
      head: record.hash,
      time: new Date(this.#clock.now()).toISOString(),
      previous: this.#last?.hash ?? '',
      keyId: this.#signer.keyId,
    };
    const signing = Promise.resolve(this.#signer.sign(checkpointText(checkpoint)));
    const signature = await within(this.#clock, SIGN_TIMEOUT_MS, signing, () => {
      throw new Error('it took too long');
    });
    const signed = { checkpoint, signature };
    this.#last = { size: record.seq, at, hash: checkpointHash(signed) };
    return checkpointLine(signed);
  }
}
