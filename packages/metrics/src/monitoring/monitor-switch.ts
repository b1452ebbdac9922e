import type { IPerformanceMonitor } from './performance-monitor.js';

/** Starts and stops monitors together, each as often as it is really switched. */
export class MonitorSwitch {
  readonly #monitors: readonly IPerformanceMonitor[];
  #isOn = false;
  #stopping: Promise<unknown> = Promise.resolve();

  constructor(monitors: readonly IPerformanceMonitor[]) {
    this.#monitors = monitors;
  }

  set(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    if (isOn) for (const monitor of this.#monitors) monitor.start();
    else this.#stop();
  }

  /** Resolves when nothing runs any more. Never rejects. */
  async close(): Promise<void> {
    this.set(false);
    await this.#stopping;
  }

  #stop(): void {
    const ends = this.#monitors.map(async (monitor) => monitor.stop());
    this.#stopping = Promise.allSettled([this.#stopping, ...ends]);
  }
}
