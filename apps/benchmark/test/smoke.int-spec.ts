import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describeWithRedis } from '@vitalcache/testing';

import type { BenchmarkResult } from '../src/results/benchmark-result.js';
import { ALL_RACES } from '../src/races/all-races.js';
import { ALL_SCENARIOS } from '../src/scenarios/all-scenarios.js';

const MAIN = join(__dirname, '../dist/main.js');
const BOUND_MS = 600_000; // half a minute where nothing else runs
/** Enough that each scenario has somebody to be compared with; all of them take their time to load. */
const PEERS = ['lru-cache', 'ioredis', 'async-cache-dedupe'];

describeWithRedis('the smallest run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitalcache-benchmark-'));
  let result: BenchmarkResult;
  let page: string;
  let said: string;

  beforeAll(async () => {
    const args = [MAIN, '--tiny', '--peer', ...PEERS, '--out', folder];
    const run = promisify(execFile)(process.execPath, args, { timeout: BOUND_MS });
    said = (await run).stdout;
    const files = readdirSync(folder);
    const read = (end: string): string =>
      readFileSync(join(folder, files.find((name) => name.endsWith(end)) as string), 'utf8');
    result = JSON.parse(read('.json')) as BenchmarkResult;
    page = read('.html');
  }, BOUND_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(ALL_SCENARIOS.map(({ name }) => name))('measures %s, with right results', (name) => {
    const scenario = result.scenarios.find((one) => one.name === name);
    expect(scenario?.failure).toBeNull();
    const ways = scenario?.ways ?? [];
    expect(ways.map((way) => [way.name, way.at, way.failure])).toEqual(
      ways.map((way) => [way.name, way.at, null]),
    );
    expect(ways.length).toBeGreaterThan(0);
    for (const { samples } of ways) {
      expect(samples.length).toBeGreaterThan(0);
      for (const { value } of samples) expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  it.each(ALL_RACES.map(({ name }) => name))('passes the race %s', (name) => {
    const raced = result.races.filter(({ race }) => race === name);
    expect(raced.find(({ peer }) => peer === 'vitalcache')?.verdict).toMatch(/pass|not run/);
    expect(raced).toHaveLength(PEERS.length + 1);
  });

  it('sees a bare cache-aside lose the races that it must lose', () => {
    const lost = result.races.filter(
      ({ peer, verdict }) => peer === 'ioredis' && verdict === 'fail',
    );
    expect(lost.map(({ race }) => race)).toEqual(
      expect.arrayContaining(['stale set', 'stampede of two processes', 'Date']),
    );
  });

  it('writes a report of all of it, and says it', () => {
    for (const { name } of result.scenarios) expect(page).toContain(`<h3>${name}</h3>`);
    expect(page).toContain('new LRUCache'); // how it was set up
    expect(said).toContain('budgets');
  });
});
