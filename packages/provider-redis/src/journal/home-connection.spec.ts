import { isCacheError } from '@vitalcache/core';

import type { RedisService } from '../redis.service.js';
import type { RedisStore } from '../store/redis-store.js';
import { HomeConnection } from './home-connection.js';

/** A service whose journal is on a store that can be changed, and may have to be looked for. */
function makeService() {
  const state = {
    home: { name: 'one' } as RedisStore,
    isKnown: true,
    found: (): void => undefined,
    open: [] as string[],
    opened: 0,
    failures: [] as unknown[],
  };
  const topology = {
    isKnown: () => state.isKnown,
    look: () => new Promise<void>((resolve) => (state.found = resolve)),
  };
  const service = {
    topology,
    homeOf: () => state.home,
    dedicate(store: RedisStore) {
      state.open.push(store.name);
      state.opened++;
      return {
        name: store.name,
        runIdentified: (command: (client: string) => unknown) =>
          Promise.resolve().then(() => command(store.name)),
      };
    },
    release: async ({ name }: { name: string }) => void (state.open = without(state.open, name)),
    noteFailure: (error: unknown) => state.failures.push(error),
  } as unknown as RedisService;
  const options = { key: 'vc:{app}:journal', purpose: 'journal', hasTimeout: false };
  return { state, home: new HomeConnection(service, options) };
}

function without(all: string[], name: string): string[] {
  const at = all.indexOf(name);
  return all.filter((_, i) => i !== at);
}

const nameOf = (client: unknown): Promise<unknown> => Promise.resolve(client);

describe('HomeConnection', () => {
  it('opens one connection, also for commands at the same time, and keeps it', async () => {
    const { state, home } = makeService();
    expect(state.open).toEqual([]);
    await Promise.all([home.run(nameOf), home.run(nameOf)]);
    expect(await home.run(nameOf)).toBe('one');
    expect(state).toMatchObject({ open: ['one'], opened: 1 });
  });

  it('goes where the journal is now, and gives back the connection to where it was', async () => {
    const { state, home } = makeService();
    await home.run(nameOf);
    state.home = { name: 'two' } as RedisStore;
    const both = await Promise.all([home.run(nameOf), home.run(nameOf)]);
    expect(both).toEqual(['two', 'two']);
    expect(state.open).toEqual(['two']);
  });

  it('tells the service of what fails, which may have to look for the journal', async () => {
    const { state, home } = makeService();
    const reason = new Error('MOVED');
    await expect(home.run(() => Promise.reject(reason))).rejects.toBe(reason);
    expect(state.failures).toEqual([reason]);
  });

  it('ends with a release also what is still looking for the journal', async () => {
    const { state, home } = makeService();
    state.isKnown = false;
    const running = home.run(nameOf).catch((error: unknown) => error);
    await home.release();
    state.found();
    expect(isCacheError(await running, 'CLOSED')).toBe(true);
    expect(state.open).toEqual([]);
    state.isKnown = true;
    expect(await home.run(nameOf)).toBe('one');
  });
});
