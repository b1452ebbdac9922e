import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeWithRedis } from '@vitalcache/testing';

import { CacheModule, CacheService } from '../../src/index.js';
import { closeAll, startModule } from '../support/apps.js';
import { LogLines } from '../support/log-lines.js';

const PAGE = readFileSync(join(__dirname, '../../../../docs/troubleshooting.md'), 'utf8');
/** The corrected lines of the page, without comments. */
const LINES = [...PAGE.matchAll(/^redis-cli (.+?)\s+#/gm)].map(([, line = '']) => line);
const hasClient = spawnSync('redis-cli', ['--version']).status === 0;
const inShell = hasClient ? it : it.skip; // without redis-cli on the PATH there is nothing to run

describeWithRedis('redis-cli', (store) => {
  afterEach(closeAll);

  async function start() {
    const { url, prefix } = store();
    const namespace = `${prefix}cli`;
    const env = { CACHE_PROVIDER: 'redis', REDIS_URL: url, CACHE_NAMESPACE: namespace };
    const module = await startModule({
      imports: [CacheModule.forRoot({ env, logger: new LogLines() })],
    });
    const cache = module.get(CacheService);
    await cache.cache('users:123', () => ({ name: 'ada' }), { ttl: 600, jitterRatio: 0 });
    await cache.settled();
    /** As the page has it, for this store and namespace. */
    const argsOf = (line: string): string[] => {
      const words = line.match(/'[^']*'|\S+/g) ?? [];
      return words.map((word) => word.replaceAll("'", '').replace('vc:app:', `vc:${namespace}:`));
    };
    const run = (line: string): string =>
      execFileSync('redis-cli', ['-u', url, ...argsOf(line)], { encoding: 'utf8' });
    return { cache, run, url, namespace };
  }

  it('has the five lines of the document, corrected', () => {
    expect(LINES.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'monitor',
      '--scan --pattern',
      "ttl 'vc:app:e:{users:123}'",
      'memory usage',
      'info memory',
    ]);
  });

  inShell('finds, ages and weighs an entry', async () => {
    const { run, namespace } = await start();
    const [, scan = '', ttl = '', usage = '', info = ''] = LINES;
    expect(run(scan).trim()).toBe(`vc:${namespace}:e:{users:123}`);
    expect(Number(run(ttl))).toBeGreaterThan(590);
    expect(Number(run(usage))).toBeGreaterThan(50);
    expect(run(info)).toMatch(/used_memory:\d+[^]*maxmemory_policy:/);
  });

  inShell('shows with monitor what reaches the store', async () => {
    const { cache, url } = await start();
    const monitor = spawn('redis-cli', ['-u', url, ...(LINES[0] ?? '').split(' ')]);
    const seen = new Promise<void>((resolve) => {
      let text = '';
      monitor.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('users:456')) resolve();
      });
    });
    const asking = setInterval(() => void cache.get('users:456'), 20);
    try {
      await seen;
    } finally {
      clearInterval(asking);
      monitor.kill();
    }
  });
});
