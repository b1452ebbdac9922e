import type { AuditAlarmBell } from './audit-alarm.js';
import type { AuditLine } from './audit-line.js';
import type { AuditSpool } from './audit.spool.js';
import { MAX_BATCH } from './batch.maker.js';
import { NumberRanges } from './number.ranges.js';
import type { SinkLink } from './sink.link.js';
import type { SpoolLeftover } from './spool-leftovers.js';

/** Brings the sink what processes of this node left on the local disk when they crashed. */
export class LeftoverCourier {
  readonly #spool: AuditSpool;
  readonly #link: Pick<SinkLink, 'head'>;
  readonly #bell: AuditAlarmBell;
  readonly #onHole: (chain: string, missing: NumberRanges) => void;

  /** @param onHole told of numbers that are neither with the sink nor in a leftover that goes on behind them */
  constructor(
    spool: AuditSpool,
    link: Pick<SinkLink, 'head'>,
    bell: AuditAlarmBell,
    onHole: (chain: string, missing: NumberRanges) => void,
  ) {
    this.#spool = spool;
    this.#link = link;
    this.#bell = bell;
    this.#onHole = onHole;
  }

  /** Each file is removed once all of it is with the sink. */
  async deliver(send: (lines: readonly AuditLine[]) => Promise<unknown>): Promise<void> {
    for (const leftover of await this.#spool.leftovers()) {
      const missing = await this.#deliverOne(leftover, send);
      await this.#spool.discard(leftover);
      if (!missing.isEmpty) this.#onHole(leftover.chain, missing);
    }
  }

  async #deliverOne(
    leftover: SpoolLeftover,
    send: (lines: readonly AuditLine[]) => Promise<unknown>,
  ): Promise<NumberRanges> {
    const head = await this.#link.head(leftover.chain);
    const missing = new NumberRanges();
    let [batch, seq]: [AuditLine[], number | undefined] = [[], head?.seq];
    for await (const line of this.#spool.read(leftover, () => this.#reportDamage())) {
      if (seq !== undefined && line.seq > seq + 1) missing.add(seq + 1, line.seq - 1);
      seq = Math.max(seq ?? 0, line.seq);
      batch.push(line);
      if (batch.length < MAX_BATCH) continue;
      await send(batch);
      batch = [];
    }
    if (batch.length > 0) await send(batch);
    return missing;
  }

  #reportDamage(): void {
    const message =
      'A line on the local disk of the audit was torn by a crash, or edited; it is left out.';
    this.#bell.tell('spool-damaged', message);
  }
}
