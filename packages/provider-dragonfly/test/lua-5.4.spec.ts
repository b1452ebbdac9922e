import {
  readScripts,
  startScriptHost,
  type Reply,
  type ScriptHost,
} from './support/script-host.js';

/** Of 16 digits, as a stamp of microseconds has; a whole number of milliseconds. */
const NOW = 1_764_258_000_123_000;
const KEPT = '262144';
const JOURNAL = 'vc:{app}:journal';

let host: ScriptHost;
beforeAll(async () => {
  host = await startScriptHost();
});
beforeEach(() => host.call('reset', NOW));
afterAll(() => host.close());

// Redis runs scripts in Lua 5.1, Dragonfly in 5.4, where whole numbers are not floats.
describe('the scripts, as Dragonfly runs them', () => {
  const sources = readScripts();
  const ran = new Set<string>();
  const runOn = (
    script: string,
    keys: readonly string[],
    ...args: (string | number)[]
  ): Promise<Reply> => {
    ran.add(script);
    return host.call('run', sources.get(script), keys, args.map(String));
  };
  const run = (script: string, key: string, ...args: (string | number)[]): Promise<Reply> =>
    runOn(script, [key], ...args);
  const begin = (expected: string, atLeast: number, nonce: number): Promise<Reply> =>
    run('begin-epoch-1', JOURNAL, expected, atLeast, nonce, 'server', '1;x', KEPT);
  const append = (nonce: number, incarnation = 'server', isDurable = 0): Promise<Reply> =>
    run('append-record-1', JOURNAL, incarnation, nonce, 'c', '', KEPT, isDurable);
  const each = async (
    write: (value: string) => Promise<Reply>,
    values: readonly string[],
  ): Promise<readonly Reply[]> => {
    const replies: Reply[] = [];
    for (const value of values) replies.push(await write(value));
    return replies;
  };

  it('are run by Lua 5.4', () => {
    expect(host.version).toBe('Lua 5.4');
  });

  it('begin an epoch with a stamp of the server, to the last digit', async () => {
    expect(await begin('', 0, 7)).toEqual([
      `${NOW}-0`,
      ['k', 's', 'n', '7', 'p', '', 'e', `${NOW}-7`, 'i', 'server', 'c', '1;x', 'b', ''],
    ]);
  });

  it('begin no second epoch, but one in the place of the first', async () => {
    const first = await begin('', 0, 7);
    expect(await begin('', 0, 8)).toEqual(first);
    const second = await begin(`${NOW}-7`, 0, 8);
    expect(second).toContain(`${NOW + 1}-0`);
    expect(await begin(`${NOW}-7`, 0, 9)).toEqual(second);
  });

  it.each([NOW + 5, Number.MAX_SAFE_INTEGER - 1])(
    'begin an epoch not before %d, whatever the clock says, and append behind it',
    async (atLeast) => {
      expect(await begin('', atLeast, 7)).toContain(`${atLeast}-0`);
      expect(await append(1)).toEqual([`${atLeast + 1}`, `${atLeast}-7`, `${atLeast}-7`, '1;x']);
    },
  );

  it('append records with stamps that rise, also within a millisecond, each linked to the one before', async () => {
    await begin('', 0, 7);
    expect(await append(1)).toEqual([`${NOW + 1}`, `${NOW}-7`, `${NOW}-7`, '1;x']);
    expect(await append(2)).toEqual([`${NOW + 2}`, `${NOW + 1}-1`, `${NOW}-7`, '1;x']);
    const epoch = ['e', `${NOW}-7`, 'i', 'server', 'c', '1;x'];
    expect(await host.call('newest', JOURNAL)).toEqual([
      `${NOW + 2}-0`,
      ['k', 'c', 'n', '2', 'p', `${NOW + 1}-1`, ...epoch, 'b', ''],
    ]);
  });

  it('append to a journal of another server only if that does not matter, and never without one', async () => {
    expect(await append(1)).toBe(false);
    await begin('', 0, 7);
    expect(await append(1, 'other')).toBe(false);
    expect(await append(1, 'other', 1)).toEqual([`${NOW + 1}`, `${NOW}-7`, `${NOW}-7`, '1;x']);
  });

  it('take, extend and release a lease for its holder alone', async () => {
    expect(await run('acquire-lease-1', 'l', 'me', 1_000)).toBe(false);
    expect(await run('acquire-lease-1', 'l', 'you', 1_000)).toBe('me');
    expect(await run('extend-lease-1', 'l', 'you', 1_000)).toBe(0);
    expect(await run('extend-lease-1', 'l', 'me', 1_000)).toBe(1);
    expect(await run('release-lease-1', 'l', 'you')).toBe(0);
    expect(await run('release-lease-1', 'l', 'me')).toBe(1);
    expect(await run('release-lease-1', 'l', 'me')).toBe(0);
  });

  it('never replace an entry of the same prefix with a later fence', async () => {
    const write = (entry: string): Promise<Reply> =>
      run('set-fenced-n', 'e', 2, 3, entry, 1_000, '');
    const entries = ['ab005', 'ab004', 'ab005x', 'ab010', 'ac001', ''];
    expect(await each(write, entries)).toEqual([[1], [0], [1], [1], [1], [1]]);
    const all = entries.flatMap((entry) => [entry, 1_000, '']);
    const keys = entries.map(() => 'e2');
    expect(await runOn('set-fenced-n', keys, 2, 3, ...all)).toEqual([1, 0, 1, 1, 1, 1]);
  });

  it('release leases with the entries that they are of, for their holders alone', async () => {
    for (const lease of ['l1', 'l3']) await run('acquire-lease-1', lease, 'me', 1_000);
    const writes = ['ab002', 1_000, 'me', 'ab002', 1_000, '', 'ab002', 1_000, 'you'];
    const keys = ['e1', 'e2', 'e3', 'l1', 'l3'];
    expect(await runOn('set-fenced-n', keys, 2, 3, ...writes)).toEqual([1, 1, 1]);
    expect(await run('release-lease-1', 'l1', 'me')).toBe(0);
    expect(await run('release-lease-1', 'l3', 'me')).toBe(1);
  });

  it('replace what begins as expected, or nothing', async () => {
    const write = (...expected: string[]): Promise<Reply> =>
      run('set-if-unchanged-1', 'e', 'value', 1_000, ...expected);
    expect(await each(write, ['v', ''])).toEqual([0, 0]);
    expect(await write()).toBe(1);
    expect(await write()).toBe(0);
    expect(await each(write, ['other', 'val', ''])).toEqual([0, 1, 1]);
  });

  it('keep members of an index until they go, the latest ones if they are too many', async () => {
    const add = (member: string, ttlMs: number): Promise<Reply> =>
      run('add-member-1', 'i', member, ttlMs, 2);
    expect(await each((member) => add(member, 1_000), ['a', 'b'])).toEqual([1, 1]);
    await add('a', 5_000);
    await add('a', 2_000);
    await add('c', 3_000);
    expect(await host.call('members', 'i')).toEqual(['c', 'a']);
    expect(await host.call('ends', 'i')).toBe(NOW / 1_000 + 5_000);
  });

  it('are all of them', () => {
    expect([...sources.keys()].filter((name) => !ran.has(name))).toEqual([]);
  });
});

describe('the host of the scripts', () => {
  it.each([
    ["return redis.call('GET', 'other')", 'undeclared key'],
    ['return 2.5 + 0.5', 'a reply is a float'],
    ['return { 1, 7 / 2 }', 'a reply is a float'],
    ["return redis.call('SET', KEYS[1], 'x', 'PX', 10 / 4)", 'not an integer'],
    ['found = 1', 'global variable found'],
    ['return unpack(ARGV)', 'nonexistent global variable unpack'],
  ])('refuses %s', async (source, message) => {
    await expect(host.call('run', source, ['key'], [])).rejects.toThrow(message);
  });
});
