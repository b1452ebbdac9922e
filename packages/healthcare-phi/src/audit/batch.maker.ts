import type { AuditAlarmBell } from './audit-alarm.js';
import type { RecordLine } from './audit-line.js';
import type { AuditCheckpointer } from './audit.checkpointer.js';
import type { AuditQueue, QueuedLine } from './audit.queue.js';

/** Records in one batch; a checkpoint may come on top. */
export const MAX_BATCH = 256;

/** Cuts the queue into batches, and puts checkpoints where they are due. */
export class BatchMaker {
  readonly #queue: AuditQueue;
  readonly #checkpointer: AuditCheckpointer;
  readonly #bell: AuditAlarmBell;
  #last: RecordLine | null = null;
  #checkpoints = 0;

  constructor(queue: AuditQueue, checkpointer: AuditCheckpointer, bell: AuditAlarmBell) {
    this.#queue = queue;
    this.#checkpointer = checkpointer;
    this.#bell = bell;
  }

  get checkpoints(): number {
    return this.#checkpoints;
  }

  /** Milliseconds until one must be made for what has left the queue; `null`: none is needed. */
  get checkpointDueInMs(): number | null {
    return this.#last ? this.#checkpointer.dueInMs(this.#last) : null;
  }

  /** The first lines that wait, with a checkpoint behind them if one is due. They stay in the queue. */
  async next(): Promise<readonly QueuedLine[]> {
    const items = this.#queue.head(MAX_BATCH);
    const last = lastRecord(items) ?? this.#last;
    if (!last || items.at(-1)?.line.kind === 'checkpoint') return items;
    if (this.#checkpointer.dueInMs(last) !== 0) return items;
    const isSigned = await this.#sign(items.length, last);
    return isSigned ? this.#queue.head(items.length + 1) : items;
  }

  /** They are leaving the queue. */
  done(items: readonly QueuedLine[]): void {
    this.#last = lastRecord(items) ?? this.#last;
  }

  /** Puts a checkpoint over everything at the end of the queue; resolves with whether one was needed and could be made. */
  async seal(): Promise<boolean> {
    const last = lastRecord(this.#queue.head(this.#queue.size)) ?? this.#last;
    if (!last || this.#checkpointer.dueInMs(last) === null) return false;
    return this.#sign(this.#queue.size, last);
  }

  async #sign(at: number, last: RecordLine): Promise<boolean> {
    try {
      this.#queue.insert(at, await this.#checkpointer.make(last));
      this.#checkpoints++;
      this.#bell.still('signer-failed');
      return true;
    } catch {
      this.#checkpointer.postpone();
      const message =
        'Checkpoints of the audit can not be signed: records are kept, but nothing vouches for them.';
      this.#bell.ring('signer-failed', message);
      return false;
    }
  }
}

function lastRecord(items: readonly QueuedLine[]): RecordLine | undefined {
  const line = items.findLast((item) => item.line.kind === 'record')?.line;
  return line?.kind === 'record' ? line : undefined;
}
