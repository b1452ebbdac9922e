import type { Epoch, Fence } from '../journal/fence.js';
import type { Isolation } from '../options/cache-options.js';
import type { Subject } from '../validity/cover-hash.js';
import type { HeldMeta, PayloadCodec } from './entry.js';
import { jsonBytes } from './json-bytes.js';
import { guardJson } from './json-guard.js';
import { decodeRaw, jsonTextOf, rawOf, type Payload } from './value.codec.js';

/** How an entry is to be held. */
export interface HoldTerms {
  /** Larger values are refused. */
  readonly maxValueBytes: number;
  readonly isolation: Isolation;
  /** Whose quota it counts against; `null`: nobody's. */
  readonly tenant: string | null;
  /** Whether it may stay in this process, so that what it takes there has to be known. */
  readonly isKept: boolean;
}

/**
 * What an entry takes beside its value, its key and its hashes: 160 for this object, 48 for the list of hashes, 37 to
 * 56 in the cache's table. `tools/measure/l1-memory.mjs` measured 276 in all for a key with one prefix, 291 with a tag
 * as well (200 000 entries on Node 20; 281 and 297 on Node 24).
 */
const ENTRY_BYTES = 256;
const HASH_BYTES = 8;
/** What a buffer takes beside its bytes. */
export const BUFFER_BYTES = 256;

/** V8 keeps whole numbers below 2 ** 31 without a box of 16 bytes: stamps and times are held in two parts. */
const PART = 2 ** 30;

const NEGATIVE = 2 ** 16;
const SOFTENED = 2 ** 17;
const READ = 2 ** 18;
const FROZEN = 2 ** 19;
/** The 12 bits from here on hold the high part of a time, up to the year 2109. */
const CREATED_SHIFT = 20;

/**
 * An entry as this process holds it, made by {@link holdEntry}. Hundreds of thousands of them are alive at a time, so
 * it packs its header, and is its own fence and its own subject: apart they would take 80 bytes more. No private
 * methods: each instance would carry a mark for them. Its properties can't be spread into another object.
 */
export abstract class HeldEntry implements HeldMeta, Fence, Subject {
  readonly epoch: Epoch;
  readonly baseKey: string;
  readonly hashes: ArrayLike<number>;
  readonly tenant: string | null;
  readonly loadMs: number;
  /** About what it takes on the heap, without its key. */
  readonly bytes: number;
  /**
   * The value, safe to hand out: frozen, or a copy for each time that it is asked for, or shared, as the isolation
   * says.
   */
  abstract readonly value: unknown;

  /** Whether its value may be handed to a caller who asked for this isolation. */
  abstract fits(isolation: Isolation): boolean;

  readonly #positionHigh: number;
  readonly #positionLow: number;
  readonly #createdLow: number;
  readonly #staleAfterMs: number;
  readonly #expiresAfterMs: number;
  readonly #keptForMs: number;
  readonly #payloadHash: number;
  #checkedHigh = 0;
  #checkedLow = 0;
  /** Schema version, the marks above, high part of the time of creation. */
  #flags: number;

  constructor(
    meta: HeldMeta,
    { baseKey, hashes }: Subject,
    payloadHash: number,
    valueBytes: number,
    tenant: string | null,
    isFrozen: boolean,
  ) {
    const { fence, createdAt } = meta;
    this.epoch = fence.epoch;
    this.baseKey = baseKey;
    this.hashes = hashes;
    this.tenant = tenant;
    this.loadMs = meta.loadMs;
    this.bytes = ENTRY_BYTES + hashes.length * HASH_BYTES + valueBytes;
    this.#positionHigh = highOf(fence.position);
    this.#positionLow = lowOf(fence.position);
    this.#createdLow = lowOf(createdAt);
    this.#staleAfterMs = meta.staleAt - createdAt;
    this.#expiresAfterMs = meta.expiresAt - createdAt;
    this.#keptForMs = meta.keptUntil - createdAt;
    this.#payloadHash = payloadHash | 0;
    this.#flags =
      meta.schemaVersion |
      (meta.isNegative ? NEGATIVE : 0) |
      (isFrozen ? FROZEN : 0) |
      (highOf(createdAt) << CREATED_SHIFT);
  }

  get fence(): Fence {
    return this;
  }

  get subject(): Subject {
    return this;
  }

  get position(): number {
    return this.#positionHigh * PART + this.#positionLow;
  }

