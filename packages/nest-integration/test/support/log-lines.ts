import type { CacheLogger } from '@vitalcache/core';

/** Keeps what was logged. */
export class LogLines implements CacheLogger {
  readonly warnings: string[] = [];
  readonly logs: string[] = [];
  readonly errors: string[] = [];
  readonly debugs: string[] = [];

  debug(message: string): void {
    this.debugs.push(message);
  }

  log(message: string): void {
    this.logs.push(message);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  error(message: string): void {
    this.errors.push(message);
  }

  get all(): readonly string[] {
    return [...this.debugs, ...this.logs, ...this.warnings, ...this.errors];
  }
}
