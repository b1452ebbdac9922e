import { fork } from 'node:child_process';

import type { ChildMessage } from './child-message.js';

export interface ChildOptions {
  /** The entry of the process. */
  readonly file: URL;
  readonly task: unknown;
  readonly boundMs: number;
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * Runs an entry in a process of its own and resolves with its result.
 * @throws Error if it failed, ended without a result, or took longer than `boundMs`: then it is killed
 */
export function runChild<T>({ file, task, boundMs, onProgress }: ChildOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(file, [JSON.stringify(task)], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    const end = (finish: () => void): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      finish();
    };
    const timer = setTimeout(() => {
      end(() => reject(new Error(`it did not end within ${Math.round(boundMs / 1_000)} s`)));
    }, boundMs);
    child.on('error', (error) => end(() => reject(error)));
    child.on('message', (message: ChildMessage<T>) => {
      if (message.kind === 'progress') onProgress?.(message.done, message.all);
      else if (message.kind === 'result') end(() => resolve(message.result));
      else end(() => reject(new Error(message.message)));
    });
    child.on('exit', (code, signal) => {
      const line = said.split('\n').find((text) => text.includes('Error')) ?? '';
      end(() => reject(new Error(`its process ended (${signal ?? code}) ${line}`.trim())));
    });
  });
}
