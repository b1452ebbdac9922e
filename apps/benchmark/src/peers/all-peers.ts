import { asyncCacheDedupePeer } from './async-cache-dedupe.peer.js';
import { bentocachePeer } from './bentocache.peer.js';
import { cacheManagerPeer } from './cache-manager.peer.js';
import { cacheablePeer } from './cacheable.peer.js';
import { ioredisPeer } from './ioredis.peer.js';
import { layeredLoaderPeer } from './layered-loader.peer.js';
import { lruCachePeer } from './lru-cache.peer.js';
import type { IPeer } from './peer.js';
import { vitalcachePeer } from './vitalcache.peer.js';

/** Whom scenarios and races run on, in the order in which they are shown. */
export const ALL_PEERS: readonly IPeer[] = [
  vitalcachePeer,
  lruCachePeer,
  ioredisPeer,
  bentocachePeer,
  cacheablePeer,
  cacheManagerPeer,
  layeredLoaderPeer,
  asyncCacheDedupePeer,
];
