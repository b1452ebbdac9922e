import type { Redis } from 'ioredis';

/**
 * Has the commands of one tick leave in one write: each write is a call of the system, which takes longer than making most
 * commands. To be called when the client is connected.
 */
export function oneWriteATick({ stream }: Redis): void {
  const write = stream.write.bind(stream);
  let isHeld = false;
  const release = (): void => {
    isHeld = false;
    stream.uncork();
  };
  stream.write = ((...args: Parameters<typeof write>) => {
    if (!isHeld) {
      isHeld = true;
      stream.cork();
      process.nextTick(release);
    }
    return write(...args);
  }) as typeof stream.write;
}
