import { MAX_RECORD_HASHES, type Coverage, type CoverageTerms } from '../journal/journal-record.js';
import type { NameProtection } from './name-protection.js';

/** What vouches for a list of hashes stands at its end, as two more of them. */
const PROOF_HALVES = 4;
/** Carried by no entry. Every record covers it, by each secret that its maker can name entries by. */
const REACH_TAG = 'vitalcache/reach';
/** Room for secrets: one, two while they are exchanged. */
const MAX_REACH = 14;
/** So many pairs are left for hashes. */
export const MAX_PROVEN_HASHES = MAX_RECORD_HASHES - PROOF_HALVES / 2 - MAX_REACH;

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
    const reach = this.#names.hashesOf('tag', REACH_TAG).flatMap(({ low, high }) => [low, high]);
    const hashes = Uint32Array.of(...coverage.hashes, ...reach);
    const signature = Buffer.from(this.#names.sign(this.#bytesOf({ ...coverage, hashes }, nonce)));
    const proof = Array.from({ length: PROOF_HALVES }, (_, i) => signature.readUInt32BE(i * 4));
    return { ...coverage, hashes: Uint32Array.of(...hashes, ...proof) };
  }

  /**
   * The coverage that went into the log; `null` if it is none of ours, or its maker could not name entries as this process
   * does: it may mean more than it says.
   */
  read(coverage: Coverage, nonce: number): Coverage | null {
    if (coverage.kind === 'hashes') return this.#readHashes(coverage, nonce);
    return coverage.kind === 'glob' ? this.#readGlob(coverage, nonce) : coverage;
  }

  #readHashes(coverage: Hashes, nonce: number): Coverage | null {
    const end = coverage.hashes.length - PROOF_HALVES;
    if (end < 0) return null;
    const proven: Hashes = { ...coverage, hashes: coverage.hashes.slice(0, end) };
    const signature = bigEndian(coverage.hashes.subarray(end));
    const isOurs = this.#names.isSigned(this.#bytesOf(proven, nonce), signature);
    return isOurs && this.#isReached(proven) ? proven : null;
  }

  #isReached({ hashes }: Hashes): boolean {
    const { low, high } = this.#names.hashOf('tag', REACH_TAG);
    for (let at = hashes.length - 2; at >= 0; at -= 2) {
      if (hashes[at] === low && hashes[at + 1] === high) return true;
    }
    return false;
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
