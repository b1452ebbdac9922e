export { MemoryCacheProvider, type MemoryCacheProviderOptions } from './memory-cache.provider.js';
export { providerPackage } from './memory-provider.package.js';
export { ENTRY_OVERHEAD_BYTES } from './memory-store.js';
