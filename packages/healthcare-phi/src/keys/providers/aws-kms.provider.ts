import type * as kmsModule from '@aws-sdk/client-kms';
import { assertOptionNames, CacheError, loadPeer, type OptionNames } from '@vitalcache/core';

import type { KeyProvider, KeyProviderHealth, WrapContext } from './key-provider.js';
import { providerFailure } from './provider-failure.js';
import { roundTrip } from './round-trip.js';
import { wrapTerms } from './wrap-terms.js';

type Kms = typeof kmsModule;
type KmsClient = kmsModule.KMSClient;

/** A `KMSClient` of the SDK; without its types, which need not be installed. */
export interface AwsKmsClient {
  send(command: never, options: never): Promise<unknown>;
}

export interface AwsKmsOptions {
  /** Id, ARN or alias of a symmetric key that encrypts. */
  readonly keyId: string;
  /** Default: made of `region`, `endpoint` and what the SDK finds in the environment. */
  readonly client?: AwsKmsClient;
  readonly region?: string;
  readonly endpoint?: string;
  /** For a call, its second try included. Default: 2 000. */
  readonly timeoutMs?: number;
  /** Word for messages and for what is stored, where there are several. Default: `aws-kms`. */
  readonly id?: string;
}

const NAMES: OptionNames<AwsKmsOptions> = {
  keyId: true,
  client: true,
  region: true,
  endpoint: true,
  timeoutMs: true,
  id: true,
};

/** Key states that end a key for good, or that a person has to end. */
const GONE = new Set(['NotFoundException', 'KMSInvalidStateException', 'DisabledException']);

/**
 * Wraps with a key of AWS KMS, by `@aws-sdk/client-kms`, which has to be installed. Tenant (a pseudonym), epoch and purpose
 * are its encryption context: policies and CloudTrail see them.
 */
export class AwsKmsProvider implements KeyProvider {
  readonly id: string;
  readonly #keyId: string;
  readonly #timeoutMs: number;
  readonly #options: AwsKmsOptions;
  #sdk: Promise<{ readonly kms: Kms; readonly client: KmsClient }> | undefined;

  /** @throws CacheError `CONFIG_INVALID` for what there is no option of */
  constructor(options: AwsKmsOptions) {
    assertOptionNames('AwsKmsProvider', options, NAMES);
    this.id = options.id ?? 'aws-kms';
    this.#keyId = options.keyId;
    this.#timeoutMs = options.timeoutMs ?? 2_000;
    this.#options = options;
  }

  currentKekId(): string {
    return this.#keyId;
  }

  async wrap(raw: Uint8Array, context: WrapContext): Promise<Buffer> {
    const { kms, client } = await this.#loaded();
    const command = new kms.EncryptCommand({
      KeyId: this.#keyId,
      Plaintext: raw,
      EncryptionContext: wrapTerms(context),
    });
    const answer = await this.#bounded((abortSignal) => client.send(command, { abortSignal }));
    return bytesOf(this.id, answer.CiphertextBlob);
  }

  async unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer | null> {
    const { kms, client } = await this.#loaded();
    // The key is not named: an alias may have gone on to another one since, and the text says which it was.
    const command = new kms.DecryptCommand({
      CiphertextBlob: wrapped,
      EncryptionContext: wrapTerms(context),
    });
    try {
      const answer = await client.send(command, { abortSignal: this.#deadline() });
      return bytesOf(this.id, answer.Plaintext);
    } catch (error) {
      if (GONE.has((error as Error).name)) return null;
      throw this.#failure(error);
    }
  }

  health(): Promise<KeyProviderHealth> {
    return roundTrip(this);
  }

  async #bounded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(this.#deadline());
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.#timeoutMs);
  }

  #failure(error: unknown): CacheError {
    if ((error as Error | null)?.name !== 'InvalidCiphertextException') {
      return providerFailure(this.id, error);
    }
    return new CacheError(
      'STORE_REFUSED',
      `The key provider ${this.id} refuses: a wrapped key is not what it is stored as.`,
    );
  }

  #loaded(): Promise<{ readonly kms: Kms; readonly client: KmsClient }> {
    return (this.#sdk ??= this.#load());
  }

  async #load(): Promise<{ readonly kms: Kms; readonly client: KmsClient }> {
    const kms = await loadPeer(
      '@aws-sdk/client-kms',
      'AwsKmsProvider',
      () => import('@aws-sdk/client-kms'),
    );
    const { client, region, endpoint } = this.#options;
    const made = () =>
      new kms.KMSClient({
        maxAttempts: 2,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
      });
    return { kms, client: (client as KmsClient | undefined) ?? made() };
  }
}

function bytesOf(id: string, bytes: Uint8Array | undefined): Buffer {
  if (bytes) return Buffer.from(bytes);
  throw new CacheError('STORE_REFUSED', `The key provider ${id} answered without a key.`);
}
