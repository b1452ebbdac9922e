export { DragonflyCacheProvider } from './dragonfly-cache.provider.js';
export { providerPackage } from './dragonfly-provider.package.js';
export { DragonflyService, type DragonflyServiceOptions } from './dragonfly.service.js';
