/**
 * Puts parts together so that no two lists give the same bytes: each is led by its length, as 4 bytes in network byte
 * order. A separator would let a byte move across a border unseen.
 */
export function lengthPrefixed(...parts: readonly (string | Uint8Array)[]): Buffer {
  const lengths = parts.map((part) =>
    typeof part === 'string' ? Buffer.byteLength(part) : part.length,
  );
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  parts.forEach((part, index) => {
    at = bytes.writeUInt32BE(lengths[index] as number, at);
    if (typeof part === 'string') bytes.write(part, at, 'utf8');
    else bytes.set(part, at);
    at += lengths[index] as number;
  });
  return bytes;
}
