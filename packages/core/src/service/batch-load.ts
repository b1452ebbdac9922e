import { CacheError } from '../errors/cache.error.js';
import { ActiveLoad } from '../loading/active-load.js';
import type { Flight } from '../loading/flight.js';
import type { NestedLoads } from '../loading/nested-loads.js';
import type { LoadContext } from '../strategy/read-request.js';

/** What a batch loader may give: values in the order of its keys, or by key. What is missing is `null`. */
export type BatchValues<T> =
  ReadonlyMap<string, T> | Readonly<Record<string, T>> | readonly (T | null | undefined)[];

/** Loads several keys at once. `keys` holds no key twice. */
export type BatchLoader<T> = (
  keys: readonly string[],
  context: Pick<LoadContext, 'signal'>,
) => BatchValues<T> | PromiseLike<BatchValues<T>>;

interface Wanted<T> {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly flight: Flight | null;
  readonly resolve: (value: T | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes one call of a batch loader of all the keys that are asked for within one turn of the event loop. */
export class BatchLoad<T> {
  readonly #load: BatchLoader<T>;
  readonly #nested: NestedLoads;
  #wanted: Wanted<T>[] = [];

  /** @param nested so that the loader knows of all the loads that wait for it */
  constructor(load: BatchLoader<T>, nested: NestedLoads) {
    this.#load = load;
    this.#nested = nested;
  }

  one(key: string, context: LoadContext): Promise<T | null> {
    const flight = context instanceof ActiveLoad ? context.flight : null;
    return new Promise((resolve, reject) => {
      if (this.#wanted.length === 0) process.nextTick(() => void this.#flush());
      this.#wanted.push({ key, signal: context.signal, flight, resolve, reject });
    });
  }

  async #flush(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    try {
      const keys = wanted.map(({ key }) => key);
      const signal = AbortSignal.any(wanted.map((one) => one.signal));
      const flights = wanted.flatMap(({ flight }) => flight ?? []);
      const values = await this.#nested.run(flights, () => this.#load(keys, { signal }));
      const valueOf = lookup(values, keys.length);
      wanted.forEach(({ key, resolve }, index) => resolve(valueOf(key, index) ?? null));
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }
}

function lookup<T>(
  values: BatchValues<T>,
  count: number,
): (key: string, index: number) => T | null | undefined {
  if (isMap(values)) return (key) => (values as ReadonlyMap<string, T>).get(key);
  if (Array.isArray(values)) {
    if (values.length === count) return (_, index) => (values as readonly T[])[index];
    throw refusal(`a list of ${values.length} values for ${count} keys`);
  }
  if (!isRecord(values)) throw refusal(values === null ? 'null' : nameOf(values));
  const record = values as Readonly<Record<string, T>>;
  return (key) => (Object.hasOwn(record, key) ? record[key] : null);
}

/** Also one of another realm. */
function isMap(values: unknown): boolean {
  return Object.prototype.toString.call(values) === '[object Map]';
}

function isRecord(values: unknown): boolean {
  if (typeof values !== 'object' || values === null) return false;
  const prototype: unknown = Object.getPrototypeOf(values);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOf(values: unknown): string {
  return typeof values === 'object' ? Object.prototype.toString.call(values) : typeof values;
}

function refusal(got: string): CacheError {
  return new CacheError(
    'VALUE_INVALID',
    `cacheMany: the loader gave ${got}; accepted: a Map or an object by key, or a list in the order of the keys.`,
  );
}
