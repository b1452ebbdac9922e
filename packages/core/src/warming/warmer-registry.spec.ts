import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { CacheErrorHandler } from '../resilience/cache-error.handler.js';
import type { ReadOutcome } from '../strategy/read-request.js';
import type { CacheWarmer, WarmItem } from './cache-warmer.js';
import { WarmerRegistry } from './warmer-registry.js';

const load = (): number => 1;
const items = (...keys: readonly string[]): WarmItem[] => keys.map((key) => ({ key, load }));
const warmer = (name: string, list: Iterable<WarmItem>, kinds?: string[]): CacheWarmer => ({
  name,
  ...(kinds && { kinds }),
  items: () => list,
});

function warming() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const logger = { debug: say, log: say, warn: say, error: say };
  const errors = new CacheErrorHandler(logger);
  const registry = new WarmerRegistry({ errors, logger, clock });
  const read: string[] = [];
  const reading = (outcome: ReadOutcome = 'miss') => {
    return ({ key }: WarmItem) => {
      read.push(key);
      return Promise.resolve({ outcome });
    };
  };
  return { registry, clock, lines, errors, read, reading };
}

const hang = (): Promise<never> => new Promise(() => undefined);

describe('WarmerRegistry', () => {
  it('ends with an endless warmer, and makes no item that it has no room for', async () => {
    const { registry, lines, read, reading } = warming();
    let made = 0;
    let isCleanedUp = false;
    registry.register({
      name: 'endless',
      async *items() {
        try {
          for (;;) yield { key: `k${made++}`, load };
        } finally {
          isCleanedUp = true;
        }
      },
    });
    const result = await registry.run({}, reading(), { maxItems: 50, concurrency: 3 });
    await settle();
    expect(result).toEqual({ warmed: 50, skipped: 0, failed: 0 });
    expect([read.length, made, isCleanedUp]).toEqual([50, 51, true]);
    expect(lines).toEqual(['Warming ended after 50 items (maxItems).']);
  });

  it('ends when warmers and loads hang, after its deadline, and lets no one hold up another', async () => {
    const { registry, clock } = warming();
    registry.register({
      name: 'hanging',
      items: () => ({ [Symbol.asyncIterator]: () => ({ next: hang }) }),
    });
    registry.register(warmer('good', items('a', 'b')));
    registry.register(warmer('stuck', items('stuck', 'c')));
    const read = ({ key }: WarmItem) =>
      key === 'stuck' ? hang() : Promise.resolve({ outcome: 'miss' as const });
    const run = registry.run({}, read, { deadlineMs: 1_000, concurrency: 2 });
    await clock.advance(1_000);
    expect(await run).toEqual({ warmed: 3, skipped: 0, failed: 1 });
  });

  it('counts an item or a warmer that throws, and goes on with the others', async () => {
    const { registry, errors } = warming();
    registry.register({
      name: 'broken',
      items: () => {
        throw new Error('no database');
      },
    });
    registry.register({
      name: 'half',
      *items() {
        yield* items('a');
        throw new Error('cursor lost');
      },
    });
    registry.register(warmer('good', [...items('b', 'bad'), null as never, ...items('c')]));
    const read = (item: WarmItem) =>
      item.key === 'bad'
        ? Promise.reject(new Error('x'))
        : Promise.resolve({ outcome: 'miss' as const });
    expect(await registry.run({}, read)).toEqual({ warmed: 3, skipped: 0, failed: 4 });
    expect(errors.counts['warmer-failed']).toBe(4);
  });

  it('loads no more at once than it may', async () => {
    const { registry } = warming();
    registry.register(warmer('one', items(...'abcdefgh')));
    registry.register(warmer('two', items(...'ijklmnop')));
    let [running, most] = [0, 0];
    const read = async () => {
      most = Math.max(most, ++running);
      await settle();
      running--;
      return { outcome: 'miss' as const };
    };
    expect((await registry.run({}, read, { concurrency: 3 })).warmed).toBe(16);
    expect(most).toBe(3);
  });

  it.each<[ReadOutcome, object]>([
    ['hit', { warmed: 0, skipped: 1, failed: 0 }],
    ['stale', { warmed: 0, skipped: 1, failed: 0 }],
    ['miss', { warmed: 1, skipped: 0, failed: 0 }],
    ['joined', { warmed: 1, skipped: 0, failed: 0 }],
    ['bypass', { warmed: 0, skipped: 0, failed: 1 }],
  ])('counts a %s', async (outcome, expected) => {
    const { registry, reading } = warming();
    registry.register(warmer('w', items('a')));
    expect(await registry.run({}, reading(outcome))).toEqual(expected);
  });

  it('runs those of the kinds and names that are asked for', async () => {
    const { registry, read, reading } = warming();
    registry.register(warmer('doctors', items('d'), ['doctor', 'clinic']));
    registry.register(warmer('patients', items('p'), ['patient']));
    registry.register(warmer('other', items('o')));
    await registry.run({ kinds: ['clinic', 'doctor'] }, reading());
    await registry.run({ names: ['other'] }, reading());
    await registry.run({ kinds: ['patient'], names: ['other'] }, reading());
    await registry.run({}, reading());
    expect(read.join('')).toBe('dodpo');
  });

  it('warns once when there is no warmer', async () => {
    const { registry, lines, reading } = warming();
    const nothing = { warmed: 0, skipped: 0, failed: 0 };
    expect(await registry.run({ kinds: ['patient'] }, reading())).toEqual(nothing);
    expect(await registry.run({ kinds: ['patient'] }, reading())).toEqual(nothing);
    expect(lines).toEqual(['Nothing is warmed: no warmer is registered for patient.']);
  });

  it('tells warmers the clinic, and when no more is wanted', async () => {
    const { registry, reading } = warming();
    const contexts: unknown[] = [];
    registry.register({
      name: 'w',
      items: (context) => {
        contexts.push(context);
        return [];
      },
    });
    await registry.run({ clinicId: 'north' }, reading());
    await registry.run({}, reading());
    expect(contexts).toEqual([
      { clinicId: 'north', signal: expect.objectContaining({ aborted: true }) },
      { signal: expect.any(AbortSignal) },
    ]);
  });

  it('can be ended early, also before it begins', async () => {
    const { registry, read, reading } = warming();
    registry.register(warmer('w', items(...'abcdefgh')));
    const ending = new AbortController();
    const run = registry.run(
      {},
      (item) => {
        if (item.key === 'c') ending.abort();
        return reading()(item);
      },
      { concurrency: 1, signal: ending.signal },
    );
    expect(await run).toEqual({ warmed: 2, skipped: 0, failed: 1 });
    expect(read).toEqual(['a', 'b', 'c']);
    await registry.run({}, reading(), { signal: ending.signal });
    expect(read).toHaveLength(3);
  });

  it('refuses names that are taken, what is no warmer, and limits that are none', async () => {
    const { registry, reading } = warming();
    registry.register(warmer('w', []));
    expect(() => registry.register(warmer('w', []))).toThrow('a warmer named w already');
    expect(() => registry.register({ name: 'x' } as never)).toThrow('a name and a function items');
    expect([registry.unregister('w'), registry.unregister('w'), registry.names]).toEqual([
      true,
      false,
      [],
    ]);
    const run = registry.run({}, reading(), { concurrency: 0 });
    await expect(run).rejects.toThrow('concurrency is 0; accepted: a whole number from 1 to 1000.');
    const slip = registry.run({}, reading(), { deadline: 1 } as object);
    await expect(slip).rejects.toThrow('warm has no deadline (did you mean deadlineMs?)');
  });
});
