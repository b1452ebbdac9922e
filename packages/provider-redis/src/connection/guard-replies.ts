import type { Redis } from 'ioredis';

/** What waits for a reply, as far as ioredis 5 and 6 look at it. */
interface Waiting {
  readonly command: {
    readonly name: string;
    readonly args: readonly unknown[];
    resolve(reply: unknown): void;
    reject(error: unknown): void;
  };
}

const ignore = (): void => undefined;
const NOBODY: Waiting = { command: { name: '', args: [], resolve: ignore, reject: ignore } };

/**
 * Ends the connection when a reply comes that no command waits for, as a broken link may send it. ioredis would throw over a
 * null, where nobody but the process could catch that. To be called when the client is connected: the queue is the
 * connection's own.
 */
export function guardReplies(client: Redis): void {
  const { stream } = client;
  const queue = (client as unknown as { commandQueue: { shift(): Waiting | undefined } })
    .commandQueue;
  const shift = queue.shift.bind(queue);
  queue.shift = () => {
    const waiting = shift();
    // It is emptied when the connection has ended; then, and once it was ended here, it may be empty.
    if (waiting || stream.destroyed) return waiting;
    stream.destroy(new Error('The server sent a reply that nothing had asked for.'));
    return NOBODY;
  };
}
