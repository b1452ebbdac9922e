import { assertOptionNames, CacheError, type OptionNames } from '@vitalcache/core';

import { lengthPrefixed } from '../../seal/length-prefixed.js';
import type { KeyProvider, KeyProviderHealth, WrapContext } from './key-provider.js';
import { providerFailure } from './provider-failure.js';
import { roundTrip } from './round-trip.js';
import { wrapTerms } from './wrap-terms.js';

export interface VaultTransitOptions {
  /** Such as `https://vault.example:8200`. */
  readonly address: string;
  /** Name of an `aes256-gcm96` key of the transit engine, neither derived nor convergent. */
  readonly keyName: string;
  /** A token, or what gives the one that is valid now. */
  readonly token: string | (() => string | Promise<string>);
  /** Where the engine is mounted. Default: `transit`. */
  readonly mount?: string;
  readonly namespace?: string;
  /** For one try; there are two at most. Default: 1 000. */
  readonly timeoutMs?: number;
  /** Word for messages and for what is stored, where there are several. Default: `vault-transit`. */
  readonly id?: string;
}

const NAMES: OptionNames<VaultTransitOptions> = {
  address: true,
  keyName: true,
  token: true,
  mount: true,
  namespace: true,
  timeoutMs: true,
  id: true,
};

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/**
 * Wraps with a key of HashiCorp Vault's transit engine, over its HTTP API. Tenant (a pseudonym), epoch and purpose are the
 * associated data. A key that Vault was told to decrypt no more (`min_decryption_version`, or deleted) is destroyed.
 */
export class VaultTransitProvider implements KeyProvider {
  readonly id: string;
  readonly #options: VaultTransitOptions;
  readonly #base: string;

  /** @throws CacheError `CONFIG_INVALID` for an address that is none, or that would send keys in clear, and for what there is no option of */
  constructor(options: VaultTransitOptions) {
    assertOptionNames('VaultTransitProvider', options, NAMES);
    this.id = options.id ?? 'vault-transit';
    this.#options = options;
    const { mount = 'transit' } = options;
    this.#base = `${checkedAddress(options.address)}/v1/${mount}`;
  }

  currentKekId(): string {
    return this.#options.keyName;
  }

  async wrap(raw: Uint8Array, context: WrapContext): Promise<Buffer> {
    const data = await this.#post('encrypt', {
      plaintext: Buffer.from(raw).toString('base64'),
      associated_data: associated(context),
    });
    return Buffer.from(this.#text(data?.['ciphertext']));
  }

  async unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer | null> {
    const data = await this.#post('decrypt', {
      ciphertext: Buffer.from(wrapped).toString(),
      associated_data: associated(context),
    });
    return data && Buffer.from(this.#text(data['plaintext']), 'base64');
  }

  health(): Promise<KeyProviderHealth> {
    return roundTrip(this);
  }

  /** `null`: the key is gone. A second try for what may have passed by then. */
  async #post(verb: 'encrypt' | 'decrypt', body: object): Promise<Record<string, unknown> | null> {
    const first = await this.#try(verb, body).catch(() => null);
    const answer = first && first.status < 500 && first.status !== 429 ? first : null;
    const { status, json } = answer ?? (await this.#try(verb, body));
    if (status === 200) return (json as { data: Record<string, unknown> }).data;
    if (verb === 'decrypt' && isGone(status, json)) return null;
    if (status === 400) {
      throw new CacheError(
        'STORE_REFUSED',
        `The key provider ${this.id} refuses (HTTP 400): a wrapped key is not what it is stored as, or keyName is of another type than aes256-gcm96.`,
      );
    }
    throw providerFailure(this.id, { name: `HTTP ${status} ${STATUS[status] ?? ''}`.trim() });
  }

  async #try(
    verb: string,
    body: object,
  ): Promise<{ readonly status: number; readonly json: unknown }> {
    const { token, namespace, keyName, timeoutMs = 1_000 } = this.#options;
    try {
      const response = await fetch(`${this.#base}/${verb}/${encodeURIComponent(keyName)}`, {
        method: 'POST',
        redirect: 'error', // it would take the token along
        headers: {
          'content-type': 'application/json',
          'x-vault-request': 'true',
          'x-vault-token': typeof token === 'string' ? token : await token(),
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, json: await response.json().catch(() => null) };
    } catch (error) {
      throw providerFailure(this.id, (error as Error).cause ?? error);
    }
  }

  #text(value: unknown): string {
    if (typeof value === 'string') return value;
    throw new CacheError('STORE_REFUSED', `The key provider ${this.id} answered without a key.`);
  }
}

const STATUS: Readonly<Record<number, string>> = {
  403: 'forbidden',
  404: 'not found',
  429: 'too many requests',
  503: 'sealed',
};

function associated(context: WrapContext): string {
  return lengthPrefixed(...Object.values(wrapTerms(context))).toString('base64');
}

function isGone(status: number, json: unknown): boolean {
  const { errors = [] } = (json ?? {}) as { errors?: readonly unknown[] };
  const said = errors.join(' ');
  return status === 400 && /disallowed by policy|encryption key not found/.test(said);
}

function checkedAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isClear = url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url && (url.protocol === 'https:' || isClear)) return address.replace(/\/+$/, '');
  throw new CacheError(
    'CONFIG_INVALID',
    "VaultTransitProvider's address is not usable; accepted: an https URL, or http on loopback only.",
  );
}
