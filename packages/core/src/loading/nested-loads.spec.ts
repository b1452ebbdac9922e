import type { Moment } from '../journal/journal.js';
import { Flight } from './flight.js';
import { NestedLoads } from './nested-loads.js';

const flightOf = (key: string): Flight => new Flight(key, 0, {} as Moment);

describe('NestedLoads', () => {
  const nested = new NestedLoads();
  afterEach(() => nested.close());

  it('knows within a load, and in no other context, that it runs', async () => {
    const inside = await nested.run([flightOf('a')], async () => {
      await Promise.resolve();
      return nested.isLoading('a');
    });
    expect([inside, nested.isLoading('a')]).toEqual([true, false]);
  });

  const itWhereItCosts = Number(process.versions.node.split('.')[0]) < 24 ? it : it.skip;
  itWhereItCosts(
    'forgets it with the end of the last load (skipped: free from Node 24 on)',
    async () => {
      let go: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (go = resolve));
      let left: Promise<boolean> | undefined;
      await nested.run([flightOf('a')], () => {
        left = held.then(() => nested.isLoading('a'));
      });
      go();
      expect(await left).toBe(false);
    },
  );

  it('goes on with the loads that have not ended when another has', async () => {
    let end: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    const long = nested.run([flightOf('a')], async () => {
      await held;
      return nested.isLoading('a');
    });
    await nested.run([flightOf('b')], () => 'b');
    end();
    expect(await long).toBe(true);
  });

  it('ends with the load and the update, in contexts that outlive them', async () => {
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const flight = flightOf('a');
    let left: Promise<unknown> | undefined;
    await nested.runUpdate('b', () =>
      nested.run([flight], () => {
        left = held.then(() => [
          nested.isLoading('a'),
          nested.isUpdating('b'),
          nested.runUpdate('b', () => 'updated'),
        ]);
      }),
    );
    flight.isOver = true;
    const other = nested.run([flightOf('c')], () => held.then(() => left)); // keeps what is known alive
    go();
    await other;
    const [isLoading, isUpdating, again] = (await left) as [boolean, boolean, Promise<string>];
    expect([isLoading, isUpdating, await again]).toEqual([false, false, 'updated']);
  });
});
