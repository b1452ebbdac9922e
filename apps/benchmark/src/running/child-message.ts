/** What a child process tells the one that started it. */
export type ChildMessage<T> =
  | { readonly kind: 'progress'; readonly done: number; readonly all: number }
  | { readonly kind: 'result'; readonly result: T }
  | { readonly kind: 'error'; readonly message: string };

/** Does what this process was started for, tells what came of it, and ends. For the entry of a child process. */
export async function answerParent<T>(
  work: (task: string, tell: (done: number, all: number) => void) => Promise<T>,
): Promise<void> {
  const send = (message: ChildMessage<T>): Promise<void> =>
    new Promise((resolve) => process.send?.(message, () => resolve()));
  process.on('disconnect', () => process.exit(1)); // nobody waits for it any more
  try {
    const tell = (done: number, all: number): void => void send({ kind: 'progress', done, all });
    await send({ kind: 'result', result: await work(process.argv[2] ?? '', tell) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await send({ kind: 'error', message });
  }
  // What caches left open, such as timers, must not keep the parent waiting.
  process.exit(0);
}
