import { Logger } from '@nestjs/common';

import type { BoundCache } from './cache-injection.js';

/** Says things about one method once an occasion, for each cache apart. */
export class SpokenWarnings<O extends string> {
  readonly #said = new WeakMap<object, Set<O>>();

  say(occasion: O, message: string, cache: BoundCache): void {
    const said = this.#said.get(cache.service) ?? new Set();
    if (said.has(occasion)) return;
    this.#said.set(cache.service, said.add(occasion));
    warn(message, cache);
  }
}

export function warn(message: string, { context }: BoundCache): void {
  (context?.logger ?? new Logger('Vitalcache')).warn(message);
}
