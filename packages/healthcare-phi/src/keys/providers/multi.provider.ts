import { CacheError } from '@vitalcache/core';

import type { KeyProvider, KeyProviderHealth, WrapContext } from './key-provider.js';

/**
 * Wraps with all of several providers and unwraps with any, so that one of them may be away. What one of them destroys can
 * still be had from the others: destroy it in all.
 */
export class MultiProvider implements KeyProvider {
  readonly id: string;
  readonly #providers: readonly KeyProvider[];

  /** @throws CacheError `CONFIG_INVALID` for none, or two of one id */
  constructor(providers: readonly KeyProvider[]) {
    const ids = providers.map(({ id }) => id);
    if (ids.length === 0 || new Set(ids).size < ids.length) {
      throw new CacheError(
        'CONFIG_INVALID',
        'MultiProvider needs one or more providers, each of an id of its own; give `id` where there are two of a kind.',
      );
    }
    this.id = `multi(${ids.join(',')})`;
    this.#providers = providers;
  }

  currentKekId(): string {
    return this.#providers.map((provider) => provider.currentKekId()).join(',');
  }

  /** Rejects only when all do. Base64 by the id of the provider, as JSON. */
  async wrap(raw: Uint8Array, context: WrapContext): Promise<Buffer> {
    const wrapped = await Promise.allSettled(
      this.#providers.map((provider) => provider.wrap(raw, context)),
    );
    const had = wrapped.flatMap((result, index) =>
      result.status === 'fulfilled'
        ? [[(this.#providers[index] as KeyProvider).id, result.value.toString('base64')]]
        : [],
    );
    if (had.length === 0) throw (wrapped[0] as PromiseRejectedResult).reason as CacheError;
    return Buffer.from(JSON.stringify(Object.fromEntries(had)));
  }

  async unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer | null> {
    const texts = this.#read(wrapped);
    const answers = this.#providers.flatMap((provider) => {
      const text = texts[provider.id];
      return typeof text === 'string'
        ? [provider.unwrap(Buffer.from(text, 'base64'), context)]
        : [];
    });
    if (answers.length === 0) throw this.#refused();
    const raw = await Promise.any(answers.map(demanded)).catch(() => null);
    if (raw) return raw;
    const failed = (await Promise.allSettled(answers)).find(({ status }) => status === 'rejected');
    if (failed) throw (failed as PromiseRejectedResult).reason as CacheError;
    return null;
  }

  /** Usable while one is; the reason tells of all that are not. */
  async health(): Promise<KeyProviderHealth> {
    const all = await Promise.all(this.#providers.map((provider) => provider.health()));
    return {
      isUsable: all.some(({ isUsable }) => isUsable),
      reason: all
        .map(({ reason }) => reason)
        .filter((reason) => reason !== '')
        .join(' · '),
    };
  }

  #read(wrapped: Uint8Array): Readonly<Record<string, unknown>> {
    try {
      return (JSON.parse(Buffer.from(wrapped).toString()) ?? {}) as Record<string, unknown>;
    } catch {
      throw this.#refused();
    }
  }

  #refused(): CacheError {
    return new CacheError(
      'STORE_REFUSED',
      `The key provider ${this.id} refuses: a key was wrapped by none of its providers.`,
    );
  }
}

/** The key, or a rejection where there is none. */
async function demanded(answer: Promise<Buffer | null>): Promise<Buffer> {
  const raw = await answer;
  if (raw) return raw;
  throw new CacheError('STORE_REFUSED', 'The key is destroyed.');
}
