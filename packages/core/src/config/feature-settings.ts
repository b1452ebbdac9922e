import type { EnvironmentReader } from './environment.reader.js';

/** Switches of what works in the background; strategies and warmers are handed them. */
export interface FeatureSettings {
  /** False: times to live as they are written, and nothing shed but by hard bounds. */
  readonly isAdaptive: boolean;
  /** False: no warmer runs at start; explicit calls still work. */
  readonly isWarming: boolean;
  /** Warming by what was read before; needs `isWarming`. */
  readonly isPredictive: boolean;
}

export function readFeatures(reader: EnvironmentReader): FeatureSettings {
  const isWarming = reader.boolean('CACHE_WARMING_ENABLED') ?? true;
  const isPredictive = reader.boolean('CACHE_PREDICTIVE_ENABLED') ?? false;
  if (isPredictive && !isWarming) {
    const accepted = 'false while CACHE_WARMING_ENABLED is false, because it works by warming';
    reader.reject('CACHE_PREDICTIVE_ENABLED', accepted, 'true');
  }
  return {
    isAdaptive: reader.boolean('CACHE_ADAPTIVE_ENABLED') ?? true,
    isWarming,
    isPredictive,
  };
}
