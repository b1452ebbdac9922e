import { performance, type EventLoopUtilization } from 'node:perf_hooks';

/** How busy the event loop of this thread is, from one reading to the next. */
export class EventLoopMeter {
  #last: EventLoopUtilization = performance.eventLoopUtilization();

  /** Share of the time since the previous call, or since it was made, that the loop was busy: 0 to 1. */
  read(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    return utilization;
  }
}
