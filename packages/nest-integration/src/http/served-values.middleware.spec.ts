import type { CacheOperation, ReadOutcome, ReadResult } from '@vitalcache/core';

import { recordOf, RequestScopes } from './request-scopes.js';
import { ServedValuesMiddleware } from './served-values.middleware.js';

const read = { kind: 'read' } as CacheOperation;
const result = (outcome: ReadOutcome): ReadResult<null> => ({
  value: null,
  outcome,
  tier: null,
  ageMs: 0,
  freshForMs: null,
  expiresInMs: null,
});

describe('ServedValuesMiddleware', () => {
  const scopes = new RequestScopes();
  const middleware = new ServedValuesMiddleware(scopes);

  /** The outcomes in the record of a request that does `work`. */
  async function recorded(work: () => Promise<unknown>): Promise<readonly ReadOutcome[]> {
    const record = recordOf({ headers: {} });
    await scopes.enter(record, work);
    return record.served.map(({ outcome }) => outcome);
  }

  const nested = (outer: ReadOutcome) =>
    middleware.handle(read, async () => {
      await middleware.handle(read, async () => result('stale'));
      return result(outer);
    });

  it('notes what a load used before what it was loaded for', async () => {
    expect(await recorded(() => nested('miss'))).toEqual(['stale', 'miss']);
  });

  it('leaves out what a hit did not use', async () => {
    expect(await recorded(() => nested('hit'))).toEqual(['hit']);
  });

  it('notes nothing of invalidations, nor outside of requests', async () => {
    const clear = { kind: 'clear' } as CacheOperation;
    expect(await recorded(() => middleware.handle(clear, async () => result('miss')))).toEqual([]);
    expect(await nested('hit')).toEqual(result('hit'));
  });
});
