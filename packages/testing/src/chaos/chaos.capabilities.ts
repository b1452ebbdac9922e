import {
  capabilitiesOf,
  type ICacheProvider,
  type StoredItem,
  type StoreStatus,
} from '@vitalcache/core';

import type { ChaosHistory } from './chaos.history.js';
import type { FaultBoard } from './fault.board.js';

/** The optional capabilities of `inner`, and no others, each broken as the board says. */
export function chaoticCapabilities(
  inner: ICacheProvider,
  board: FaultBoard,
  history: ChaosHistory,
): Partial<ICacheProvider> {
  const found = capabilitiesOf(inner);
  const { batch, sweep, tagIndex, fenced, fencedBatch, compare, lease, index, inspect } = found;
  const { status, partitions, tuning } = found;
  const wrote = ({ key, ttlMs }: StoredItem): void => history.wrote(key, ttlMs);
  return {
    ...(batch && {
      getMany: (keys) =>
        board.ask('batch', {
          work: () => batch.getMany(keys),
          lie: () => keys.map(() => null),
          spoil: (found, change) => found.map((value) => value && change(value)),
        }),
      setMany: (items) =>
        board.ask('batch', {
          work: () => {
            items.forEach(wrote);
            return batch.setMany(items);
          },
          lie: () => undefined,
        }),
      delMany: (keys) =>
        board.ask('batch', { work: () => batch.delMany(keys), lie: () => keys.length }),
    }),
    ...(sweep && {
      invalidateCacheByPattern: (pattern, deadlineMs) =>
        board.ask('sweep', {
          work: () => sweep.invalidateCacheByPattern(pattern, deadlineMs),
          lie: () => ({ removed: 0, complete: true }),
        }),
    }),
    ...(tagIndex && {
      invalidateCacheByTag: (tag) =>
        board.ask('tagIndex', {
          work: () => tagIndex.invalidateCacheByTag(tag),
          lie: () => ({ removed: 0, complete: true }),
        }),
    }),
    ...(fenced && {
      setFenced: (item, sameBytes, fenceBytes) =>
        board.ask('fenced', {
          work: () => {
            wrote(item);
            return fenced.setFenced(item, sameBytes, fenceBytes);
          },
          lie: () => true,
        }),
    }),
    ...(fencedBatch && {
      setFencedMany: (writes, sameBytes, fenceBytes) =>
        board.ask('fenced', {
          work: () => {
            writes.forEach(wrote);
            return fencedBatch.setFencedMany(writes, sameBytes, fenceBytes);
          },
          lie: () => writes.map(() => true),
        }),
    }),
    ...(compare && {
      setIfUnchanged: (item, expected) =>
        board.ask('compare', {
          work: () => {
            wrote(item);
            return compare.setIfUnchanged(item, expected);
          },
          lie: () => true,
        }),
    }),
    ...(lease && {
      acquireLease: (key, token, ttlMs) =>
        board.ask('lease', {
          work: () => {
            history.wrote(key, ttlMs);
            return lease.acquireLease(key, token, ttlMs);
          },
          lie: () => null,
        }),
      releaseLease: (key, token) =>
        board.ask('lease', { work: () => lease.releaseLease(key, token), lie: () => true }),
      extendLease: (key, token, ttlMs) =>
        board.ask('lease', {
          work: () => lease.extendLease(key, token, ttlMs),
          lie: () => true,
        }),
    }),
    ...(index && {
      addMember: (set, member, ttlMs, maxMembers) =>
        board.ask('index', {
          work: () => index.addMember(set, member, ttlMs, maxMembers),
          lie: () => undefined,
        }),
      membersOf: (set, limit) =>
        board.ask('index', { work: () => index.membersOf(set, limit), lie: () => [] }),
      dropMembers: (set, members) =>
        board.ask('index', {
          work: () => index.dropMembers(set, members),
          lie: () => members.length,
        }),
    }),
    ...(inspect && {
      visitKeys: (pattern, visit, deadlineMs) =>
        board.ask('inspect', {
          work: () => inspect.visitKeys(pattern, visit, deadlineMs),
          lie: () => true,
        }),
      timesLeft: (keys) =>
        board.ask('inspect', {
          work: () => inspect.timesLeft(keys),
          lie: () => keys.map(() => null),
        }),
    }),
    ...(status && {
      status: () =>
        board
          .ask('status', {
            work: () => status.status(),
            lie: () => ({ ...UNKNOWN, connected: true }),
          })
          .catch(() => UNKNOWN), // a status never rejects
    }),
    ...(partitions && { partitionOf: (key) => partitions.partitionOf(key) }),
    ...(tuning && { tune: (how) => tuning.tune(how) }),
  };
}

const UNKNOWN: StoreStatus = {
  connected: false,
  memoryBytes: null,
  maxBytes: null,
  pool: { busy: 0, open: 0 },
};
