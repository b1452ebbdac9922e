import { needlesOf, type MarkEncoding, type Needle } from './mark-encodings.js';

/** Something to look through: text, bytes, or pieces of them that belong together in this order, such as a stream. */
export type CanaryContent =
  string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** A mark that was found. */
export interface Sighting {
  readonly mark: number;
  readonly encoding: MarkEncoding;
  /** Of its first byte, from the beginning of the content. */
  readonly offset: number;
}

/** Small pieces are put together before they are searched. */
const BATCH_BYTES = 65_536;

/** Looks for marks in content of any length, of which it holds no more than a piece. */
export class MarkSearcher {
  readonly #needles: readonly Needle[];
  /** What of a piece may be the beginning of a mark that ends in the next one. */
  readonly #overlap: number;

  /** @throws Error for a mark that is too short to be unmistakable */
  constructor(marks: readonly string[]) {
    this.#needles = needlesOf(marks);
    this.#overlap = Math.max(0, ...this.#needles.map(({ bytes }) => bytes.length - 1));
  }

  /** Each mark in each encoding counts once. Rejects with what the content rejects with. */
  async search(content: CanaryContent): Promise<{ bytes: number; sightings: Sighting[] }> {
    const sightings = new Map<string, Sighting>();
    let carried = Buffer.alloc(0);
    let bytes = 0;
    for await (const batch of batched(pieces(content))) {
      const window = Buffer.concat([carried, batch]);
      const start = bytes - carried.length;
      for (const needle of this.#needles) {
        const { mark, encoding } = needle;
        const id = `${mark} ${encoding}`;
        const at = sightings.has(id) ? -1 : window.indexOf(needle.bytes);
        if (at >= 0) sightings.set(id, { mark, encoding, offset: start + at });
      }
      bytes += batch.length;
      carried = window.subarray(Math.max(0, window.length - this.#overlap));
    }
    return { bytes, sightings: [...sightings.values()] };
  }
}

function pieces(
  content: CanaryContent,
): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  return typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
}

async function* batched(
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Buffer> {
  let batch: Buffer[] = [];
  let length = 0;
  for await (const part of parts) {
    const bytes = Buffer.from(part as string);
    batch.push(bytes);
    length += bytes.length;
    if (length < BATCH_BYTES) continue;
    yield Buffer.concat(batch);
    [batch, length] = [[], 0];
  }
  yield Buffer.concat(batch);
}
