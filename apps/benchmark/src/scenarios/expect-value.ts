import { isDeepStrictEqual } from 'node:util';

/** @throws Error that says what came instead, if it is not what was expected */
export function expectValue(what: string, value: unknown, expected: unknown): void {
  if (isDeepStrictEqual(value, expected)) return;
  throw new Error(`${what}: expected ${brief(expected)}, got ${brief(value)}`);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
