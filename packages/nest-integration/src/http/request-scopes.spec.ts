import { AsyncResource } from 'node:async_hooks';

import { FakeClock } from '@vitalcache/testing';

import { RequestScopes } from './request-scopes.js';

describe('RequestScopes', () => {
  const request = () => ({ headers: {} });

  it('finds what it noted on a request, and nothing on anything else', () => {
    const [scopes, others] = [new RequestScopes(), new RequestScopes()];
    const one = request();
    const record = scopes.begin(one);
    expect(scopes.of(one)).toBe(record);
    expect([scopes.of(request()), scopes.of('7'), scopes.of(null), others.of(one)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('runs the work of a handler for its request, once', async () => {
    const scopes = new RequestScopes();
    const record = scopes.begin(request());
    const seen = await scopes.during(record, async () => {
      await Promise.resolve();
      return scopes.during(record, () => scopes.current);
    });
    expect([seen, scopes.current]).toEqual([record, undefined]);
  });

  it('runs what is done at once without any async context', () => {
    const scopes = new RequestScopes();
    const record = scopes.begin(request());
    expect(scopes.at(record, () => scopes.current)).toBe(record);
    expect(() =>
      scopes.at(record, () => {
        throw new Error('failed');
      }),
    ).toThrow('failed');
    expect(scopes.current).toBeUndefined();
  });

  it('takes the request of another for none of its own', async () => {
    const scopes = new RequestScopes();
    const [outer, inner] = [scopes.begin(request()), scopes.begin(request())];
    const seen = await scopes.during(outer, () => scopes.during(inner, () => scopes.current));
    expect(seen).toBe(inner);
  });

  const itWhereItCosts = Number(process.versions.node.split('.')[0]) < 24 ? it : it.skip;
  itWhereItCosts(
    'costs nothing when no request has run in it for a while (skipped: free from Node 24 on)',
    async () => {
      const clock = new FakeClock();
      const scopes = new RequestScopes(clock);
      const [first, second] = [scopes.begin(request()), scopes.begin(request())];
      let look: () => void = () => undefined;
      const looks: unknown[] = [];
      scopes.enter(first, () => {
        look = AsyncResource.bind(() => void looks.push(scopes.current));
      });
      scopes.leave();
      scopes.enter(second, () => undefined);
      clock.advance(1_000); // the second still runs
      await new Promise(setImmediate);
      look();
      scopes.leave();
      look();
      clock.advance(1_000);
      await new Promise(setImmediate);
      look();
      expect(looks).toEqual([first, first, undefined]);
    },
  );

  itWhereItCosts(
    'costs a request that needs no context nothing, once none runs (skipped: free from Node 24 on)',
    async () => {
      const scopes = new RequestScopes(new FakeClock());
      let look: () => void = () => undefined;
      const looks: unknown[] = [];
      const record = scopes.begin(request());
      scopes.enter(record, () => {
        look = AsyncResource.bind(() => void looks.push(scopes.current));
      });
      scopes.pass();
      look();
      scopes.leave();
      look();
      scopes.pass();
      look();
      expect(looks).toEqual([record, record, undefined]);
      const next = await scopes.during(record, () => Promise.resolve().then(() => scopes.current));
      expect(next).toBe(record);
    },
  );

  it('knows nobody any more when it is closed', () => {
    const scopes = new RequestScopes();
    const seen = scopes.enter(scopes.begin(request()), () => {
      scopes.close();
      return scopes.current;
    });
    expect(seen).toBeUndefined();
  });
});
