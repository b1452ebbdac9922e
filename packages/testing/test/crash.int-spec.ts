import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { until } from '../src/index.js';
import { BINARY_ALONE, describeWithBinary } from './own-binary.js';

const listens = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const tell = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });

describeWithBinary('a test run that crashes', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'vitalcache-crash-'));
  afterAll(() => rmSync(temporary, { recursive: true }));

  const ends: Readonly<Record<string, (pid: number) => void>> = {
    'is killed': (pid) => process.kill(pid, 'SIGKILL'),
    // Also reaches the guards, unless they are out of it. A server takes no notice of it.
    'loses its terminal': (pid) => process.kill(-pid, 'SIGHUP'),
    'is interrupted from the keyboard': (pid) => process.kill(-pid, 'SIGINT'),
  };

  it.each(Object.keys(ends))(
    'leaves neither servers nor folders behind when it %s',
    async (end) => {
      const worker = fork(join(__dirname, 'crash-worker.mjs'), {
        detached: true,
        env: { ...BINARY_ALONE, TMPDIR: temporary },
      });
      const [urls] = (await once(worker, 'message')) as [string[]];
      expect(await Promise.all(urls.map(listens))).toEqual([true, true, true]);
      expect(readdirSync(temporary)).toHaveLength(2);
      ends[end]?.(worker.pid ?? 0);
      await until('all servers are gone', async () => {
        return !(await Promise.all(urls.map(listens))).includes(true);
      });
      await until('all folders are gone', () => readdirSync(temporary).length === 0);
    },
    30_000,
  );
});
