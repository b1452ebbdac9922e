import { AsyncLocalStorage } from 'node:async_hooks';

const METHODS = ['run', 'enterWith'] as const;

/**
 * Notes every `AsyncLocalStorage` that is used from now on; the function that it returns disables them. Up to Node 22
 * each one that was ever used makes every promise of the process slower until it is disabled, and crashed processes
 * disable nothing.
 */
export function noteAsyncStorages(): () => void {
  const { prototype } = AsyncLocalStorage;
  const used = new Set<AsyncLocalStorage<unknown>>();
  const originals = METHODS.map((name) => [name, Reflect.get(prototype, name)] as const);
  for (const [name, original] of originals) {
    Reflect.set(
      prototype,
      name,
      function (this: AsyncLocalStorage<unknown>, ...args: never[]): unknown {
        used.add(this);
        return Reflect.apply(original, this, args);
      },
    );
  }
  return () => {
    for (const [name, original] of originals) Reflect.set(prototype, name, original);
    for (const storage of used) storage.disable();
  };
}
