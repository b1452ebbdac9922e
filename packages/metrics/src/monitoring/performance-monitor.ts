/** Something that costs a little while it watches, and so runs only while performance monitoring is on. */
export interface IPerformanceMonitor {
  /** Called when monitoring is switched on, also at the start; never twice in a row. Must not throw. */
  start(): void;
  /** Called when it is switched off and when the cache ends; resolves, within bounds, when nothing runs any more. */
  stop(): void | Promise<void>;
}
