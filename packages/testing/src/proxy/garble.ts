export interface GarbleOptions {
  /** Share of the bytes that is touched; 0.02 if absent. In each piece that passes it is one byte at least. */
  readonly ratio?: number;
  /** Numbers from 0 to below 1; `Math.random` if absent. */
  readonly random?: () => number;
}

/** A copy in which random bytes are replaced by others, or have another before them. */
export function garbled(
  bytes: Buffer,
  { ratio = 0.02, random = Math.random }: GarbleOptions = {},
): Buffer {
  const certain = Math.floor(random() * bytes.length);
  const out: number[] = [];
  for (const [at, byte] of bytes.entries()) {
    const isTouched = at === certain || random() < ratio;
    if (!isTouched) out.push(byte);
    else if (random() < 0.5) out.push(other(byte, random));
    else out.push(other(byte, random), byte);
  }
  return Buffer.from(out);
}

function other(byte: number, random: () => number): number {
  return (byte + 1 + Math.floor(random() * 255)) % 256;
}
