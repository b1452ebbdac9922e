import * as zlib from 'node:zlib';

import { compressSync, uncompressSync } from 'snappy';

import { CacheError } from '../errors/cache.error.js';
import type { Compressor } from './entry.js';

/** A compressor that does something. */
export type ActiveCompressor = Exclude<Compressor, 'none'>;

interface Algorithm {
  compress(raw: Buffer, level: number | undefined): Buffer;
  /** Throws rather than make more than `rawLength` bytes. */
  inflate(small: Buffer, rawLength: number): Buffer;
}

/** What Node has from 22.15 and 23.8 on; the declarations of the oldest supported version don't know it. */
interface Zstd {
  zstdCompressSync(raw: Buffer, options: { params?: Record<number, number> }): Buffer;
  zstdDecompressSync(small: Buffer, options: { maxOutputLength: number }): Buffer;
}

const MAX_LEVEL = { gzip: 9, brotli: 11, zstd: 22 } as const;
/** Brotli's own default is its slowest: three hundred times the time for a tenth of the bytes. */
const BROTLI_LEVEL = 4;
const ZSTD_LEVEL_PARAMETER = 100;

const ALGORITHMS: Readonly<Record<ActiveCompressor, Algorithm | null>> = {
  snappy: { compress: (raw) => compressSync(raw), inflate: inflateSnappy },
  gzip: {
    compress: (raw, level) =>
      zlib.gzipSync(raw, level === undefined ? {} : { level: clamp(level, MAX_LEVEL.gzip) }),
    inflate: (small, rawLength) => zlib.gunzipSync(small, boundOf(rawLength)),
  },
  brotli: {
    compress: (raw, level = BROTLI_LEVEL) =>
      zlib.brotliCompressSync(raw, {
        params: {
          [zlib.constants.BROTLI_PARAM_QUALITY]: clamp(level, MAX_LEVEL.brotli),
          [zlib.constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
        },
      }),
    inflate: (small, rawLength) => zlib.brotliDecompressSync(small, boundOf(rawLength)),
  },
  zstd: zstdOf(zlib as Partial<Zstd>),
};

/**
 * Refuses a compressor that this runtime doesn't have.
 * @throws CacheError `CONFIG_INVALID` saying what is accepted, and which runtime has what is missing
 */
export function assertCompressor(compressor: unknown): asserts compressor is Compressor {
  const known = ['none', ...Object.keys(ALGORITHMS)];
  const here = known.filter((name) => name === 'none' || ALGORITHMS[name as ActiveCompressor]);
  if (here.includes(compressor as string)) return;
  const problem = known.includes(compressor as string)
    ? `compressor ${String(compressor)} needs Node 22.15 or later; this is ${process.version}`
    : 'compressor is none that is known';
  throw new CacheError('CONFIG_INVALID', `${problem}. Accepted here: ${here.join(', ')}.`);
}

/**
 * Makes bytes smaller, or larger if there is nothing to gain.
 * @param level 1 (fast) to 22 (small), held to what the compressor knows: gzip up to 9, brotli up to 11; snappy has
 * none. Absent: the compressor's default, for brotli 4.
 * @throws CacheError `CONFIG_INVALID` when the runtime lacks the compressor
 */
export function compress(raw: Buffer, compressor: ActiveCompressor, level?: number): Buffer {
  return algorithm(compressor).compress(raw, level);
}

/**
 * Gives back what {@link compress} was given, if that was `rawLength` bytes.
 * @throws whatever the algorithm throws; it never makes much more than `rawLength` bytes before that.
 */
export function inflate(small: Buffer, compressor: ActiveCompressor, rawLength: number): Buffer {
  return algorithm(compressor).inflate(small, rawLength);
}

function algorithm(compressor: ActiveCompressor): Algorithm {
  const found = ALGORITHMS[compressor];
  if (!found) assertCompressor(compressor);
  return found as Algorithm;
}

function zstdOf({ zstdCompressSync, zstdDecompressSync }: Partial<Zstd>): Algorithm | null {
  if (!zstdCompressSync || !zstdDecompressSync) return null;
  return {
    compress: (raw, level) =>
      zstdCompressSync(
        raw,
        level === undefined
          ? {}
          : { params: { [ZSTD_LEVEL_PARAMETER]: clamp(level, MAX_LEVEL.zstd) } },
      ),
    inflate: (small, rawLength) => zstdDecompressSync(small, boundOf(rawLength)),
  };
}

/** Snappy says in its first bytes how long the result is (a little-endian base-128 number): checked before it inflates. */
function inflateSnappy(small: Buffer, rawLength: number): Buffer {
  let announced = 0;
  for (let i = 0; i < 5; i++) {
    const byte = small[i] ?? 0;
    announced += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) break;
  }
  if (announced !== rawLength) throw new CacheError('VALUE_INVALID', 'The stored length is wrong.');
  return uncompressSync(small, { asBuffer: true }) as Buffer;
}

/** Node refuses a bound of zero. */
function boundOf(rawLength: number): { maxOutputLength: number } {
  return { maxOutputLength: Math.max(1, rawLength) };
}

function clamp(level: number, max: number): number {
  return Math.min(Math.max(1, Math.round(level)), max);
}
