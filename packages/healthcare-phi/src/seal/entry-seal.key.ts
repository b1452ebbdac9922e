import { CacheError, type Clock, type SealKey } from '@vitalcache/core';

import { openEnvelope, sealEnvelope, type EnvelopeTerms } from './envelope.js';
import { MAX_PLAIN_BYTES } from './envelope-layout.js';

/** Seals and opens payloads of the same terms with one data key. */
export class EntrySealKey implements SealKey {
  /** No #fields: one is made for each hit, and to make an object with them takes as long as much of the rest. */
  constructor(
    private readonly terms: EnvelopeTerms,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** @throws CacheError `OPTION_INVALID` for more time than the level allows, `VALUE_INVALID` for too many bytes */
  seal(payload: Uint8Array, context: Uint8Array, notAfter: number): Buffer {
    const issuedAt = this.clock.now();
    const { capMs, level } = this.terms;
    if (!(notAfter - issuedAt <= capMs)) {
      throw new CacheError(
        'OPTION_INVALID',
        `An entry of ${level} data was to be kept for longer than ${capMs} ms, which is its level's cap; shorten ttl or staleIfErrorMs.`,
      );
    }
    if (payload.length > MAX_PLAIN_BYTES / 2) {
      throw new CacheError(
        'VALUE_INVALID',
        `A value of ${payload.length} bytes is too long to be sealed; accepted: up to ${MAX_PLAIN_BYTES / 2}.`,
      );
    }
    const times = { issuedAt: Math.floor(issuedAt), notAfter: Math.floor(notAfter) };
    return sealEnvelope(payload, context, times, this.terms);
  }

  open(sealed: Uint8Array, context: Uint8Array, nowMs: number): Buffer | null {
    return openEnvelope(sealed, context, nowMs, this.terms);
  }
}
