import type { Coverage, Genesis } from '@vitalcache/core';

/** A coverage as a stream entry holds it: one character and bytes. */
export interface EncodedCoverage {
  readonly kind: string;
  readonly body: Buffer;
}

const KINDS = { hashes: 'h', glob: 'g', clear: 'c', unknown: 'u' } as const;

/** What the genesis scripts write as kind. */
const GENESIS_KIND = 's';

const BYTES_PER_HASH = 8;

/** Hashes become 8 bytes each, low then high half, big-endian; a pattern becomes its UTF-8. */
export function encodeCoverage(coverage: Coverage): EncodedCoverage {
  return { kind: KINDS[coverage.kind], body: encodeBody(coverage) };
}

/** Whatever is not understood, an absent body of hashes included, is `unknown`, which covers everything. */
export function decodeCoverage(kind: string, body: Buffer | undefined): Coverage | Genesis {
  if (kind === GENESIS_KIND) return { kind: 'genesis' };
  if (kind === KINDS.clear) return { kind: 'clear' };
  if (kind === KINDS.glob && body) return { kind: 'glob', pattern: body.toString('utf8') };
  if (kind === KINDS.hashes && body && body.length % BYTES_PER_HASH === 0) {
    return { kind: 'hashes', hashes: decodeHashes(body) };
  }
  return { kind: 'unknown' };
}

function encodeBody(coverage: Coverage): Buffer {
  if (coverage.kind === 'glob') return Buffer.from(coverage.pattern, 'utf8');
  if (coverage.kind !== 'hashes') return Buffer.alloc(0);
  const body = Buffer.allocUnsafe(coverage.hashes.length * 4);
  coverage.hashes.forEach((half, i) => body.writeUInt32BE(half, i * 4));
  return body;
}

function decodeHashes(body: Buffer): Uint32Array {
  return Uint32Array.from({ length: body.length / 4 }, (_, i) => body.readUInt32BE(i * 4));
}
