import type { Subject } from '../validity/cover-hash.js';
import type { HeldMeta } from './entry.js';
import { BUFFER_BYTES, HeldEntry } from './held-entry.js';

/** An entry as it stands in the store, held for a while: whoever wants its value opens it anew. */
export class SealedHeldEntry extends HeldEntry {
  /** Nobody gets it without the key. */
  readonly value = undefined;

  /**
   * @param stored all of its bytes, in memory of their own
   * @param untilMs it is held no longer
   */
  constructor(
    meta: HeldMeta,
    subject: Subject,
    tenant: string | null,
    readonly stored: Buffer,
    untilMs: number,
  ) {
    const held = { ...metaOf(meta), keptUntil: Math.min(meta.keptUntil, untilMs) };
    super(held, subject, 0, BUFFER_BYTES + stored.length, tenant, false);
  }

  fits(): boolean {
    return false;
  }
}

/** A stored entry says it by getters, which are not copied. */
function metaOf(meta: HeldMeta): HeldMeta {
  const { fence, createdAt, staleAt, expiresAt, keptUntil, loadMs, schemaVersion, isNegative } =
    meta;
  return { fence, createdAt, staleAt, expiresAt, keptUntil, loadMs, schemaVersion, isNegative };
}
