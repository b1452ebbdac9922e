import { setImmediate as nextTick } from 'node:timers/promises';

import type { ConnectionPool } from '../connection/connection-pool.js';
import { ReadBatcher } from './read-batcher.js';

const KIB = 1_024;

/** A server that holds what it is given, and notes which commands it got. */
class FakeServer {
  readonly commands: string[] = [];
  readonly values = new Map<string, Buffer>();
  /** Keys that the user may not read. */
  readonly forbidden = new Set<string>();
  readonly limits: (number | undefined)[] = [];
  picks = 0;
  failure: Error | null = null;

  readonly pool = {
    pick: () => {
      this.picks++;
      return {
        run: async (command: (client: unknown) => unknown, limitMs?: number) => {
          this.limits.push(limitMs);
          if (this.failure) throw this.failure;
          return command(this.#client);
        },
      };
    },
  } as unknown as ConnectionPool;

  readonly #client = {
    getBuffer: async (key: string) => {
      this.commands.push(`GET ${key}`);
      return this.#read(key);
    },
    mgetBuffer: async (keys: string[]) => {
      this.commands.push(`MGET ${keys.length}`);
      return keys.map((key) => this.#read(key));
    },
    pipeline: () => {
      const keys: string[] = [];
      return {
        getBuffer: (key: string) => keys.push(key),
        exec: async () => {
          this.commands.push(`PIPELINE ${keys.length}`);
          return keys.map((key) => {
            try {
              return [null, this.#read(key)];
            } catch (error) {
              return [error, null];
            }
          });
        },
      };
    },
  };

  #read(key: string): Buffer | null {
    if (this.forbidden.has(key)) throw replyError(`NOPERM no access to ${key}`);
    return this.values.get(key) ?? null;
  }
}

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

function makeBatcher(
  options: { isBatching?: boolean; isClustered?: boolean; limitMs?: number } = {},
) {
  const server = new FakeServer();
  const { isBatching = true, isClustered = false, limitMs } = options;
  const batching = { isOn: isBatching };
  const reads = new ReadBatcher({
    pool: server.pool,
    isBatching: () => batching.isOn,
    isClustered,
    limitMs,
  });
  const hold = (count: number, bytes = 1): string[] => {
    const keys = Array.from({ length: count }, (_, i) => `k${i}`);
    keys.forEach((key, i) => server.values.set(key, Buffer.alloc(bytes, i % 256)));
    return keys;
  };
  return { server, reads, hold, batching };
}

const outcomes = (reads: readonly Promise<Buffer | null>[]): Promise<string[]> =>
  Promise.all(
    reads.map((read) =>
      read.then(String, (error: Error) => /NOPERM|ECONNRESET/.exec(error.message)?.[0] ?? ''),
    ),
  );

describe('ReadBatcher', () => {
  describe('get', () => {
    it('asks for one key by GET', async () => {
      const { server, reads, hold } = makeBatcher();
      hold(1);
      expect(await reads.get('k0')).toEqual(Buffer.from([0]));
      expect(await reads.get('none')).toBeNull();
      expect(server.commands).toEqual(['GET k0', 'GET none']);
    });

    it('asks for all keys of one tick by one MGET, each getting its own value', async () => {
      const { server, reads, hold } = makeBatcher();
      const keys = [...hold(20), 'none'];
      const values = await Promise.all(keys.map((key) => reads.get(key)));
      expect(values).toEqual(keys.map((key) => server.values.get(key) ?? null));
      expect(server.commands).toEqual(['MGET 21']);
      expect(server.picks).toBe(1);
    });

    it('waits for what promises and input of the same turn of the loop ask for', async () => {
      const { server, reads } = makeBatcher();
      const first = reads.get('a');
      const second = Promise.resolve().then(() => reads.get('b'));
      await Promise.all([first, second]);
      expect(server.commands).toEqual(['MGET 2']);
      const early = reads.get('c');
      await nextTick();
      await Promise.all([early, reads.get('d')]);
      expect(server.commands.slice(1)).toEqual(['GET c', 'GET d']);
    });

    it('asks for each key alone where batching is off, and from then on where it is turned off', async () => {
      const { server, reads, batching } = makeBatcher();
      batching.isOn = false;
      await Promise.all(['a', 'b'].map((key) => reads.get(key)));
      expect(server.commands).toEqual(['GET a', 'GET b']);
      batching.isOn = true;
      await Promise.all(['a', 'b'].map((key) => reads.get(key)));
      expect(server.commands.slice(2)).toEqual(['MGET 2']);
    });

    it('never asks for more than 256 keys at once', async () => {
      const { server, reads, hold } = makeBatcher();
      const keys = hold(600);
      await Promise.all(keys.map((key) => reads.get(key)));
      expect(server.commands).toEqual(['MGET 256', 'MGET 256', 'MGET 88']);
    });

    it('asks for fewer keys at once when values are large, down to one, and for more again later', async () => {
      const { server, reads, hold } = makeBatcher();
      const keys = hold(64, 128 * KIB);
      await reads.get('k0');
      server.commands.length = 0;
      await Promise.all(keys.map((key) => reads.get(key)));
      expect(new Set(server.commands)).toEqual(new Set(['MGET 8']));
      server.values.set('huge', Buffer.alloc(4 * KIB * KIB));
      await reads.get('huge');
      server.commands.length = 0;
      await Promise.all(['k0', 'k1'].map((key) => reads.get(key)));
      expect(server.commands).toEqual(['GET k0', 'GET k1']);
      server.values.clear();
      for (let i = 0; i < 200; i++) await reads.get('small');
      server.commands.length = 0;
      await Promise.all(keys.map((key) => reads.get(key)));
      expect(server.commands).toEqual(['MGET 64']);
    });

    it('asks for each key alone when an MGET is refused: only what may not be read fails', async () => {
      const { server, reads, hold } = makeBatcher();
      hold(3);
      server.forbidden.add('k1');
      const found = await outcomes(['k0', 'k1', 'k2'].map((key) => reads.get(key)));
      expect(found).toEqual(['\u0000', 'NOPERM', '\u0002']);
      expect(server.commands).toEqual(['MGET 3', 'GET k0', 'GET k1', 'GET k2']);
    });

    it('fails for all keys when there is no answer, without asking for each', async () => {
      const { server, reads } = makeBatcher();
      server.failure = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      const found = await outcomes(['a', 'b'].map((key) => reads.get(key)));
      expect(found).toEqual(['ECONNRESET', 'ECONNRESET']);
      expect(server.limits).toHaveLength(1);
      server.failure = null;
      expect(await reads.get('a')).toBeNull();
    });

    it('in a cluster asks by a pipeline, where each key has an error of its own', async () => {
      const { server, reads, hold } = makeBatcher({ isClustered: true });
      hold(3);
      server.forbidden.add('k1');
      const found = await outcomes(['k0', 'k1', 'k2'].map((key) => reads.get(key)));
      expect(found).toEqual(['\u0000', 'NOPERM', '\u0002']);
      await reads.get('k0');
      expect(server.commands).toEqual(['PIPELINE 3', 'GET k0']);
    });

    it('bounds the wait for an answer as it is told', async () => {
      const { server, reads } = makeBatcher({ limitMs: 100 });
      await Promise.all(['a', 'b'].map((key) => reads.get(key)));
      await reads.getMany(['a']);
      expect(server.limits).toEqual([100, 100]);
    });
  });

  describe('getMany', () => {
    it('asks at once by as few MGETs as the bound allows, in the order of the keys', async () => {
      const { server, reads, hold } = makeBatcher();
      const keys = hold(600);
      expect(await reads.getMany(keys)).toEqual(keys.map((key) => server.values.get(key)));
      expect(server.commands).toEqual(['MGET 256', 'MGET 256', 'MGET 88']);
    });

    it('works where batching of single reads is off', async () => {
      const { server, reads, hold } = makeBatcher({ isBatching: false });
      await reads.getMany(hold(3));
      expect(server.commands).toEqual(['MGET 3']);
    });

    it('in a cluster has for each key its value or its error', async () => {
      const { server, reads, hold } = makeBatcher({ isClustered: true });
      hold(2);
      server.forbidden.add('k1');
      const found = await reads.getMany(['k0', 'k1', 'none']);
      expect(found).toEqual([Buffer.from([0]), expect.any(Error), null]);
      expect(server.commands).toEqual(['PIPELINE 3']);
    });

    it('has no answer where nothing is asked for', async () => {
      const { server, reads } = makeBatcher();
      expect(await reads.getMany([])).toEqual([]);
      expect(server.commands).toEqual([]);
    });
  });
});
