import { peer as asyncCacheDedupe } from './async-cache-dedupe.peer.js';
import { peer as bentocache } from './bentocache.peer.js';
import { peer as cacheManager } from './cache-manager.peer.js';
import { peer as cacheable } from './cacheable.peer.js';
import { peer as ioredis } from './ioredis.peer.js';
import { peer as layeredLoader } from './layered-loader.peer.js';
import { peer as lruCache } from './lru-cache.peer.js';
import type { IPeer } from './peer.js';
import { peer as vitalcache } from './vitalcache.peer.js';

/** Whom scenarios and races run on, in the order in which they are shown. */
export const ALL_PEERS: readonly IPeer[] = [
  vitalcache,
  lruCache,
  ioredis,
  bentocache,
  cacheable,
  cacheManager,
  layeredLoader,
  asyncCacheDedupe,
];
