/** What is used of a client of a Redis; ioredis is one. */
export interface RedisKeyClient {
  call(command: string, ...args: (string | number)[]): Promise<unknown>;
  multi(commands: unknown[][]): {
    exec(): Promise<[error: Error | null, result: unknown][] | null>;
  };
  disconnect?(): void;
}
