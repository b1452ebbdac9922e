/**
 * Whether `stored` agrees with `fresh` in the first `sameBytes` bytes and is greater in the `fenceBytes` bytes behind
 * them, compared bytewise. Arrays that are too short to compare have no later fence.
 */
export function hasLaterFence(
  stored: Uint8Array,
  fresh: Uint8Array,
  sameBytes: number,
  fenceBytes: number,
): boolean {
  const end = sameBytes + fenceBytes;
  if (stored.length < end || fresh.length < end) return false;
  if (Buffer.compare(stored.subarray(0, sameBytes), fresh.subarray(0, sameBytes)) !== 0)
    return false;
  return Buffer.compare(stored.subarray(sameBytes, end), fresh.subarray(sameBytes, end)) > 0;
}

/** Whether `bytes` begin with `prefix`. */
export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, prefix.length), prefix) === 0;
}
