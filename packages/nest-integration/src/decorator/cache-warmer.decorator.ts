import type { CacheWarmerOptions } from './cache-warmer.options.js';
import { methodDecorator } from './decorate-method.js';
import { WarmingMethod } from './warming-method.js';

/**
 * Makes a method of a provider a warmer, which runs at start, and when the cache is told to warm. The method gets a
 * `WarmContext` and returns, or generates, what will be asked for, most wanted first. It is called without a request.
 *
 * @example
 * \@CacheWarmer({ of: 'findById', kinds: ['doctor'] })
 * async *onDuty({ clinicId }: WarmContext) {
 *   for (const { id } of await this.schedule.today(clinicId)) yield [id];
 * }
 *
 * @throws CacheError `OPTION_INVALID` when the class is defined, naming class, method and what is accepted.
 */
export function CacheWarmer(options: CacheWarmerOptions = {}): MethodDecorator {
  return methodDecorator('@CacheWarmer()', (place) => ({
    method: new WarmingMethod(place, options),
  }));
}
