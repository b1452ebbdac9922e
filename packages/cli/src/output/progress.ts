import type { CliStream } from './cli-io.js';

const WIDTH = 24;
/** Milliseconds between two changes of the line. */
const EVERY_MS = 100;

/** A bar on a terminal's stderr while something takes long; nothing anywhere else. */
export class Progress {
  readonly #stream: CliStream;
  readonly #what: string;
  #shownAt = 0;
  #isShown = false;

  constructor(stream: CliStream, what: string) {
    this.#stream = stream;
    this.#what = what;
  }

  update(done: number, total: number): void {
    const now = performance.now();
    if (this.#stream.isTTY !== true || now - this.#shownAt < EVERY_MS) return;
    this.#shownAt = now;
    this.#isShown = true;
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const filled = Math.round(share * WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
    this.#stream.write(`\r${this.#what} ${bar} ${Math.floor(share * 100)} %`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K');
  }
}
