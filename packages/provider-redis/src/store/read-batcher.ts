import type { ConnectionPool } from '../connection/connection-pool.js';
import type { Command, RedisConnection } from '../connection/redis-connection.js';
import { toCacheError } from '../connection/redis.errors.js';
import { runPipeline } from './pipeline.js';

/** Keys of one batch at most: the server serves nobody else while it runs an MGET. */
const MAX_KEYS = 256;
/** Bytes that the answer to one batch should not exceed, judged by the values seen lately. */
const MAX_BYTES = 2 ** 20;
/** What a value is taken to be before one was seen. */
const FIRST_GUESS_BYTES = 2_048;
/** How much of a large value's size is still expected after the next batch. */
const FORGETTING = 0.95;

interface Batch {
  readonly connection: RedisConnection;
  readonly keys: string[];
  readonly waiting: {
    readonly resolve: (value: Buffer | null) => void;
    readonly reject: (error: unknown) => void;
  }[];
}

export interface ReadBatcherOptions {
  readonly pool: ConnectionPool;
  /** False: each read is a command of its own. */
  readonly isBatching: () => boolean;
  /** A cluster refuses an MGET across slots: its batches are pipelines. */
  readonly isClustered: boolean;
  /** Bound on an answer, milliseconds, if the client's own is too long. */
  readonly limitMs?: number | undefined;
}

/** Reads single keys of one server: those of one tick share a command. */
export class ReadBatcher {
  readonly #options: ReadBatcherOptions;
  #open: Batch | null = null;
  /** The size of a large value, as expected. */
  #bytes = FIRST_GUESS_BYTES;

  constructor(options: ReadBatcherOptions) {
    this.#options = options;
  }

  /**
   * Reads several keys that were asked for together; each has its value or why it could not be had.
   * @throws CacheError if a whole command failed
   */
  async getMany(keys: readonly string[]): Promise<Answers> {
    const { pool, isClustered } = this.#options;
    const connection = pool.pick();
    const room = isClustered ? keys.length : this.#room;
    if (keys.length > 0 && keys.length <= room) return this.#ask(connection, keys);
    const asked: Promise<Answers>[] = [];
    for (let from = 0; from < keys.length; from += room) {
      asked.push(this.#ask(connection, keys.slice(from, from + room)));
    }
    return (await Promise.all(asked)).flat();
  }

  /** Keys that a command may ask for at once. */
  get #room(): number {
    return Math.max(1, Math.min(MAX_KEYS, Math.floor(MAX_BYTES / this.#bytes)));
  }

  /** @throws CacheError */
  get(key: string): Promise<Buffer | null> {
    const { pool, isBatching, limitMs } = this.#options;
    if (!isBatching()) return pool.pick().run((client) => client.getBuffer(key), limitMs);
    return new Promise((resolve, reject) => {
      const batch = this.#open ?? this.#begin();
      batch.keys.push(key);
      batch.waiting.push({ resolve, reject });
      if (batch.keys.length >= this.#room) void this.#send(batch);
    });
  }

  #begin(): Batch {
    const batch: Batch = { connection: this.#options.pool.pick(), keys: [], waiting: [] };
    this.#open = batch;
    // After everything that this turn of the event loop has received is read, and asks for keys of its own.
    setImmediate(() => void (this.#open === batch && this.#send(batch)));
    return batch;
  }

  async #send(batch: Batch): Promise<void> {
    if (this.#open === batch) this.#open = null;
    const { connection, keys, waiting } = batch;
    try {
      const answers = await this.#ask(connection, keys);
      waiting.forEach(({ resolve, reject }, i) => {
        const answer = answers[i] ?? null;
        if (answer instanceof Error) reject(toCacheError(answer));
        else resolve(answer);
      });
    } catch (error) {
      waiting.forEach(({ reject }) => reject(error));
    }
  }

  async #ask(connection: RedisConnection, keys: readonly string[]): Promise<Answers> {
    const { isClustered, limitMs } = this.#options;
    const [key] = keys;
    const isAlone = keys.length === 1 && key !== undefined;
    const command = isAlone ? single(key) : isClustered ? pipeline(keys) : mget(keys);
    try {
      const answers = await connection.run(command, limitMs);
      this.#learn(answers);
      return answers;
    } catch (error) {
      // One key may be the reason, such as one that the ACL user may not read: the others are asked for alone.
      if (isAlone || toCacheError(error).code !== 'STORE_REFUSED') throw error;
      return Promise.all(keys.map((one) => this.#askApart(connection, one)));
    }
  }

  #askApart(connection: RedisConnection, key: string): Promise<Buffer | Error | null> {
    const { limitMs } = this.#options;
    return connection.run((client) => client.getBuffer(key), limitMs).catch(toCacheError);
  }

  #learn(answers: Answers): void {
    for (const answer of answers) {
      if (answer instanceof Buffer && answer.length > this.#bytes) this.#bytes = answer.length;
    }
    this.#bytes = Math.max(FIRST_GUESS_BYTES, this.#bytes * FORGETTING);
  }
}

type Answers = readonly (Buffer | Error | null)[];

const single =
  (key: string): Command<Answers> =>
  async (client) => [await client.getBuffer(key)];

const mget =
  (keys: readonly string[]): Command<Answers> =>
  (client) =>
    client.mgetBuffer(keys as string[]);

/** Each key's value, or why it could not be had. */
function pipeline(keys: readonly string[]): Command<Answers> {
  return async (client) => {
    const outcomes = await runPipeline(client, (commands) => {
      for (const key of keys) commands.getBuffer(key);
    });
    return outcomes.map(([error, value]) => error ?? (value as Buffer | null));
  };
}