  get createdAt(): number {
    return (this.#flags >>> CREATED_SHIFT) * PART + this.#createdLow;
  }

  get staleAt(): number {
    return this.createdAt + this.#staleAfterMs;
  }

  get expiresAt(): number {
    return this.createdAt + this.#expiresAfterMs;
  }

  get keptUntil(): number {
    return this.createdAt + this.#keptForMs;
  }

  get schemaVersion(): number {
    return this.#flags & 0xffff;
  }

  get isNegative(): boolean {
    return (this.#flags & NEGATIVE) !== 0;
  }

  /** Whether what it gives is frozen, as far as freezing goes. */
  get isFrozen(): boolean {
    return (this.#flags & FROZEN) !== 0;
  }

  /** xxh32 of the payload before compression. */
  get payloadHash(): number {
    return this.#payloadHash >>> 0;
  }

  /** Position at which it was last found valid; 0 if it never was. */
  get checkedAt(): number {
    return this.#checkedHigh * PART + this.#checkedLow;
  }

  set checkedAt(position: number) {
    this.#checkedHigh = highOf(position);
    this.#checkedLow = lowOf(position);
  }

  /** Whether an invalidation that makes stale covers it, as its reader found. */
  get isSoftened(): boolean {
    return (this.#flags & SOFTENED) !== 0;
  }

  set isSoftened(isSoftened: boolean) {
    this.#flags = isSoftened ? this.#flags | SOFTENED : this.#flags & ~SOFTENED;
  }

  /** Whether it was read since the cache last thought of dropping it. */
  get isRead(): boolean {
    return (this.#flags & READ) !== 0;
  }

  set isRead(isRead: boolean) {
    this.#flags = isRead ? this.#flags | READ : this.#flags & ~READ;
  }
}

/** One value for all who ask. */
class SharedValueEntry extends HeldEntry {
  constructor(
    meta: HeldMeta,
    subject: Subject,
    payloadHash: number,
    valueBytes: number,
    { tenant, isolation }: HoldTerms,
    readonly value: unknown,
  ) {
    super(meta, subject, payloadHash, valueBytes, tenant, isolation === 'freeze');
  }

  fits(isolation: Isolation): boolean {
    if (isolation === 'shared' || (isolation === 'freeze' && this.isFrozen)) return true;
    return typeof this.value !== 'object' || this.value === null;
  }
}

/** A copy for each time that the value is asked for; only its bytes are held. */
class CopiedValueEntry extends HeldEntry {
  constructor(
    meta: HeldMeta,
    subject: Subject,
    payloadHash: number,
    tenant: string | null,
    isFrozen: boolean,
    readonly codec: PayloadCodec,
    readonly raw: Buffer,
  ) {
    super(meta, subject, payloadHash, BUFFER_BYTES + raw.length, tenant, isFrozen);
  }

  /** One's own copy suits everyone who does not want to change it. */
  fits(isolation: Isolation): boolean {
    return isolation !== 'clone' || !this.isFrozen;
  }

  get value(): unknown {
    return decodeRaw(this.codec, this.raw, this.isFrozen).value;
  }
}

/**
 * Makes an entry that can be handed to many callers. With `freeze`, what freezing can't protect (insides of Date, Map,
 * Set, RegExp, Error and binary data) is copied for each of them.
 * @throws whatever {@link rawOf} and the decoder throw; the caller treats the entry as corrupt.
 */
export function holdEntry(
  meta: HeldMeta,
  subject: Subject,
  payload: Payload,
  terms: HoldTerms,
): HeldEntry {
  const { maxValueBytes, isolation, tenant } = terms;
  const { codec, payloadHash } = payload;
  if (codec === 'json' && isolation !== 'clone') return holdJson(meta, subject, payload, terms);
  const isFrozen = isolation === 'freeze';
  const { value, guarded } = decodeRaw(codec, rawOf(payload, maxValueBytes), isFrozen);
  const { isFreezable, bytes } = guarded;
  const isCopied =
    isolation === 'clone' ? typeof value === 'object' && value !== null : isFrozen && !isFreezable;
  if (!isCopied) return new SharedValueEntry(meta, subject, payloadHash, bytes, terms, value);
  const raw = ownCopy(rawOf(payload, maxValueBytes));
  return new CopiedValueEntry(meta, subject, payloadHash, tenant, isFrozen, codec, raw);
}

/** The value of an entry that nobody is going to hold. @throws as {@link holdEntry} */
export function valueOf(stored: HeldMeta & Subject & Payload, terms: HoldTerms): unknown {
  const isPlain = stored.codec === 'json' && terms.isolation !== 'clone';
  if (!isPlain) return holdEntry(stored, stored, stored, terms).value;
  return jsonValueOf(jsonTextOf(stored, terms.maxValueBytes), terms);
}

/** What most entries are, by the shortest way: only what is kept need be measured. */
function holdJson(meta: HeldMeta, subject: Subject, payload: Payload, terms: HoldTerms): HeldEntry {
  const text = jsonTextOf(payload, terms.maxValueBytes);
  const value = jsonValueOf(text, terms);
  const isNarrow = text.length === payload.rawLength;
  const bytes = terms.isKept ? jsonBytes(value, isNarrow) : text.length;
  return new SharedValueEntry(meta, subject, payload.payloadHash, bytes, terms, value);
}

/** Freezing protects all of it. */
function jsonValueOf(text: string, { isolation }: HoldTerms): unknown {
  const value: unknown = JSON.parse(text);
  guardJson(value, isolation === 'freeze');
  return value;
}

/** What came from a store is often a window on the much larger buffer that a socket was read into. */
function ownCopy(raw: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(raw.length);
  raw.copy(copy);
  return copy;
}

// `| 0`: without it V8 may keep a whole number that it calculated in a box all the same.

function highOf(value: number): number {
  return Math.floor(value / PART) | 0;
}

/** A remainder of numbers this large would cost more than all else of a hit. */
function lowOf(value: number): number {
  return (value - Math.floor(value / PART) * PART) | 0;
}
