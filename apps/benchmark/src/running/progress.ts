import { SingleBar } from 'cli-progress';

/** The bar that tells how far a run is; in a log, a line now and then. */
export class Progress {
  readonly #bar: SingleBar;
  #done = 0;

  constructor(steps: number) {
    this.#bar = new SingleBar({
      format: '{bar} {percentage} % · {step}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 30,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 10_000,
      clearOnComplete: true,
      stream: process.stderr,
    });
    this.#bar.start(steps, 0, { step: 'starting' });
  }

  /** Tells that a share, from 0 to 1, of the step is done. */
  within(step: string, share: number): void {
    this.#bar.update(this.#done + Math.min(1, share), { step });
  }

  completed(step: string): void {
    this.#done++;
    this.#bar.update(this.#done, { step });
  }

  end(): void {
    this.#bar.stop();
  }
}
