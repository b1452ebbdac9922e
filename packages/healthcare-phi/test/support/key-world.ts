import type { Clock, SealTerms } from '@vitalcache/core';
import { FakeClock } from '@vitalcache/testing';

import { DataKeys, type DataKeysOptions } from '../../src/keys/data-keys.js';
import { generateKeyring } from '../../src/keys/keyring/generate-keyring.js';
import { Keyring } from '../../src/keys/keyring/keyring.js';
import type { KeyProvider } from '../../src/keys/providers/key-provider.js';
import { LocalKeyringProvider } from '../../src/keys/providers/local-keyring.provider.js';
import type { IShredChannel, ShredNotice } from '../../src/keys/shred-channel.js';
import type { KeyStore } from '../../src/keys/stores/key-store.js';
import { MemoryKeyStore } from '../../src/keys/stores/memory-key.store.js';
import { KeyedNames } from '../../src/names/keyed-names.js';
import { PhiSeal } from '../../src/seal/phi.seal.js';
import { longestMs, SEAL_CAPS } from '../../src/seal/seal-caps.js';

export const CONTEXT = Buffer.from('header and name');
export const PAYLOAD = Buffer.from('{"diagnosis":"TEST"}');
const HOUR_MS = 3_600_000;

export function terms(change: Partial<SealTerms> = {}): SealTerms {
  return {
    tenant: 'a',
    scope: '',
    level: 'standard',
    template: 'patient:{patientId}:records',
    subject: 'patient:7',
    isEmergency: false,
    ...change,
  };
}

/** Can be made to fail, or not to answer, and counts what it is asked. */
export class Faults {
  mode: 'up' | 'down' | 'hangs' = 'up';
  calls = 0;

  around<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (_, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function' || name === 'currentKekId') return member;
        return (...args: unknown[]): unknown => {
          this.calls++;
          if (this.mode === 'hangs') return new Promise(() => undefined);
          if (this.mode === 'down') {
            return Promise.reject(new Error('connect ECONNREFUSED SECRET'));
          }
          return (member as (...all: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }
}

/** Carries word within this process, unless it is lost. */
export class LocalChannel implements IShredChannel {
  isLost = false;
  readonly #listeners = new Set<(notice: ShredNotice | null) => void>();

  async publish(notice: ShredNotice): Promise<void> {
    if (this.isLost) throw new Error('lost');
    this.#listeners.forEach((listener) => listener(notice));
  }

  subscribe(listener: (notice: ShredNotice | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export interface KeyProcess {
  readonly keys: DataKeys;
  readonly seal: PhiSeal;
  readonly names: KeyedNames;
}

/** A key store, a key provider and a channel that several processes share. */
export class KeyWorld {
  readonly clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
  readonly keyring: Keyring;
  readonly store: KeyStore;
  readonly storeFaults = new Faults();
  readonly providerFaults = new Faults();
  readonly channel = new LocalChannel();

  constructor({ ring = generateKeyring(), store }: { ring?: string; store?: KeyStore } = {}) {
    this.keyring = Keyring.parse(ring);
    this.store = store ?? new MemoryKeyStore(this.clock);
  }

  async process(
    options: Partial<DataKeysOptions> & { readonly keyring?: Keyring } = {},
  ): Promise<KeyProcess> {
    const { keyring = this.keyring } = options;
    const clock: Clock = this.clock;
    const provider: KeyProvider = this.providerFaults.around(new LocalKeyringProvider(keyring));
    const names = new KeyedNames({ keys: keyring.index, clock });
    const keys = new DataKeys({
      provider,
      store: this.storeFaults.around(this.store),
      longestMs: longestMs({ ...SEAL_CAPS, emergency: 4 * HOUR_MS }),
      channel: this.channel,
      clock,
      ...options,
      keyring,
    });
    await keys.open();
    const caps = { emergency: 4 * HOUR_MS };
    return { keys, names, seal: new PhiSeal({ keys, names, caps, clock }) };
  }

  async sealed({ seal }: KeyProcess, of = terms(), ttlMs = 900_000): Promise<Buffer> {
    return (await seal.sealingKey(of)).seal(PAYLOAD, CONTEXT, this.clock.now() + ttlMs);
  }

  /** The payload, or `null` for a miss. Rejects when the key can't be had. */
  async opened({ seal }: KeyProcess, bytes: Buffer, of = terms()): Promise<Buffer | null> {
    const key = await seal.openingKey(of, bytes);
    return key && key.open(bytes, CONTEXT, this.clock.now());
  }
}
