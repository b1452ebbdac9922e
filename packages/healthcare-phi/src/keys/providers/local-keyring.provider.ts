import { CacheError } from '@vitalcache/core';

import { lengthPrefixed } from '../../seal/length-prefixed.js';
import { deriveKey } from '../derive-key.js';
import { isUsable, type Keyring } from '../keyring/keyring.js';
import type { RingKey, UsableRingKey } from '../keyring/ring-key.js';
import { unwrapKey, wrapKey } from '../wrap-key.js';
import type { KeyProvider, KeyProviderHealth, WrapContext } from './key-provider.js';
import { roundTrip } from './round-trip.js';
import { wrapTerms } from './wrap-terms.js';

/** Wraps with the keys of a keyring, in this process. */
export class LocalKeyringProvider implements KeyProvider {
  readonly id = 'keyring';
  readonly #keys: readonly RingKey[];
  readonly #current: UsableRingKey;

  /** @throws CacheError `CONFIG_INVALID` for a keyring without `kek` */
  constructor(keyring: Pick<Keyring, 'kek'>) {
    const [first] = keyring.kek.filter(isUsable);
    if (!first) {
      throw new CacheError(
        'CONFIG_INVALID',
        'The keyring has no kek; add one (generateKeyring() makes it), or give a key provider such as AwsKmsProvider.',
      );
    }
    this.#keys = keyring.kek;
    this.#current = first;
  }

  currentKekId(): string {
    return this.#current.id;
  }

  /** Length of the key's name, the name, and what was wrapped. */
  async wrap(raw: Uint8Array, context: WrapContext): Promise<Buffer> {
    const { id, key } = this.#current;
    const name = Buffer.from(id);
    const wrapped = wrapKey(raw, deriveKey(key, 'kek/wrap'), boundTo(id, context));
    return Buffer.concat([Buffer.of(name.length), name, wrapped]);
  }

  async unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer | null> {
    const end = 1 + (wrapped[0] ?? 0);
    const id = Buffer.from(wrapped.subarray(1, end)).toString();
    const known = this.#keys.find((key) => key.id === id);
    if (!known) throw refused('a key was wrapped with a kek that the keyring does not name');
    if (!isUsable(known)) return null;
    const raw = unwrapKey(
      wrapped.subarray(end),
      deriveKey(known.key, 'kek/wrap'),
      boundTo(id, context),
    );
    if (raw) return raw;
    throw refused('a wrapped key is not what it is stored as');
  }

  health(): Promise<KeyProviderHealth> {
    return roundTrip(this);
  }
}

function boundTo(kekId: string, context: WrapContext): Buffer {
  return lengthPrefixed(kekId, ...Object.values(wrapTerms(context)));
}

function refused(what: string): CacheError {
  return new CacheError(
    'STORE_REFUSED',
    `The key provider keyring refuses: ${what}; check that all processes have the same keyring.`,
  );
}
