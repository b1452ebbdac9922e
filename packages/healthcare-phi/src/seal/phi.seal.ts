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
import { AT, OVERHEAD_BYTES } from './envelope-layout.js';
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
  readonly clock?: Pick<Clock, 'now'>;
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
  readonly #clock: Pick<Clock, 'now'>;
  #refusals = 0;

  /** @throws CacheError `CONFIG_INVALID` */
  constructor(options: PhiSealOptions) {
    this.#keys = options.keys;
    this.#names = options.names;
    this.#caps = checkedCaps(options.caps);
    this.#tell = options.onRefused ?? (() => undefined);
    this.#clock = options.clock ?? systemClock;
  }

  /** Payloads that could not be opened, since start. */
  get refusals(): number {
    return this.#refusals;
  }

  sealingKey(terms: SealTerms): SealKey | Promise<SealKey> {
    const key = this.#keys.of(terms.level).sealing(this.#ownerOf(terms));
    return key instanceof Promise
      ? key.then((had) => this.#boundTo(terms, had))
      : this.#boundTo(terms, key);
  }

  openingKey(terms: SealTerms, sealed: Uint8Array): SealKey | null | Promise<SealKey | null> {
    if (sealed.length < OVERHEAD_BYTES) return REFUSING;
    const id = Buffer.from(sealed.subarray(AT.keyId, AT.issuedAt)).toString('hex');
    const key = this.#keys.of(terms.level).opening(this.#ownerOf(terms), id);
    return key instanceof Promise
      ? key.then((had) => had && this.#boundTo(terms, had))
      : key && this.#boundTo(terms, key);
  }

  /** Emergency data is in the store alone: what is said of it is always how it stands there. */
  ownMs({ level, isEmergency }: SealTerms): number {
    return isEmergency ? 0 : OWN_MS[level];
  }

  onRefused(terms: SealTerms): void {
    this.#refusals++;
    this.#tell(terms);
  }

  #ownerOf({ tenant, subject, level }: SealTerms): KeyOwner {
    return ownerOf(this.#names, tenant, subject, level !== 'restricted');
  }

  #boundTo({ tenant, scope, template, level, isEmergency }: SealTerms, key: DataKey): SealKey {
    const terms = {
      key: key.key,
      keyId: Buffer.from(key.id, 'hex'),
      level,
      isEmergency,
      capMs: this.#caps[isEmergency ? 'emergency' : level],
      binding: lengthPrefixed(tenant, scope, template),
    };
    return new EntrySealKey(terms, this.#clock);
  }
}
