import { CacheError, type Clock } from '@vitalcache/core';

import type { KeyOwner } from './data-key.js';
import { inTime } from './in-time.js';
import { keyFailure } from './key-failure.js';
import { tooLate } from './key-flights.js';
import type { IShredChannel } from './shred-channel.js';
import type { ShredReceipt } from './shred-receipt.js';
import { isTenantRow } from './stored-tenant-key.source.js';
import { isSubjectRow } from './stored-data-keys.js';
import type { KeyRowInfo, KeyStore } from './stores/key-store.js';
import { RECHECK_MS } from './tenant-keys.js';

/** For all that a shred asks of the key store. */
const PATIENCE_MS = 10_000;
const PUBLISH_MS = 1_000;

export interface KeyShredderOptions {
  /** `null`: there is none, and nothing to destroy. */
  readonly store: KeyStore | null;
  readonly mode: 'stored' | 'derived';
  readonly channel: IShredChannel | null;
  readonly clock: Clock;
  /** Lets go of keys in this process. */
  readonly purge: (owner: KeyOwner) => void;
}

/** Destroys keys, so that nothing that was sealed with them can be read again, from whatever copy. */
export class KeyShredder {
  readonly #options: KeyShredderOptions;

  constructor(options: KeyShredderOptions) {
    this.#options = options;
  }

  /**
   * Destroys the keys of a subject's own, and says what that does not reach.
   * @param owners the subject by all its pseudonyms, the present one first, as `ownersOf` tells
   * @throws CacheError when the key store can't be asked: keys may be left, so that it is to be done again
   */
  destroySubject(owners: readonly KeyOwner[]): Promise<ShredReceipt> {
    return this.#destroy(owners, async (store, { tenant, subject }) => {
      const own = (await store.list(tenant)).filter((row) => isSubjectRow(row.name, subject ?? ''));
      const ids = await Promise.all(own.map(({ name }) => store.destroy(tenant, name)));
      const rows = await store.list(tenant);
      assertGone(own, rows);
      const left =
        this.#options.mode === 'stored' ? [] : rows.filter((row) => isTenantRow(row.name));
      return {
        ids: ids.filter((id) => id !== null),
        leftUntil: left.map(({ expiresAt }) => expiresAt),
      };
    });
  }

  /**
   * Destroys all keys of a tenant; new data gets new ones.
   * @param owners the tenant by all its pseudonyms, the present one first, as `ownersOf` tells
   * @throws CacheError as {@link destroySubject}
   */
  destroyTenant(owners: readonly KeyOwner[]): Promise<ShredReceipt> {
    return this.#destroy(owners, async (store, { tenant }) => {
      const own = await store.list(tenant);
      const ids = await store.destroyTenant(tenant);
      assertGone(own, await store.list(tenant));
      return { ids, leftUntil: [] };
    });
  }

  /** The tenants that have keys, by their pseudonyms. @throws CacheError as {@link destroySubject} */
  async tenants(): Promise<readonly string[]> {
    const { store, clock } = this.#options;
    if (!store) return [];
    return inTime(clock, PATIENCE_MS, store.tenants(), tooLate).catch(rejectAgain);
  }

  async #destroy(
    owners: readonly KeyOwner[],
    work: (store: KeyStore, owner: KeyOwner) => Promise<Destroyed>,
  ): Promise<ShredReceipt> {
    const { store, clock, mode } = this.#options;
    const { tenant, subject } = owners[0] as KeyOwner;
    const about = { tenant, subject };
    if (!store) {
      const at = clock.now();
      const nothing = { shredded: false, destroyedKeyIds: [], unreadableAt: null };
      return { ...about, at, ...nothing, mode: 'unavailable', inMemoryUntil: at };
    }
    const all = Promise.all(owners.map((owner) => work(store, owner)));
    const results = await inTime(clock, PATIENCE_MS, all, tooLate).catch(rejectAgain);
    owners.forEach((owner) => this.#options.purge(owner)); // after the rows: nobody fetches them again
    await this.#publish(owners);
    const left = results.flatMap(({ leftUntil }) => leftUntil);
    const at = clock.now(); // not before: until the rows were gone, copies could be read
    return {
      ...about,
      at,
      mode,
      shredded: left.length === 0,
      destroyedKeyIds: results.flatMap(({ ids }) => ids),
      unreadableAt: Math.max(at, ...left),
      inMemoryUntil: at + RECHECK_MS,
    };
  }

  /** Whoever does not hear of it, or only later, asks the key store itself. */
  async #publish(owners: readonly KeyOwner[]): Promise<void> {
    const { channel, clock } = this.#options;
    if (!channel) return;
    const told = Promise.all(owners.map((owner) => channel.publish(owner)));
    await inTime(clock, PUBLISH_MS, told, () => undefined).catch(() => undefined);
  }
}

interface Destroyed {
  readonly ids: readonly string[];
  /** When keys end that were not destroyed and open the same data. */
  readonly leftUntil: readonly number[];
}

/** A receipt is for what is gone, not for what was asked to go. @throws CacheError `STORE_REFUSED` */
function assertGone(own: readonly KeyRowInfo[], rows: readonly KeyRowInfo[]): void {
  const left = new Set(rows.map(({ id }) => id)); // by id: a new key may be there already
  if (!own.some(({ id }) => left.has(id))) return;
  throw new CacheError('STORE_REFUSED', 'The key store still has keys that it was to destroy.');
}

function rejectAgain(error: unknown): never {
  const { code, message } = keyFailure(error);
  throw new CacheError(code, `Keys may not have been destroyed; do it again. ${message}`);
}
