import assert from 'node:assert/strict';

import type { ICacheProvider } from '@vitalcache/core';

/** UTF-8 of a text, as a plain array. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Every byte value once, in order. */
export function everyByte(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) => i);
}

/** Fails unless both are the same bytes, or both `null`. Long values are not printed. */
export function assertBytes(
  actual: Uint8Array | null | undefined,
  expected: Uint8Array | null,
): void {
  if (!actual || !expected) return assert.equal(show(actual), show(expected));
  if (Buffer.compare(actual, expected) !== 0) assert.equal(show(actual), show(expected));
}

/** Fails unless `key` holds `expected`. */
export async function assertStored(
  provider: ICacheProvider,
  key: string,
  expected: Uint8Array | null,
): Promise<void> {
  assertBytes(await provider.get(key), expected);
}

function show(value: Uint8Array | null | undefined): string {
  if (!value) return String(value);
  const head = Buffer.from(value.subarray(0, 40)).toString('hex');
  return `${value.length} bytes: ${head}${value.length > 40 ? '...' : ''}`;
}
