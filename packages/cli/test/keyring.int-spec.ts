import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadKeyring } from '@vitalcache/healthcare-phi';

import { expectOneLine, vitalcache } from './support/vitalcache.js';

describe('vitalcache keyring', () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'vitalcache-keyring-'));
  });
  const run = (...args: string[]) => vitalcache(['keyring', ...args], { cwd });
  const secretsOf = async (): Promise<string[]> => {
    const text = await readFile(join(cwd, 'ring.json'), 'utf8');
    return [...text.matchAll(/"key": "([^"]+)"/g)].map(([, key = '']) => key);
  };
  const stable = (text: string): string =>
    text
      .replaceAll(cwd, '<folder>')
      .replace(/-\d{4}-\d\d-\d\d-[0-9a-f]{6}/g, '-<day>-<random>')
      .replace(/ +/g, ' ');

  it('makes one that its owner alone can read, and prints no key', async () => {
    const { code, stdout, stderr } = await run('generate', '--out', 'ring.json');
    expect([code, stderr]).toEqual([0, '']);
    expect(stable(stdout)).toMatchSnapshot();
    expect((await stat(join(cwd, 'ring.json'))).mode & 0o777).toBe(0o600);
    expect(loadKeyring(join(cwd, 'ring.json')).kek).toHaveLength(1);
    for (const secret of await secretsOf()) expect(stdout).not.toContain(secret);
    expect(await secretsOf()).toHaveLength(3);
  });

  it('never writes over one', async () => {
    await run('generate', '--out', 'ring.json');
    const before = await readFile(join(cwd, 'ring.json'), 'utf8');
    expectOneLine(await run('generate', '--out', 'ring.json'), 2, /exists and is not written over/);
    expect(await readFile(join(cwd, 'ring.json'), 'utf8')).toBe(before);
  });

  it('adds a key that is not used before it is enabled', async () => {
    await run('generate', '--out', 'ring.json');
    const { code } = await run('add', 'index', 'ring.json');
    expect(code).toBe(0);
    const { index, kek } = loadKeyring(join(cwd, 'ring.json'));
    expect(index.map(({ state }) => state)).toEqual(['enabled', 'decrypt-only']);
    expect(kek).toHaveLength(1);
    expect((await stat(join(cwd, 'ring.json'))).mode & 0o777).toBe(0o600);
    expectOneLine(await run('add', 'other', 'ring.json'), 2, /"other" is no list; accepted: kek/);
  });

  it('exchanges a key in steps: enables the new one, then destroys the old one', async () => {
    await run('generate', '--out', 'ring.json');
    await run('add', 'index', 'ring.json');
    const [old, added] = loadKeyring(join(cwd, 'ring.json')).index.map(({ id }) => id);
    expectOneLine(await run('destroy', 'index', `${old}`, 'ring.json'), 2, /enable another first/);
    expect((await run('enable', 'index', `${added}`, 'ring.json')).code).toBe(0);
    expect((await run('destroy', 'index', `${old}`, 'ring.json')).code).toBe(0);
    const ring = loadKeyring(join(cwd, 'ring.json'));
    expect(ring.index.map(({ id, state }) => [id, state])).toEqual([[added, 'enabled']]);
    expect(ring.retiredMarks).toHaveLength(1);
    expect((await stat(join(cwd, 'ring.json'))).mode & 0o777).toBe(0o600);
    expectOneLine(await run('enable', 'index', 'none', 'ring.json'), 2, /no key of this id/);
  });

  it('lists states, from a file and from the application’s variables', async () => {
    await run('generate', '--out', 'ring.json');
    const plain = await run('status', 'ring.json');
    const env = { CACHE_KEYRING_FILE: join(cwd, 'ring.json') };
    const { stdout, code } = await vitalcache(['keyring', 'status', '--json'], { cwd, env });
    expect(stable(plain.stdout)).toMatchSnapshot();
    const { keys } = JSON.parse(stdout) as { keys: { list: string }[] };
    expect([code, keys.map(({ list }) => list)]).toEqual([0, ['kek', 'index', 'audit']]);
    for (const secret of await secretsOf()) expect(stdout + plain.stdout).not.toContain(secret);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', 'secret-words {', /it is not JSON/],
    ['another format', '{ "format": 9 }', /format must be 1/],
    [
      'a passphrase',
      `{ "format": 1, "index": [{ "id": "a", "state": "enabled", "key": "${Buffer.from('correct horse battery staple 123').toString('base64')}" }] }`,
      /index\[0\]\.key is text, such as a passphrase/,
    ],
  ])('says in one line what is wrong with %s, and repeats nothing of it', async (_, text, line) => {
    await writeFile(join(cwd, 'ring.json'), text, { mode: 0o600 });
    const result = await run('status', 'ring.json');
    expectOneLine(result, 2, line);
    expect(result.stderr).not.toMatch(/secret-words|Y29ycmVjd/);
  });

  it('refuses a file that others can read', async () => {
    await run('generate', '--out', 'ring.json');
    await chmod(join(cwd, 'ring.json'), 0o644);
    expectOneLine(await run('status', 'ring.json'), 2, /ring\.json has mode 0644.*chmod 600/);
    const none = await run('status', 'none.json');
    expectOneLine(none, 2, /The file .*none\.json can't be opened \(ENOENT\)/);
    expect(none.stderr).not.toContain('CACHE_KEYRING_FILE'); // nobody asked for that
    expectOneLine(await run('status'), 2, /set CACHE_KEYRING_FILE/);
  });
});
