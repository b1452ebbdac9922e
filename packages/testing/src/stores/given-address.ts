import { answers, removePrefixed } from './redis-client.js';
import { randomPrefix } from './random-prefix.js';
import type { StoreProduct, StoreSource } from './test-store.js';

/** A server that somebody else runs: it is shared, so only keys with the prefix are touched, and it is never ended. */
export function givenAddress(
  product: StoreProduct,
  url: string,
  args: readonly string[],
): StoreSource {
  return {
    kind: 'address',
    abilities: [],
    async start() {
      if (args.length > 0) throw new Error(`it is what it is and can't take ${args.join(' ')}`);
      const prefix = randomPrefix();
      await answers(url, { boundMs: 5_000 });
      const flush = (): Promise<void> => removePrefixed(url, prefix);
      return { product, kind: 'address', url, prefix, flush, stop: flush };
    },
  };
}
