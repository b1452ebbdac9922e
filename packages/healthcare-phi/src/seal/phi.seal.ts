import {
  systemClock,
  type Clock,
  type ComplianceLevel,
  type PayloadSeal,
  type SealKey,
  type SealTerms,
} from '@vitalcache/core';

import type { DataKey, KeyOwner } from '../keys/data-key.js';
import type { DataKeys } from '../keys/data-keys.js';
import { ownerOf } from '../keys/key-owner.js';
import type { Pseudonyms } from '../names/pseudonyms.js';
import { AT, isOfKey, OVERHEAD_BYTES } from './envelope-layout.js';
import { EntrySealKey } from './entry-seal.key.js';
import { lengthPrefixed } from './length-prefixed.js';
import { checkedCaps, type SealCaps } from './seal-caps.js';

/** How long sealed bytes may be held in this process, milliseconds. */
const OWN_MS: Readonly<Record<ComplianceLevel, number>> = {
  standard: Infinity,
  sensitive: 30_000,
  restricted: 0,
};

export interface PhiSealOptions {
  readonly keys: DataKeys;
  readonly names: Pseudonyms;
  readonly caps?: Partial<SealCaps>;
  /** Told of each payload that was refused; must not throw. */
  readonly onRefused?: (terms: SealTerms) => void;
  /** Told of each payload that was sealed, and from when on it can't be opened; must not throw. */
  readonly onSealed?: (terms: SealTerms, notAfter: number) => void;
  readonly clock?: Pick<Clock, 'now'>;
}

/** What follows from terms alone. */
interface TermMarks {
  readonly owner: KeyOwner;
  readonly binding: Buffer;
  readonly capMs: number;
}

/** Opens nothing: what is too short to name its key was not sealed here. */
const REFUSING: SealKey = {
  seal() {
    throw new Error('not for sealing');
  },
  open: () => null,
};

/** Seals the payloads of entries with the keys of their owners. */
export class PhiSeal implements PayloadSeal {
  readonly #keys: DataKeys;
  readonly #names: Pseudonyms;
  readonly #caps: SealCaps;
  readonly #tell: (terms: SealTerms) => void;
  readonly #tellSealed: (terms: SealTerms, notAfter: number) => void;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #marks = new WeakMap<SealTerms, TermMarks>();
  /** The name of the key that was asked for last, which most payloads of a tenant and a day have. */
  #lastId: Pick<DataKey, 'id' | 'idBytes'> | undefined;
  #refusals = 0;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: PhiSealOptions) {
    this.#keys = options.keys;
    this.#names = options.names;
    this.#caps = checkedCaps(options.caps);
    this.#tell = options.onRefused ?? (() => undefined);
    this.#tellSealed = options.onSealed ?? (() => undefined);
    this.#clock = options.clock ?? systemClock;
  }

  /** Payloads that could not be opened, since start. */
  get refusals(): number {
    return this.#refusals;
  }

  sealingKey(terms: SealTerms): SealKey | Promise<SealKey> {
    const marks = this.#marksOf(terms);
    const key = this.#keys.of(terms.level).sealing(marks.owner);
    const telling = (had: DataKey): SealKey => this.#telling(terms, this.#bound(terms, marks, had));
    return key instanceof Promise ? key.then(telling) : telling(key);
  }

  openingKey(terms: SealTerms, sealed: Uint8Array): SealKey | null | Promise<SealKey | null> {
    if (sealed.length < OVERHEAD_BYTES) return REFUSING;
    const marks = this.#marksOf(terms);
    const key = this.#keys.of(terms.level).opening(marks.owner, this.#idIn(sealed));
    return key instanceof Promise
      ? key.then((had) => had && this.#bound(terms, marks, had))
      : key && this.#bound(terms, marks, key);
  }

  /** Emergency data is in the store alone: what is said of it is always how it stands there. */
  ownMs({ level, isEmergency }: SealTerms): number {
    return isEmergency ? 0 : OWN_MS[level];
  }

  onRefused(terms: SealTerms): void {
    this.#refusals++;
    this.#tell(terms);
  }

  #telling(terms: SealTerms, key: SealKey): SealKey {
    return {
      seal: (payload, context, notAfter) => {
        const sealed = key.seal(payload, context, notAfter);
        this.#tellSealed(terms, notAfter);
        return sealed;
      },
      open: (sealed, context, nowMs) => key.open(sealed, context, nowMs),
    };
  }

  #idIn(sealed: Uint8Array): string {
    const last = this.#lastId;
    if (last && isOfKey(sealed, last.idBytes)) return last.id;
    const idBytes = Buffer.from(sealed.subarray(AT.keyId, AT.issuedAt));
    const id = idBytes.toString('hex');
    this.#lastId = { id, idBytes };
    return id;
  }

  #bound(
    { level, isEmergency }: SealTerms,
    { binding, capMs }: TermMarks,
    { key, idBytes: keyId }: DataKey,
  ): SealKey {
    return new EntrySealKey({ key, keyId, level, isEmergency, capMs, binding }, this.#clock);
  }

  /** Reckoned once for terms that are given again; no key is among it. Nothing is kept of restricted data. */
  #marksOf(terms: SealTerms): TermMarks {
    const known = this.#marks.get(terms);
    if (known) return known;
    const { tenant, scope, template, subject, level, isEmergency } = terms;
    const isKept = level !== 'restricted';
    const made = {
      owner: ownerOf(this.#names, tenant, subject, isKept),
      binding: lengthPrefixed(tenant, scope, template),
      capMs: this.#caps[isEmergency ? 'emergency' : level],
    };
    if (isKept) this.#marks.set(terms, made);
    return made;
  }
}
