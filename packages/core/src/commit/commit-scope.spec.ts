import { FakeClock, settle } from '../../test/support/fake-clock.js';
import { CommitScope } from './commit-scope.js';

function scoping() {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const scope = new CommitScope({ clock, deadlineMs: 1_000, onFailed: (e) => failures.push(e) });
  const notes: string[] = [];
  const note = (what: string) => () => void notes.push(what);
  return { scope, clock, failures, notes, note };
}

describe('CommitScope', () => {
  it('refuses what there is no option of', () => {
    const options = { onFailed: () => undefined, deadline: 5 };
    expect(() => new CommitScope(options)).toThrow('CommitScope has no deadline');
  });

  it('does nothing before the commit, then all of it in order, before it resolves', async () => {
    const { scope, notes, note } = scoping();
    const result = await scope.run(async () => {
      await scope.afterCommit(async () => {
        await settle(); // later ones wait for it
        notes.push('first');
      });
      await scope.afterCommit(note('second'));
      await settle();
      notes.push('commit');
      return 7;
    });
    expect(result).toBe(7);
    expect(notes).toEqual(['commit', 'first', 'second']);
  });

  it('does nothing at all when the transaction is rolled back', async () => {
    const { scope, notes, note } = scoping();
    const error = new Error('deadlock');
    let work;
    const run = scope.run(async () => {
      work = await scope.afterCommit(note('never'));
      throw error;
    });
    await expect(run).rejects.toBe(error);
    expect(await (work as never as { ended: unknown }).ended).toEqual({ status: 'dropped' });
    expect(notes).toEqual([]);
    const sync = scope.run(() => {
      throw error;
    });
    await expect(sync).rejects.toBe(error);
  });

  it('never makes a committed transaction look as if it had failed', async () => {
    const { scope, failures, notes, note } = scoping();
    const error = new Error('store down');
    let work;
    const result = await scope.run(async () => {
      work = await scope.afterCommit(() => Promise.reject(error));
      await scope.afterCommit(note('next'));
      return 'saved';
    });
    expect([result, notes, failures]).toEqual(['saved', ['next'], [error]]);
    expect(await (work as never as { ended: unknown }).ended).toEqual({ status: 'failed', error });
  });

  it('waits no longer than its deadline, and begins everything all the same', async () => {
    const { scope, clock, failures, notes, note } = scoping();
    const run = scope.run(async () => {
      await scope.afterCommit(() => new Promise(() => undefined));
      await scope.afterCommit(() => new Promise(() => undefined));
      await scope.afterCommit(note('begun'));
      return 'saved';
    });
    await clock.advance(1_000);
    await expect(run).resolves.toBe('saved');
    expect(notes).toEqual(['begun']);
    expect(failures).toEqual(Array(2).fill(expect.objectContaining({ code: 'NOT_RECORDED' })));
  });

  it('works at once outside of a transaction, and passes its failure on', async () => {
    const { scope, failures } = scoping();
    const work = await scope.afterCommit(() => 7);
    expect(work.isDeferred).toBe(false);
    expect(await work.ended).toEqual({ status: 'done', value: 7 });
    const error = new Error('x');
    await expect(scope.afterCommit(() => Promise.reject(error))).rejects.toBe(error);
    expect(failures).toEqual([]);
  });

  it('waits for the outermost commit, also with the work of an inner one that failed', async () => {
    const { scope, notes, note } = scoping();
    await scope.run(async () => {
      await scope.run(() => scope.afterCommit(note('inner')));
      const failing = scope.run(async () => {
        await scope.afterCommit(note('of the failed one'));
        throw new Error('savepoint');
      });
      await failing.catch(() => undefined);
      expect(notes).toEqual([]);
      notes.push('commit');
    });
    expect(notes).toEqual(['commit', 'inner', 'of the failed one']);
  });

  it('keeps transactions that run at the same time apart', async () => {
    const { scope, notes, note } = scoping();
    const failing = scope.run(async () => {
      await settle();
      await scope.afterCommit(note('a'));
      throw new Error('a');
    });
    const good = scope.run(async () => {
      await scope.afterCommit(note('b'));
      await settle();
    });
    await Promise.allSettled([failing, good]);
    expect(notes).toEqual(['b']);
    expect(scope.isOpen).toBe(false);
  });

  it('works at once for what comes after the commit, and drops what comes after a rollback', async () => {
    const { scope, notes, note } = scoping();
    let late: Promise<unknown> = Promise.resolve();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const straggler = (what: string): void => {
      late = gate.then(() => scope.afterCommit(note(what)));
    };
    await scope.run(async () => {
      straggler('late');
      await scope.afterCommit(() => scope.afterCommit(note('from work')));
    });
    go();
    await late;
    expect(notes).toEqual(['from work', 'late']);
    const failed = scope.run(() => {
      straggler('dropped');
      return Promise.reject(new Error('x'));
    });
    await failed.catch(() => undefined);
    await late;
    expect(notes).toHaveLength(2);
  });

  it('takes a transaction begun by work after a commit for one of its own', async () => {
    const { scope, notes, note } = scoping();
    await scope.run(async () => {
      await scope.afterCommit(() =>
        scope.run(async () => {
          await scope.afterCommit(note('second'));
          notes.push('second commit');
        }),
      );
    });
    expect(notes).toEqual(['second commit', 'second']);
  });

  it('survives a listener that throws', async () => {
    const scope = new CommitScope({
      clock: new FakeClock(),
      onFailed: () => {
        throw new Error('logger');
      },
    });
    const next = jest.fn();
    await scope.run(async () => {
      await scope.afterCommit(() => Promise.reject(new Error('x')));
      await scope.afterCommit(next);
    });
    expect(next).toHaveBeenCalledTimes(1);
  });
});
