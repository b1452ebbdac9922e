import type { Clock } from '../clock/clock.js';

/**
 * How long ago this process knew everything: the age of the question, not of its answer, for a process that slept in
 * between learned nothing.
 */
export class LinkAge {
  readonly #clock: Clock;
  #knownAt = -Infinity;
  /** A head that was shown before the records up to it, and when it was asked for. */
  #ahead: { readonly stamp: number; readonly sentAt: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds; Infinity where it is not known, as after the clock was set back. */
  ageMs(nowMs = this.#clock.now()): number {
    const age = nowMs - this.#knownAt;
    return age >= 0 ? age : Infinity;
  }

  /** Nothing was left open by an answer to what was asked at `sentAt`. */
  onKnown(sentAt: number): void {
    this.#knownAt = sentAt;
    this.#ahead = null;
  }

  /**
   * This process is at `position` after an answer whose head it has not reached. It knows what was known at the last
   * head that it did reach: a store that shows a head but no way there gets no younger.
   */
  onBehind(head: number, sentAt: number, position: number): void {
    if (this.#ahead && position >= this.#ahead.stamp) this.onKnown(this.#ahead.sentAt);
    this.#ahead ??= { stamp: head, sentAt };
  }

  /** Another history has begun: heads of the one before mean nothing. */
  onJump(): void {
    this.#ahead = null;
  }

  /** Nothing is followed any more. */
  end(): void {
    this.#knownAt = -Infinity;
  }
}
