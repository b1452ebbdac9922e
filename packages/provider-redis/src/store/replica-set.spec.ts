import { formatAddress, type Address } from '../connection/address.js';
import type { RedisServer } from './redis-server.js';
import { ReplicaSet } from './replica-set.js';

const REST_MS = 5_000;
const [A, B] = [
  { host: 'a', port: 1 },
  { host: 'b', port: 2 },
];

class FakeServer {
  isOpen = false;
  isUsable = true;
  isClosed = false;
  readonly pool = {
    open: async () => void (this.isOpen = true),
    close: async () => void (this.isClosed = true),
  };

  constructor(readonly name: string) {
    Object.defineProperty(this.pool, 'isUsable', { get: () => this.isUsable });
  }
}

function makeSet() {
  const made = new Map<string, FakeServer>();
  const set = new ReplicaSet((address: Address) => {
    const server = new FakeServer(formatAddress(address));
    made.set(server.name, server);
    return server as unknown as RedisServer;
  });
  const ask = async (): Promise<string | null> => {
    const found = await set.ask(async (server) => (server as unknown as FakeServer).name);
    return found && found.answer;
  };
  return { set, made, ask };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('ReplicaSet', () => {
  it('asks the replicas in turn', async () => {
    const { set, ask } = makeSet();
    expect(await ask()).toBeNull();
    set.set([A, B]);
    expect([await ask(), await ask(), await ask()].sort()).toEqual(
      expect.arrayContaining(['a:1', 'b:2']),
    );
  });

  it('keeps those that stay, opens new ones, closes those that left', () => {
    const { set, made } = makeSet();
    set.set([A]);
    const first = made.get('a:1');
    set.set([A, B]);
    expect(made.get('a:1')).toBe(first);
    expect([...made.values()].map(({ isOpen }) => isOpen)).toEqual([true, true]);
    set.set([B]);
    expect([...made.values()].map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(set.servers).toHaveLength(1);
  });

  it('leaves out a replica that can not be reached', async () => {
    const { set, made, ask } = makeSet();
    set.set([A, B]);
    (made.get('a:1') as FakeServer).isUsable = false;
    expect([await ask(), await ask(), await ask()]).toEqual(['b:2', 'b:2', 'b:2']);
  });

  it('has no answer of a replica that fails, and leaves it alone for a while', async () => {
    const { set, ask } = makeSet();
    set.set([A]);
    expect(await set.ask(() => Promise.reject(new Error('LOADING')))).toBeNull();
    expect(await ask()).toBeNull();
    await jest.advanceTimersByTimeAsync(REST_MS);
    expect(await ask()).toBe('a:1');
  });

  it('closes all, and opens none that it hears of afterwards', async () => {
    const { set, made } = makeSet();
    set.set([A]);
    await set.close();
    set.set([A, B]);
    expect(set.isEmpty).toBe(true);
    expect([...made.values()].map(({ isClosed }) => isClosed)).toEqual([true]);
  });
});
