import fc from 'fast-check';

import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { CacheError } from '../errors/cache.error.js';
import { operationOf } from '../service/cache-operations.js';
import {
  AuditCacheMiddleware,
  type AuditCacheMiddlewareOptions,
} from './audit-cache.middleware.js';
import type { AuditRecord } from './audit-record.js';
import type { CacheOperation, OperationResult } from './cache-middleware.js';
import { CacheMiddlewareChain } from './cache-middleware.chain.js';

const DONE: OperationResult & { stamp: number } = { outcome: 'recorded', tier: null, stamp: 42 };
const invalidate = (tag = 'patient:anna'): CacheOperation =>
  operationOf('invalidate', { tags: [tag], template: 'users:{id}' });

function auditing(options: Partial<AuditCacheMiddlewareOptions> = {}) {
  const clock = new FakeClock(1_700_000_000_000);
  const written: AuditRecord[] = [];
  const sink = {
    state: 'up' as 'up' | 'down' | 'hanging',
    write: (record: AuditRecord): Promise<void> => {
      if (sink.state === 'hanging') return new Promise(() => undefined);
      if (sink.state === 'down') return Promise.reject(new Error('disk full'));
      written.push(record);
      return Promise.resolve();
    },
  };
  const onStateChange = jest.fn();
  const audit = new AuditCacheMiddleware({ sink, clock, onStateChange, ...options });
  const chain = new CacheMiddlewareChain([audit]);
  const run = (operation = invalidate()) => chain.run(operation, () => Promise.resolve(DONE));
  return { audit, chain, clock, sink, written, onStateChange, run };
}

