import { MAX_RECORD_HASHES, type Coverage, type CoverageTerms } from '../journal/journal-record.js';
import type { NameProtection } from './name-protection.js';

/** What vouches for a list of hashes stands at its end, as two more of them. */
const PROOF_HALVES = 4;
/** So many pairs are left for hashes. */
export const MAX_PROVEN_HASHES = MAX_RECORD_HASHES - PROOF_HALVES / 2;

type Hashes = Extract<Coverage, { kind: 'hashes' }>;
type Glob = Extract<Coverage, { kind: 'glob' }>;

/**
 * Makes records that nobody can read without the secret, nor make up: lists of hashes carry what vouches for them,
 * patterns are veiled together with the same. What says nothing (`clear`) has neither.
 */
export class RecordProof {
  readonly #names: NameProtection;
  readonly #namespace: string;

  constructor(names: NameProtection, namespace: string) {
    this.#names = names;
    this.#namespace = namespace;
  }

  /** The coverage as it goes into the log. */
  prove(coverage: Coverage, nonce: number): Coverage {
    if (coverage.kind === 'glob') {
      const text = `${this.#context(coverage, nonce)}${coverage.pattern}`;
      return { ...coverage, pattern: this.#names.veil(text) };
    }
    if (coverage.kind !== 'hashes') return coverage;
    const hashes = new Uint32Array(coverage.hashes.length + PROOF_HALVES);
    hashes.set(coverage.hashes);
    const signature = Buffer.from(this.#names.sign(this.#bytesOf(coverage, nonce)));
    for (let i = 0; i < PROOF_HALVES; i++) {
      hashes[coverage.hashes.length + i] = signature.readUInt32BE(i * 4);
    }
    return { ...coverage, hashes };
  }

  /** The coverage that went into the log; `null` if it is none of ours. */
  read(coverage: Coverage, nonce: number): Coverage | null {
    if (coverage.kind === 'hashes') return this.#readHashes(coverage, nonce);
    return coverage.kind === 'glob' ? this.#readGlob(coverage, nonce) : coverage;
  }

  #readHashes(coverage: Hashes, nonce: number): Coverage | null {
    const end = coverage.hashes.length - PROOF_HALVES;
    if (end < 0) return null;
    const proven: Hashes = { ...coverage, hashes: coverage.hashes.slice(0, end) };
    const signature = bigEndian(coverage.hashes.subarray(end));
    return this.#names.isSigned(this.#bytesOf(proven, nonce), signature) ? proven : null;
  }

  #readGlob(coverage: Glob, nonce: number): Coverage | null {
    const context = this.#context(coverage, nonce);
    const text = this.#names.unveil(coverage.pattern);
    if (!text?.startsWith(context)) return null;
    return { ...coverage, pattern: text.slice(context.length) };
  }

  #bytesOf(coverage: Hashes, nonce: number): Buffer {
    return Buffer.concat([Buffer.from(this.#context(coverage, nonce)), bigEndian(coverage.hashes)]);
  }

  /** All that a record says beside what it names, in words that no other record's begin with. */
  #context({ kind, ...terms }: { readonly kind: string } & CoverageTerms, nonce: number): string {
    const { isSoft = false, settleMs = 0 } = terms;
    const ms = Math.ceil(settleMs); // as stores keep it
    return `${JSON.stringify(['record', this.#namespace, nonce, kind, isSoft, ms])}\n`;
  }
}

function bigEndian(halves: Uint32Array): Buffer {
  const bytes = Buffer.alloc(halves.length * 4);
  halves.forEach((half, index) => bytes.writeUInt32BE(half, index * 4));
  return bytes;
}
