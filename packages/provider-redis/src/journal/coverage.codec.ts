import type { Coverage, CoverageTerms, Genesis } from '@vitalcache/core';

/** A coverage as a stream entry holds it: one character and bytes. */
export interface EncodedCoverage {
  readonly kind: string;
  readonly body: Buffer;
}

const KINDS = { hashes: 'h', glob: 'g', clear: 'c', unknown: 'u' } as const;

/** What the genesis scripts write as kind. */
const GENESIS_KIND = 's';

/**
 * A coverage with terms. A kind of its own, not a field beside: a process that does not know terms must take such a
 * record as one that covers everything, not as one without them.
 */
const TERMS_KIND = 't';
const SOFT = 1;
const SETTLES = 2;
/** Kind of the coverage, then flags. */
const TERMS_BYTES = 2;
const SETTLE_BYTES = 4;

const BYTES_PER_HASH = 8;

/**
 * Hashes become 8 bytes each, low then high half, big-endian; a pattern becomes its UTF-8. With terms, these stand
 * behind the kind's character, a byte of flags (1: soft, 2: settles) and, if it settles, 4 bytes of milliseconds.
 */
export function encodeCoverage(coverage: Coverage): EncodedCoverage {
  const [kind, body] = [KINDS[coverage.kind], encodeBody(coverage)];
  const { isSoft, settleMs } = coverage;
  if (!isSoft && settleMs === undefined) return { kind, body };
  const flags = (isSoft ? SOFT : 0) | (settleMs === undefined ? 0 : SETTLES);
  const terms = Buffer.from([kind.charCodeAt(0), flags]);
  return { kind: TERMS_KIND, body: Buffer.concat([terms, encodeSettle(settleMs), body]) };
}

/** Whatever is not understood, an absent body of hashes included, is `unknown`, which covers everything. */
export function decodeCoverage(kind: string, body: Buffer | undefined): Coverage | Genesis {
  if (kind === GENESIS_KIND) return { kind: 'genesis' };
  return kind === TERMS_KIND && body ? decodeWithTerms(body) : decodePlain(kind, body);
}

function decodePlain(kind: string, body: Buffer | undefined): Coverage {
  if (kind === KINDS.clear) return { kind: 'clear' };
  if (kind === KINDS.glob && body) return { kind: 'glob', pattern: body.toString('utf8') };
  if (kind === KINDS.hashes && body && body.length % BYTES_PER_HASH === 0) {
    return { kind: 'hashes', hashes: decodeHashes(body) };
  }
  return { kind: 'unknown' };
}

function decodeWithTerms(body: Buffer): Coverage {
  const [kind = 0, flags = 0] = body;
  const start = TERMS_BYTES + (flags & SETTLES ? SETTLE_BYTES : 0);
  if (body.length < start || flags & ~(SOFT | SETTLES)) return { kind: 'unknown' };
  const terms: CoverageTerms = {
    ...(flags & SOFT && { isSoft: true }),
    ...(flags & SETTLES && { settleMs: body.readUInt32BE(TERMS_BYTES) }),
  };
  return { ...decodePlain(String.fromCharCode(kind), body.subarray(start)), ...terms };
}

function encodeSettle(settleMs: number | undefined): Buffer {
  if (settleMs === undefined) return Buffer.alloc(0);
  const bytes = Buffer.alloc(SETTLE_BYTES);
  bytes.writeUInt32BE(Math.ceil(Math.min(Math.max(settleMs, 0), 0xffff_ffff)));
  return bytes;
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
