import { RedisCacheProvider, type StoreFindings } from '@vitalcache/provider-redis';

import type { DragonflyService } from './dragonfly.service.js';

/**
 * A store of bytes in one Dragonfly server or in several, 1.20 or later, with every capability of the contract. Commands,
 * scripts and errors are those of `RedisCacheProvider`: all of them are in Dragonfly, and each script touches the
 * keys that it names, which are of one hash tag.
 */
export class DragonflyCacheProvider extends RedisCacheProvider {
  override readonly name: string = 'dragonfly';
  readonly #service: DragonflyService;

  /** The provider opens and closes the service. */
  constructor(service: DragonflyService) {
    super(service);
    this.#service = service;
  }

  override get service(): DragonflyService {
    return this.#service;
  }

  /**
   * Opens the connections, then looks at every server and tells `onStateChange` in one line each what it is and what of
   * it does not suit a cache. While one of them does not answer, only that is told. Never rejects.
   */
  override async connect(): Promise<void> {
    await super.connect();
    const findings = await this.describe();
    const { product, onStateChange } = this.#service.settings;
    if (!findings.every(({ isReachable }) => isReachable)) return;
    for (const found of findings) onStateChange(`${product} ${found.store}: ${wordsFor(found)}`);
  }
}

function wordsFor(found: StoreFindings): string {
  const { software, version, threads, clusterMode, evictionPolicy, advice } = found;
  const facts = [
    `${software} ${version ?? 'of an unknown version'}`,
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    `cluster mode ${clusterMode ?? 'unknown'}`,
    evictionPolicy ?? 'eviction unknown',
  ];
  return [`${facts.join(', ')}.`, ...advice].join(' ');
}
