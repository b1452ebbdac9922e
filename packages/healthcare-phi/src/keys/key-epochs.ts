import { randomBytes } from 'node:crypto';

import { CacheError } from '@vitalcache/core';

import { SKEW_MS } from '../seal/seal-caps.js';

const MINUTE_MS = 60_000;
/** For which before its turn the next epoch is soon: five minutes, of short epochs a quarter of one. */
const SOON_MS = 5 * MINUTE_MS;
const TAIL_BYTES = 4;

export interface KeyEpochOptions {
  /** How long an epoch takes; whole minutes, the same in all processes. Default: 24 hours. */
  readonly epochMs?: number | undefined;
  /** The longest time that anything sealed may be readable. */
  readonly longestMs: number;
}

/** Divides time into epochs, each named by the minute in which it starts, and names keys by them. */
export class KeyEpochs {
  readonly #epochMs: number;
  readonly #longestMs: number;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor({ epochMs = 86_400_000, longestMs }: KeyEpochOptions) {
    if (!Number.isSafeInteger(epochMs / MINUTE_MS) || epochMs < MINUTE_MS || epochMs > 2.7e9) {
      throw new CacheError(
        'CONFIG_INVALID',
        `epochMs is ${String(epochMs)}; accepted: whole minutes, from 60000 to 2700000000 (a month).`,
      );
    }
    this.#epochMs = epochMs;
    this.#longestMs = longestMs;
  }

  at(nowMs: number): number {
    return (Math.floor(nowMs / this.#epochMs) * this.#epochMs) / MINUTE_MS;
  }

  /** The next epoch, where its turn comes soon; else `null`. */
  soonAt(nowMs: number): number | null {
    const next = this.at(nowMs + Math.min(SOON_MS, this.#epochMs / 4));
    return next === this.at(nowMs) ? null : next;
  }

  /** When nothing that was sealed with a key of the epoch is needed any more. */
  expiryOf(epoch: number): number {
    return epoch * MINUTE_MS + this.#epochMs + this.#longestMs + 2 * SKEW_MS;
  }

  /** Whether a key of that epoch may be there at all. */
  isPossible(epoch: number, nowMs: number): boolean {
    return epoch * MINUTE_MS <= nowMs + SKEW_MS && nowMs < this.expiryOf(epoch);
  }

  /** A new key's name: the epoch and random bytes, as 16 hexadecimal digits. */
  newId(epoch: number): string {
    return idOf(epoch, randomBytes(TAIL_BYTES));
  }
}

/** @param tail 4 bytes */
export function idOf(epoch: number, tail: Buffer): string {
  return epoch.toString(16).padStart(8, '0') + tail.toString('hex', 0, TAIL_BYTES);
}

/** The epoch in a key's name. */
export function epochOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16);
}
