import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a process says next. Rejects when it ends before. */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const abort = new AbortController();
  const { signal } = abort;
  const exited = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process ended (${String(code)}); what it said stands above`);
  });
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as T),
      exited,
    ]);
  } finally {
    exited.catch(() => undefined); // that it was not needed any more
    abort.abort();
  }
}
