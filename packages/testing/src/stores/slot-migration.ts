import type { Redis } from 'ioredis';

import { withRedis } from './redis-client.js';
import type { OwnedStore } from './test-store.js';

export interface MigrationOptions {
  /**
   * Called when the slot is being moved and half of its keys, rounded up, have gone: the old node answers ASK for
   * those, and TRYAGAIN to a command that wants keys of both halves.
   */
  readonly midway?: () => Promise<void>;
}

export interface MigrationEnd {
  readonly id: string;
  readonly store: OwnedStore;
}

const TIMEOUT_MS = 5_000;

/** Moves a slot with its keys, as a resharding does. All `primaries` are told of its new owner. */
export async function moveSlot(
  slot: number,
  {
    from,
    to,
    primaries,
  }: { from: MigrationEnd; to: MigrationEnd; primaries: readonly OwnedStore[] },
  { midway }: MigrationOptions = {},
): Promise<void> {
  await withRedis(to.store.url, (client) => client.cluster('SETSLOT', slot, 'IMPORTING', from.id));
  await withRedis(from.store.url, async (client) => {
    await client.cluster('SETSLOT', slot, 'MIGRATING', to.id);
    const count = await client.cluster('COUNTKEYSINSLOT', slot);
    await moveKeys(client, slot, Math.ceil(count / 2), to.store);
  });
  await midway?.();
  await withRedis(from.store.url, async (client) => {
    while ((await client.cluster('COUNTKEYSINSLOT', slot)) > 0) {
      await moveKeys(client, slot, 100, to.store);
    }
  });
  // The new owner first: else a slot that nobody owns could be seen.
  const rest = primaries.filter((store) => store !== to.store);
  for (const { url } of [to.store, ...rest]) {
    await withRedis(url, (client) => client.cluster('SETSLOT', slot, 'NODE', to.id));
  }
}

async function moveKeys(client: Redis, slot: number, count: number, to: OwnedStore): Promise<void> {
  if (count === 0) return;
  const keys = await client.callBuffer('CLUSTER', 'GETKEYSINSLOT', slot, count);
  const target = [to.host, to.port, '', 0, TIMEOUT_MS, 'REPLACE', 'KEYS'] as const;
  await client.call('MIGRATE', ...target, ...(keys as Buffer[]));
}
