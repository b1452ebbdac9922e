import type { Socket } from 'node:net';

/** What a lane does to the bytes, from now on. */
export interface LaneFaults {
  readonly delayMs: number;
  readonly bytesPerSecond: number;
  readonly change: (bytes: Buffer) => Buffer;
}

interface Piece {
  /** `null`: the sender has sent its last byte. */
  readonly bytes: Buffer | null;
  dueAt: number;
}

/** More than this is not taken from the sender before it is passed on: it feels the slowness, as on a slow network. */
const MAX_QUEUED_BYTES = 65_536;
/** A throttled lane passes so many pieces a second. */
const PIECES = 50;

/** One direction of a connection: passes bytes on in order, late, slowly, changed, or not at all. */
export class ProxyLane {
  readonly #queue: Piece[] = [];
  #queuedBytes = 0;
  #freeAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #isStalled = false;
  #isBlocked = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly faults: () => LaneFaults,
    private readonly onPass: (bytes: number) => void,
  ) {
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.on('end', () => this.#take(null));
    from.on('close', () => this.#stopIfGone());
    to.on('close', () => this.#stopIfGone());
    to.on('drain', () => {
      this.#isBlocked = false;
      this.#pass();
    });
  }

  get isStalled(): boolean {
    return this.#isStalled;
  }

  stall(): void {
    this.#isStalled = true;
    this.#regulate();
  }

  /** Passes what was held back at once, whether stalled, late or slow. */
  release(): void {
    this.#isStalled = false;
    this.#freeAt = 0;
    this.#queue.forEach((piece) => (piece.dueAt = 0));
    this.#clearTimer();
    this.#pass();
  }

  #take(bytes: Buffer | null): void {
    this.#queuedBytes += bytes?.length ?? 0;
    this.#queue.push({ bytes, dueAt: performance.now() + this.faults().delayMs });
    this.#pass();
  }

  #pass(): void {
    for (;;) {
      this.#regulate();
      const [next] = this.#queue;
      if (!next || this.#timer || this.#isStalled || this.#isBlocked) return;
      const waitMs = Math.max(next.dueAt, this.#freeAt) - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = null;
          this.#pass();
        }, waitMs);
        return;
      }
      this.#passOne(next);
    }
  }

  #passOne({ bytes, dueAt }: Piece): void {
    this.#queue.shift();
    if (!bytes) return void this.to.end();
    const { bytesPerSecond, change } = this.faults();
    const size = Math.min(bytes.length, Math.max(1, Math.floor(bytesPerSecond / PIECES)));
    if (size < bytes.length) this.#queue.unshift({ bytes: bytes.subarray(size), dueAt });
    this.#queuedBytes -= size;
    this.#freeAt = performance.now() + (size * 1_000) / bytesPerSecond;
    this.#isBlocked = !this.to.write(change(bytes.subarray(0, size)));
    this.onPass(size);
  }

  /** A paused socket notices nothing of what its sender does, also not that it is gone: nothing passes. */
  #regulate(): void {
    if (this.#isStalled || this.#queuedBytes > MAX_QUEUED_BYTES) this.from.pause();
    else this.from.resume();
  }

  #stopIfGone(): void {
    // What a sender sent before it left is still to be delivered, if there is somebody to take it.
    if (!this.to.destroyed) return;
    this.#clearTimer();
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
