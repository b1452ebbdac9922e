export {
  SWRCacheStrategy,
  type RefreshCounts,
  type SWRCacheStrategyOptions,
} from './swr-cache.strategy.js';
