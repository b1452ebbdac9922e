import { within, type Clock } from '@vitalcache/core';

import type { AuditAnchor } from '../audit-sinks/audit-anchor.js';
import type { AuditAlarmBell } from './audit-alarm.js';
import type { SignedCheckpoint } from './audit-checkpoint.js';

const TIMEOUT_MS = 5_000;
const RETRY_MS = 1_000;

/**
 * Takes the newest checkpoint of each chain to the anchor. Nobody waits for it: an anchor that is down means alarms, and that
 * a cut would be noticed later, not that an access is refused.
 */
export class CheckpointCourier {
  readonly #anchor: AuditAnchor | undefined;
  readonly #clock: Clock;
  readonly #bell: AuditAlarmBell;
  readonly #waiting = new Map<string, SignedCheckpoint>();
  readonly #closed = new AbortController();
  #run: Promise<void> | null = null;

  constructor(anchor: AuditAnchor | undefined, clock: Clock, bell: AuditAlarmBell) {
    this.#anchor = anchor;
    this.#clock = clock;
    this.#bell = bell;
  }

  take(signed: SignedCheckpoint): void {
    if (!this.#anchor) return;
    this.#waiting.set(signed.checkpoint.chain, signed);
    this.#run ??= Promise.resolve().then(() => this.#deliver());
  }

  /** Resolves when all are delivered, or one more attempt at it has failed. */
  async close(): Promise<void> {
    this.#closed.abort(null);
    await this.#run;
    await this.#anchor?.close?.();
  }

  async #deliver(): Promise<void> {
    for (let first = this.#first(); first; first = this.#first()) {
      const isDelivered = await this.#append(first);
      if (isDelivered && this.#waiting.get(first.checkpoint.chain) === first) {
        this.#waiting.delete(first.checkpoint.chain);
      }
      if (isDelivered) continue;
      if (this.#closed.signal.aborted) return;
      await this.#clock.sleep(RETRY_MS, this.#closed.signal, 'background');
    }
    this.#run = null; // in the step that saw that nothing waits: what comes from here on begins anew
  }

  #first(): SignedCheckpoint | undefined {
    return this.#waiting.values().next().value;
  }

  async #append(signed: SignedCheckpoint): Promise<boolean> {
    try {
      const appending = Promise.resolve(this.#anchor?.append(signed));
      await within(this.#clock, TIMEOUT_MS, appending, () => {
        throw new Error('it does not answer');
      });
      this.#bell.still('anchor-failed');
      return true;
    } catch {
      const message =
        'The anchor takes no checkpoints: a cut of the audit log would not be noticed.';
      this.#bell.ring('anchor-failed', message);
      return false;
    }
  }
}
