import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

import { describeWithRedis } from '@vitalcache/testing';

const PROCESSES = 8;
const CALLERS = 200;
const LOAD_MS = 200;

interface Report {
  readonly loads: number;
  /** By which processes the values were loaded that its callers got. */
  readonly values: readonly number[];
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('a worker ended')));
  const [message] = (await Promise.race([once(child, 'message'), gone])) as unknown[];
  return message;
}

describeWithRedis('a stampede', (store) => {
  let children: ChildProcess[] = [];

  beforeEach(async () => {
    const args = [store().url, `stampede-${randomUUID()}`, `${CALLERS}`, `${LOAD_MS}`];
    const worker = join(__dirname, 'stampede-worker.mjs');
    children = Array.from({ length: PROCESSES }, () => fork(worker, args, { execArgv: [] }));
    await Promise.all(children.map(messageOf));
  });
  afterEach(async () => {
    for (const child of children) child.disconnect();
    await Promise.all(children.map((child) => once(child, 'exit')));
  });

  // How soon the others have the value is measured by tools/measure/stampede.mjs.
  it('of eight processes with 200 callers each causes one load, whose value all of them get', async () => {
    for (const key of ['cold:1', 'cold:2', 'cold:3']) {
      const answers = Promise.all(children.map(messageOf));
      for (const child of children) child.send(key);
      const reports = (await answers) as Report[];
      expect(reports.reduce((sum, { loads }) => sum + loads, 0)).toBe(1);
      const loaders = new Set(reports.flatMap(({ values }) => values));
      expect([...loaders]).toEqual([children[reports.findIndex(({ loads }) => loads === 1)]?.pid]);
    }
  });
});
