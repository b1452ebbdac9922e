import type { Attributes } from '@opentelemetry/api';

/** Who says it: the name of meter and tracer. */
export const SCOPE = '@vitalcache/metrics';

/** Labels as attributes of a namespace of their own: there are no semantic conventions for caches yet. */
export function attributesOf(labels: object): Attributes {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`vitalcache.${name}`, String(value)]),
  );
}
