import { Cache, CacheInvalidate, CachePut } from '../src/index.js';

interface Row<T> {
  readonly value: T;
}

class Rows {
  @Cache({ keyTemplate: 'rows:{value}' })
  async one<T>(value: T): Promise<Row<T>> {
    return { value };
  }

  @CachePut({ keyTemplate: 'rows:{value}' })
  async put<T>(value: T): Promise<Row<T>> {
    return { value };
  }

  @CacheInvalidate({ keys: ['rows:{value}'] })
  async change<T>(value: T): Promise<Row<T>> {
    return { value };
  }
}

/** Compiled by `typecheck`: a line that is expected to be wrong, and is not, fails it. */
describe('the types of decorated methods', () => {
  it.each(['one', 'put', 'change'] as const)('are those of the method: %s', async (name) => {
    const rows = new Rows();
    const text: Row<string> = await rows[name]('a');
    // @ts-expect-error a row of text is none of numbers
    const number: Row<number> = await rows[name]('a');
    expect([text.value, number.value]).toEqual(['a', 'a']);
  });
});
