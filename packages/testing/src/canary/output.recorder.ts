import { format } from 'node:util';

import { contentPlace, type CanaryPlace } from './canary-place.js';

/** A recording that goes on until it is stopped. */
export interface OutputRecording {
  readonly place: CanaryPlace;
  /** Ends it; what was recorded stays. */
  stop(): void;
}

const LEVELS = ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir', 'table'] as const;

/**
 * Records what this process writes to stdout, stderr and the console, which still goes where it went. What is written
 * past them, as some loggers do to the file descriptor, is not heard: run such a program as a process of its own and give
 * its pipes to `recordStream`.
 */
export function recordOutput(name = 'output'): OutputRecording {
  const recorded: (string | Uint8Array)[] = [];
  const undo: (() => void)[] = [];
  let isStopped = false;
  const replace = <T extends object, K extends keyof T>(
    owner: T,
    method: K,
    hear: (args: readonly unknown[]) => string | Uint8Array,
  ): void => {
    const original = owner[method];
    const replacement = function (this: unknown, ...args: unknown[]): unknown {
      if (!isStopped) recorded.push(hear(args), '\n');
      return (original as (...args: unknown[]) => unknown).apply(this, args);
    };
    owner[method] = replacement as T[K];
    undo.push(() => {
      // What somebody put over it since goes on calling it.
      if (owner[method] === replacement) owner[method] = original;
    });
  };
  for (const stream of [process.stdout, process.stderr]) {
    replace(stream, 'write', ([chunk]) => chunk as string | Uint8Array);
  }
  for (const level of LEVELS) replace(console, level, (args) => format(...args));
  return {
    place: contentPlace(name, () => recorded),
    stop: () => {
      isStopped = true;
      for (const step of undo.splice(0)) step();
    },
  };
}

/** Records what comes out of a stream from now on, such as the output of a child process. */
export function recordStream(name: string, stream: NodeJS.ReadableStream): OutputRecording {
  const recorded: (string | Uint8Array)[] = [];
  const hear = (chunk: string | Uint8Array): void => void recorded.push(chunk);
  stream.on('data', hear);
  return {
    place: contentPlace(name, () => recorded),
    stop: () => void stream.off('data', hear),
  };
}