describe('AuditCacheMiddleware', () => {
  it.each(['down', 'hanging'] as const)(
    'breaks no operation while the sink is %s',
    async (state) => {
      const { audit, clock, sink, written, onStateChange, run } = auditing();
      sink.state = state;
      for (let i = 0; i < 100; i++) expect(await run()).toBe(DONE);
      await clock.advance(20_000);
      expect(onStateChange).toHaveBeenCalledTimes(1);
      expect(audit.isSinkDown).toBe(true);
      sink.state = 'up';
      await clock.advance(40_000);
      expect(onStateChange.mock.calls).toEqual([
        [true, expect.anything()],
        [false, undefined],
      ]);
      expect(written.map(({ number }) => number)).toEqual(
        Array.from({ length: 100 }, (_, i) => i + 1),
      );
      expect(audit.counts).toMatchObject({ waiting: 0, lost: 0 });
    },
  );

  it('never writes a key, a tag, a pattern or the words of an error', async () => {
    const { chain, written, run } = auditing({ kinds: ['set', 'del', 'invalidate'] });
    await run();
    await run(operationOf('invalidate', { pattern: 'patient:anna:*' }));
    await run(operationOf('del', { keys: ['patient:anna', 'patient:bert'] }));
    const error = new Error('patient:anna is wrong');
    const failing = chain.run(operationOf('set', { key: 'patient:anna' }), () =>
      Promise.reject(error),
    );
    await expect(failing).rejects.toBe(error);
    await settle();
    expect(JSON.stringify(written)).not.toMatch(/anna|bert/);
    expect(written.map(({ references }) => references.length)).toEqual([1, 1, 2, 1]);
    expect(written[3]).toMatchObject({ outcome: 'failed', detail: 'error' });
  });

  it('records what was done, to what, by whom and why', async () => {
    const { written, run } = auditing({ context: () => ({ actor: 'nurse-7', reason: 'request' }) });
    await run();
    await run();
    await run(operationOf('clear'));
    await settle();
    expect(written[0]).toEqual({
      number: 1,
      at: 1_700_000_000_000,
      kind: 'invalidate',
      outcome: 'recorded',
      template: 'users:{id}',
      references: [expect.stringMatching(/^[0-9a-f]{16}$/)],
      stamp: 42,
      actor: 'nurse-7',
      reason: 'request',
    });
    expect(written[1]?.references).toEqual(written[0]?.references);
    expect(written[2]).toMatchObject({ kind: 'clear', references: [] });
  });

  it('records changes and calls of operators, no reads, and sets if asked to', async () => {
    const { written, run } = auditing();
    for (const kind of ['read', 'get', 'set', 'update', 'del', 'configure', 'admin'] as const) {
      await run(operationOf(kind));
    }
    await settle();
    expect(written.map(({ kind }) => kind)).toEqual(['del', 'configure', 'admin']);
    const more = auditing({ kinds: ['set'] });
    await more.run(operationOf('set', { key: 'k' }));
    await settle();
    expect(more.written).toHaveLength(1);
  });

  it('names a failure of the cache by its code', async () => {
    const { chain, written } = auditing();
    const error = new CacheError('PATTERN_INVALID', 'x');
    await chain.run(invalidate(), () => Promise.reject(error)).catch(() => undefined);
    await settle();
    expect(written[0]).toMatchObject({ outcome: 'failed', detail: 'PATTERN_INVALID' });
  });

  it('records old and new value of a setting', async () => {
    const { audit, written } = auditing();
    const change = {
      name: 'enabled',
      template: null,
      old: true,
      new: false,
      isOwn: false,
    } as const;
    audit.settingChanged(change, { actor: 'ops' });
    await settle();
    expect(written[0]).toMatchObject({
      kind: 'configure',
      outcome: 'changed',
      actor: 'ops',
      detail: 'enabled: true to false (changed by another process)',
    });
  });

  it('keeps within its bound, and says in a record what is missing', async () => {
    const { audit, clock, sink, written, run } = auditing({ maxWaiting: 3 });
    sink.state = 'down';
    for (let i = 0; i < 10; i++) {
      await run();
      clock.jump(1);
    }
    expect(audit.counts).toMatchObject({ waiting: 3, lost: 7 });
    sink.state = 'up';
    await clock.advance(60_000);
    expect(written).toHaveLength(4); // the gap is said without waiting for what comes next
    await run();
    await settle();
    expect(written.map(({ kind }) => kind)).toEqual([
      ...Array<string>(3).fill('invalidate'),
      'lost',
      'invalidate',
    ]);
    expect(written[3]?.detail).toBe('7 records from 2023-11-14T22:13:20.003Z on');
    expect(written.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('flushes at once what waits for its next try, and ends with its clock', async () => {
    const flush = jest.fn();
    const { audit, clock, sink, written, run } = auditing();
    Object.assign(sink, { flush });
    sink.state = 'down';
    await run();
    await settle();
    sink.state = 'up';
    expect(await audit.flush()).toBe(0);
    expect(written).toHaveLength(1);
    expect(flush).toHaveBeenCalledTimes(1);
    sink.state = 'hanging';
    await run();
    const closed = audit.close(1_000);
    await clock.advance(1_000);
    expect(await closed).toBe(1);
    await clock.advance(60_000);
    expect(audit.counts.waiting).toBe(1);
  });

  it('writes what comes in whichever step the one before was written', async () => {
    for (let steps = 0; steps < 12; steps++) {
      const { audit, sink, written, run } = auditing();
      const { write } = sink;
      sink.write = async (record) => {
        await write(record);
        if (record.number > 1) return;
        void (async () => {
          for (let i = 0; i < steps; i++) await Promise.resolve();
          await run();
        })();
      };
      await run();
      await settle();
      expect([steps, written.length, audit.counts.waiting]).toEqual([steps, 2, 0]);
    }
  });

  it('records without a context that throws, and survives a listener that does', async () => {
    const broken = (): never => {
      throw new Error('no request');
    };
    const { sink, clock, written, run } = auditing({ context: broken, onStateChange: broken });
    sink.state = 'down';
    expect(await run()).toBe(DONE);
    sink.state = 'up';
    await clock.advance(5_000);
    expect(written[0]).toMatchObject({ reason: 'the context could not be had' });
  });

  it.each<[object, string]>([
    [{ sink: {} }, 'The audit sink must have a function write(record).'],
    [{ maxWaiting: 0 }, 'maxWaiting is 0; accepted: a whole number from 1.'],
    [{ sinkTimeoutMs: NaN }, 'sinkTimeoutMs is NaN'],
    [{ contxt: () => ({}) }, 'AuditCacheMiddleware has no contxt (did you mean context?)'],
  ])('refuses %o', (options, message) => {
    expect(() => auditing(options)).toThrow(message);
  });

  it('never loses or reorders a record in silence, however the sink behaves', async () => {
    const step = fc.constantFrom('record', 'record', 'up', 'down', 'hanging', 'wait');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { audit, clock, sink, written, run } = auditing({ maxWaiting: 4 });
        let recorded = 0;
        for (const what of steps) {
          if (what === 'record') {
            await run();
            recorded++;
          } else if (what === 'wait') await clock.advance(700);
          else sink.state = what;
        }
        sink.state = 'up';
        await clock.advance(120_000);
        await run();
        await clock.advance(1);
        const numbers = [...new Set(written.map(({ number }) => number))];
        expect(numbers).toEqual(numbers.map((_, i) => i + 1));
        const lost = written.filter(({ kind }) => kind === 'lost');
        const missing = lost.reduce((sum, { detail }) => sum + parseInt(detail ?? '', 10), 0);
        expect(numbers.length - lost.length + missing).toBe(recorded + 1);
        expect(missing).toBe(audit.counts.lost);
      }),
      { numRuns: 100 },
    );
  });
});
