import { MapProvider } from '../../test/support/map.provider.js';
import { operationOf } from '../service/cache-operations.js';
import { CacheService } from '../service/cache.service.js';
import { BaseCacheMiddleware } from './base-cache.middleware.js';
import type { CacheOperation, OperationResult } from './cache-middleware.js';
import { CacheMiddlewareChain } from './cache-middleware.chain.js';

const HIT: OperationResult = { outcome: 'hit', tier: 'l1' };
const operation = operationOf('get', { key: 'k' });

class Noting extends BaseCacheMiddleware {
  constructor(
    readonly name: string,
    private readonly notes: string[],
  ) {
    super();
  }

  protected override before({ kind }: CacheOperation): void {
    this.notes.push(`${this.name} before ${kind}`);
  }

  protected override after(_operation: CacheOperation, { outcome }: OperationResult): void {
    this.notes.push(`${this.name} after ${outcome}`);
  }

  protected override failed(_operation: CacheOperation, error: unknown): void {
    this.notes.push(`${this.name} failed ${(error as Error).message}`);
  }
}

describe('CacheMiddlewareChain', () => {
  it('runs the first outermost, and hands the result through', async () => {
    const notes: string[] = [];
    const chain = new CacheMiddlewareChain([new Noting('a', notes), new Noting('b', notes)]);
    const result = await chain.run(operation, () => {
      notes.push('work');
      return Promise.resolve(HIT);
    });
    expect(result).toBe(HIT);
    expect(notes).toEqual(['a before get', 'b before get', 'work', 'b after hit', 'a after hit']);
  });

  it('tells everybody of a failure, and hands the very error through', async () => {
    const notes: string[] = [];
    const chain = new CacheMiddlewareChain([new Noting('a', notes), new Noting('b', notes)]);
    const error = new Error('x');
    await expect(chain.run(operation, () => Promise.reject(error))).rejects.toBe(error);
    expect(notes.slice(2)).toEqual(['b failed x', 'a failed x']);
  });

  it('lets no onlooker break what went well', async () => {
    class Broken extends BaseCacheMiddleware {
      readonly name = 'broken';
      protected override after(): void {
        throw new Error('the sink is full');
      }
    }
    const chain = new CacheMiddlewareChain([new Broken()]);
    expect(await chain.run(operation, () => Promise.resolve(HIT))).toBe(HIT);
  });

  it('is nothing when it is empty', async () => {
    expect(await new CacheMiddlewareChain([]).run(operation, () => Promise.resolve(HIT))).toBe(HIT);
  });

  it("stands in a cache as validation, the application's in its order, then the plugins'", async () => {
    const notes: string[] = [];
    const [first, second, third, fourth] = ['app-1', 'app-2', 'plugin-1', 'plugin-2'].map(
      (name) => new Noting(name, notes),
    ) as [Noting, Noting, Noting, Noting];
    const cache = new CacheService(new MapProvider(), {
      plugins: [
        { name: 'one', middleware: [third] },
        { name: 'two', middleware: [fourth] },
      ],
      middleware: [first, second],
    });
    await cache.get('k');
    const names = ['app-1', 'app-2', 'plugin-1', 'plugin-2'];
    expect(notes).toEqual([
      ...names.map((name) => `${name} before get`),
      ...names.toReversed().map((name) => `${name} after miss`),
    ]);
    notes.length = 0;
    await expect(cache.get('')).rejects.toMatchObject({ code: 'KEY_INVALID' });
    expect(notes).toEqual([]); // validation is outermost: nobody sees what it refuses
    await cache.close();
  });
});
