import type { DurationListener } from '../recording/operation.recorder.js';
import type { SignalReading } from '../signals/signal-reading.js';

/** What an exporter takes signals from. */
export interface ExportedCache {
  /** Of the cache; a label of all its signals. */
  readonly namespace: string;
  /** All signals as they are now; a call while another one runs gets what that gets. Never rejects. */
  read(): Promise<SignalReading>;
  /** Called once a duration is measured, from now on; what it throws goes no further. */
  onDuration(listener: DurationListener): void;
}

/** Gets signals to where they are looked at. One exporter serves one cache. */
export interface IMetricsExporter {
  /** A word for messages. */
  readonly name: string;
  /**
   * Called once, when the cache has been made; `cache.start()` waits for it.
   * @throws CacheError `CONFIG_INVALID`, or `FEATURE_MISSING` when a package that it needs is not installed
   */
  open(cache: ExportedCache): void | Promise<void>;
  /** Called once, after `open`, when the cache ends: nothing is read from it any more. */
  close(): void | Promise<void>;
}
