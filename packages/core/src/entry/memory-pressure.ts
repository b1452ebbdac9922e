import { getHeapStatistics } from 'node:v8';

export interface MemoryPressureOptions {
  /** What L1 may hold when memory is plenty. */
  readonly maxBytes: number;
  /** Bytes in use on the heap, of whatever kind. Default: as V8 says, without asking the system for more. */
  readonly heapUsed?: () => number;
  /** Bytes at which the process dies. Default: V8's limit. */
  readonly heapLimit?: number;
}

/** Above this share of the heap's limit L1 gives memory back. */
const HIGH_WATER = 0.85;
/** Below this share it may grow again; between the two it stays, or it would swing. */
const LOW_WATER = 0.75;
/** Share of the maximum by which it may grow each time. */
const RECOVERY = 1 / 16;

/** Says how much L1 may hold, now and then asked: half of what it holds when the heap is nearly full, more again later. */
export class MemoryPressure {
  readonly #maxBytes: number;
  readonly #heapUsed: () => number;
  readonly #heapLimit: number;
  #allowedBytes: number;

  constructor({
    maxBytes,
    heapUsed = () => getHeapStatistics().used_heap_size,
    heapLimit = getHeapStatistics().heap_size_limit,
  }: MemoryPressureOptions) {
    this.#maxBytes = maxBytes;
    this.#heapUsed = heapUsed;
    this.#heapLimit = heapLimit;
    this.#allowedBytes = maxBytes;
  }

  /**
   * The bytes to which L1 has to shrink, or up to which it may grow.
   * @param heldBytes what it holds now.
   */
  allowedBytes(heldBytes: number): number {
    const share = this.#heapUsed() / this.#heapLimit;
    if (share > HIGH_WATER) {
      this.#allowedBytes = Math.floor(Math.min(heldBytes, this.#allowedBytes) / 2);
    } else if (share < LOW_WATER) {
      const grown = this.#allowedBytes + Math.ceil(this.#maxBytes * RECOVERY);
      this.#allowedBytes = Math.min(this.#maxBytes, grown);
    }
    return this.#allowedBytes;
  }
}
