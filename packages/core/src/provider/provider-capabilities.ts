import type {
  BatchStore,
  ComparingStore,
  FencedBatchStore,
  FencedStore,
  ICacheProvider,
  IndexStore,
  InspectingStore,
  JournalStore,
  LeaseStore,
  ManagedStore,
  ObservableStore,
  PartitionedStore,
  SweepingStore,
  TagIndexedStore,
  TunableStore,
} from './cache-provider.js';

/** The capabilities that a provider turned out to have; absent ones are `undefined`. */
export interface ProviderCapabilities {
  readonly batch?: BatchStore;
  readonly sweep?: SweepingStore;
  readonly tagIndex?: TagIndexedStore;
  readonly fenced?: FencedStore;
  readonly fencedBatch?: FencedBatchStore;
  readonly compare?: ComparingStore;
  readonly lease?: LeaseStore;
  readonly index?: IndexStore;
  readonly inspect?: InspectingStore;
  readonly journal?: JournalStore;
  readonly status?: ObservableStore;
  readonly partitions?: PartitionedStore;
  readonly tuning?: TunableStore;
  readonly managed?: ManagedStore;
}

const METHODS = {
  batch: ['getMany', 'setMany', 'delMany'],
  sweep: ['invalidateCacheByPattern'],
  tagIndex: ['invalidateCacheByTag'],
  fenced: ['setFenced'],
  fencedBatch: ['setFencedMany', 'acquireLease', 'releaseLease'],
  compare: ['setIfUnchanged'],
  lease: ['acquireLease', 'releaseLease', 'extendLease'],
  index: ['addMember', 'membersOf', 'dropMembers'],
  inspect: ['visitKeys', 'timesLeft'],
  journal: ['journal'],
  status: ['status'],
  partitions: ['partitionOf'],
  tuning: ['tune'],
  managed: ['connect', 'close'],
} as const satisfies Record<keyof ProviderCapabilities, readonly (keyof ICacheProvider)[]>;

/** Detects what a provider can do: a capability counts only when all of its methods are there. */
export function capabilitiesOf(provider: ICacheProvider): ProviderCapabilities {
  const found = Object.entries(METHODS).filter(([, methods]) =>
    methods.every((method) => typeof provider[method] === 'function'),
  );
  return Object.fromEntries(found.map(([name]) => [name, provider]));
}
