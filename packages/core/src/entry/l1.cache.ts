import { LRUCache } from 'lru-cache';

import { isSameEpoch } from '../journal/fence.js';
import type { Subject } from '../validity/cover-hash.js';
import { deepFreeze } from './deep-freeze.js';
import type { EntryMeta } from './entry.js';
import { decodeValue, type Payload } from './value.codec.js';

/** Bytes an entry takes beside its key, its hashes and its value: objects, header fields, the cache's own slots. */
const ENTRY_BYTES = 400;
/** Decoded text and numbers take about this many times their encoded length on the heap. */
const DECODED_FACTOR = 2;
/** What an object costs beside its members. */
const OBJECT_BYTES = 64;

/** An entry as this process holds it. */
export interface HeldEntry extends EntryMeta {
  readonly subject: Subject;
  /** Position at which it was last found valid. */
  checkedAt: number;
  /** The value; safe to hand out, because it is frozen or decoded anew each time that it is asked for. */
  readonly value: unknown;
  /** About what it takes on the heap. */
  readonly bytes: number;
}

/** Makes an entry that can be handed to many callers: none of them can change what the others get. */
export function holdEntry(
  meta: EntryMeta,
  subject: Subject,
  payload: Payload,
  maxValueBytes: number,
): HeldEntry {
  const value = decodeValue(payload, maxValueBytes);
  const { isProtected, objects } = deepFreeze(value);
  const bytes = payload.rawLength * DECODED_FACTOR + objects * OBJECT_BYTES;
  const held = { ...meta, subject, checkedAt: 0, value, bytes };
  if (isProtected) return held;
  return Object.defineProperty(held, 'value', {
    get: () => {
      const own = decodeValue(payload, maxValueBytes);
      deepFreeze(own);
      return own;
    },
  });
}

/** The process's own tier: decoded entries, least recently used first out, bounded in bytes. */
export class L1Cache {
  readonly #entries: LRUCache<string, HeldEntry> | null;

  /** @param maxBytes 0 for none. */
  constructor(maxBytes: number) {
    this.#entries = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : null;
  }

  get bytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(key: string): HeldEntry | undefined {
    return this.#entries?.get(key);
  }

  /** Keeps the entry unless one with a later fence of the same epoch, or of a later load, is there. */
  put(key: string, entry: HeldEntry): void {
    if (!this.#entries) return;
    const held = this.#entries.peek(key);
    if (held && isLater(held, entry)) return;
    const size = ENTRY_BYTES + key.length * 2 + entry.subject.hashes.byteLength + entry.bytes;
    this.#entries.set(key, entry, { size });
  }

  delete(key: string): boolean {
    return this.#entries?.delete(key) ?? false;
  }

  clear(): void {
    this.#entries?.clear();
  }
}

function isLater(a: EntryMeta, b: EntryMeta): boolean {
  if (!isSameEpoch(a.fence.epoch, b.fence.epoch)) return false;
  return (
    a.fence.position - b.fence.position > 0 ||
    (a.fence.position === b.fence.position && a.createdAt > b.createdAt)
  );
}
