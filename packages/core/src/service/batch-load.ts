import { CacheError } from '../errors/cache.error.js';
import { ActiveLoad } from '../loading/active-load.js';
import type { Flight } from '../loading/flight.js';
import type { NestedLoads } from '../loading/nested-loads.js';
import type { LoadContext } from '../strategy/read-request.js';
import { inTurns } from './in-turns.js';

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

/**
 * Makes one call of a batch loader of all the keys that are asked for together, or else within one turn of the event loop.
 */
export class BatchLoad<T> {
  readonly #load: BatchLoader<T>;
  readonly #nested: NestedLoads;
  #wanted: Wanted<T>[] = [];
  #isGathering = false;

  /** @param nested so that the loader knows of all the loads that wait for it */
  constructor(load: BatchLoader<T>, nested: NestedLoads) {
    this.#load = load;
    this.#nested = nested;
  }

  /** What is asked for until `asking` is over is loaded by one call. */
  async gather(asking: () => Promise<void>): Promise<void> {
    this.#isGathering = true;
    try {
      await asking();
    } finally {
      this.#isGathering = false;
      if (this.#wanted.length > 0) this.#flushSoon();
    }
  }

  one(key: string, context: LoadContext): Promise<T | null> {
    const flight = context instanceof ActiveLoad ? context.flight : null;
    return new Promise((resolve, reject) => {
      if (this.#wanted.length === 0 && !this.#isGathering) this.#flushSoon();
      this.#wanted.push({ key, signal: context.signal, flight, resolve, reject });
    });
  }

  /** When all that this turn of the event loop asks for has been asked for. */
  #flushSoon(): void {
    process.nextTick(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    try {
      const keys = wanted.map(({ key }) => key);
      const context = contextOf(wanted);
      const flights = wanted.flatMap(({ flight }) => flight ?? []);
      const values = await this.#nested.run(flights, () => this.#load(keys, context));
      const valueOf = lookup(values, keys.length);
      const found = keys.map((key, index) => valueOf(key, index) ?? null);
      await inTurns(wanted, ({ resolve }, index) => resolve(found[index] ?? null));
    } catch (error) {
      for (const { reject } of wanted) reject(error);
    }
  }
}

/** Its signal fires when nobody waits for any of the keys; made for those who look at it: that takes time. */
function contextOf(wanted: readonly Pick<LoadContext, 'signal'>[]): Pick<LoadContext, 'signal'> {
  let signal: AbortSignal | undefined;
  return {
    get signal() {
      return (signal ??= whenAllOf(wanted.map((one) => one.signal)));
    },
  };
}

function whenAllOf(signals: readonly AbortSignal[]): AbortSignal {
  const abort = new AbortController();
  let left = signals.length;
  for (const one of signals) {
    const end = (): void => void (--left === 0 && abort.abort(one.reason));
    if (one.aborted) end();
    else one.addEventListener('abort', end, { once: true });
  }
  return abort.signal;
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
