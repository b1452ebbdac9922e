/**
 * A file of the built core or another package that its index does not export: what an operation consists of is measured
 * where it is, without making it everybody's.
 */
export async function internals<T>(packageName: string, file: string): Promise<T> {
  return (await import(new URL(file, import.meta.resolve(packageName)).href)) as T;
}
