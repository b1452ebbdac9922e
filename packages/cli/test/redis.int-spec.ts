import { CacheService } from '@vitalcache/core';
import { RedisCacheProvider, RedisService } from '@vitalcache/provider-redis';
import { describeWithRedis } from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { expectOneLine, vitalcache } from './support/vitalcache.js';

const NAME = 'Ada Lovelace';

describeWithRedis(
  'vitalcache on a Redis',
  (store) => {
    let cache: CacheService;
    const env = (): Record<string, string> => ({
      CACHE_PROVIDER: 'redis',
      REDIS_URL: store().url,
      CACHE_NAMESPACE: 'shop',
    });
    const run = (...args: string[]) => vitalcache(args, { env: env() });

    beforeAll(async () => {
      const service = new RedisService({ url: store().url });
      cache = new CacheService(new RedisCacheProvider(service), { namespace: 'shop' });
      await cache.start();
    });
    afterAll(() => cache.close());

    /** Numbers that differ from run to run. */
    const stable = (text: string): string =>
      text
        .replace(/\d+ of epoch \d+-\d+/, '<position> of epoch <epoch>')
        .replace(/\d{16}(-\d+)?( \([^)]+\))?/g, '<stamp>')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
        .replace(/(age|load took)( +)\d+ m?s/g, '$1$2<time>')
        .replace(/ (\d+ min \d+ s|\d+ min|\d+ s)(?= more|$)/gm, ' <time>');

    describe('inspect', () => {
      beforeEach(async () => {
        await cache.cache('users:7', () => ({ name: NAME }), {
          ttl: 300,
          tags: ['users'],
          jitterRatio: 0,
        });
        await cache.settled();
      });

      it('shows an entry, and nothing of its value', async () => {
        const { code, stdout, stderr } = await run('inspect', 'users:7');
        expect([code, stderr]).toEqual([0, '']);
        expect(stable(stdout)).toMatchSnapshot();
        expect(stdout).not.toContain(NAME);
      });

      it('shows it to machines', async () => {
        const { code, stdout } = await run('inspect', 'users:7', '--json');
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          namespace: 'shop',
          entries: [{ validity: 'valid', codec: 'json', isSealed: false, coverHashes: 3 }],
        });
        expect(stdout).not.toContain(NAME);
      });

      it('says that an entry is covered which is still stored', async () => {
        const client = new Redis(store().url);
        const bytes = await client.getBuffer('vc:shop:e:{users:7}');
        await cache.invalidateCacheByTag('users');
        await client.set('vc:shop:e:{users:7}', bytes as Buffer, 'PX', 60_000);
        client.disconnect();
        const { code, stdout } = await run('inspect', 'users:7');
        expect(stdout).toMatch(/validity +covered: an invalidation is later/);
        expect(code).toBe(0);
      });

      it('ends with 1 if there is nothing', async () => {
        const { code, stdout } = await run('inspect', 'users:404');
        expect([code, stdout]).toEqual([1, 'Nothing is stored for this key in namespace shop.\n']);
      });

      it('refuses a key that can be none', async () => {
        expectOneLine(await run('inspect', ''), 2, /key/);
      });

      it('writes nothing: a namespace that there is not stays so', async () => {
        const client = new Redis(store().url);
        await run('inspect', 'a', '--namespace', 'typo');
        await run('journal', 'tail', '--namespace', 'typo');
        await run('doctor', '--namespace', 'typo');
        expect(await client.keys('*typo*')).toEqual([]);
        client.disconnect();
      });
    });

    describe('journal tail', () => {
      it('shows the latest records, one a line', async () => {
        await cache.invalidateCacheByTag('users');
        await cache.invalidateCacheByPattern('users:*7');
        await cache.invalidateCacheByTag('users', { mode: 'stale', settleMs: 5_000 });
        await cache.clear();
        const { code, stdout } = await run('journal', 'tail', '--no-follow', '-n', '4');
        expect(code).toBe(0);
        expect(stable(stdout)).toMatchSnapshot();
      });

      it('shows what is recorded meanwhile, until it is interrupted', async () => {
        const endsWhen = (stdout: string): boolean => {
          if (stdout.split('\n').length === 2) void cache.invalidateCacheByPattern('live:*x');
          return stdout.includes('live');
        };
        const args = ['journal', 'tail', '-n', '1'];
        const { code, stdout, stderr } = await vitalcache(args, { env: env(), endsWhen });
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/pattern live:\*x$/);
      });

      it('shows each record to machines as a line of JSON', async () => {
        await cache.invalidateCacheByPattern('users:*7');
        const { stdout } = await run('journal', 'tail', '--no-follow', '-n', '1', '--json');
        expect(JSON.parse(stdout)).toMatchObject({ kind: 'glob', pattern: 'users:*7' });
      });

      it('ends with 1 if there is no journal', async () => {
        const { code, stderr } = await run('journal', 'tail', '--namespace', 'other');
        expect([code, stderr]).toEqual([
          1,
          'Namespace other has no journal: no cache with this name has started yet.\n',
        ]);
      });
    });

    describe('doctor', () => {
      /** What differs from server to server. */
      const facts = (text: string): string =>
        text
          .replace(/127\.0\.0\.1:\d+/g, '<address>')
          .replace(/redis \d+\.\d+\.\d+/, 'redis <version>')
          .replace(
            /(Known against this version \(notices up to )\w+ \d+\): .*?\. Update/,
            '$1<month>): <some>. Update',
          )
          .replace(/-?\d+ ms off/, '<some> ms off')
          .replace(/newest record .*? old/, 'newest record <some> old');

      it('says what to change about a server that is as it came', async () => {
        const { code, stdout, stderr } = await run('doctor');
        expect(facts(stdout)).toMatchSnapshot();
        expect([code, stderr]).toEqual([1, '']);
      });

      it('finds nothing dangerous with a user of its own', async () => {
        const client = new Redis(store().url);
        await client.call(
          'ACL',
          ...'SETUSER doctor on >pw-of-doctor ~vc:* +get +getrange +xrevrange +xrange +time +info +acl|whoami +select +client|setname'.split(
            ' ',
          ),
        );
        const own = { ...env(), REDIS_USERNAME: 'doctor', REDIS_PASSWORD: 'pw-of-doctor' };
        const asItself = await vitalcache(['doctor', '--json'], { env: own });
        expect(statesOf(asItself.stdout)).toMatchObject({
          'ACL user': 'ok',
          'ACL commands': 'unknown',
          slowlog: 'unknown',
          journal: 'ok',
        });
        expect(asItself.stdout).not.toContain('pw-of-doctor');
        const asAdmin = await run('doctor', '--json', '--user', 'doctor');
        expect(statesOf(asAdmin.stdout)).toMatchObject({
          'ACL user': 'ok',
          'ACL commands': 'ok',
          slowlog: 'ok',
        });
        await client.call('ACL', 'DELUSER', 'doctor');
        client.disconnect();
      });

      it('says so if Node can be inspected in production, or others read a secret', async () => {
        const more = {
          NODE_ENV: 'production',
          NODE_OPTIONS: '--inspect=0',
          REDIS_PASSWORD_FILE: __filename,
        };
        const { stdout } = await vitalcache(['doctor', '--json'], { env: { ...env(), ...more } });
        expect(statesOf(stdout)).toMatchObject({ inspector: 'problem', 'file modes': 'problem' });
      });

      it('ends with 3 and one line for a wrong password', async () => {
        const wrong = { ...env(), REDIS_USERNAME: 'somebody', REDIS_PASSWORD: 'hunter2-secret' };
        const { code, stdout, stderr } = await vitalcache(['doctor'], { env: wrong });
        expect(stdout).toMatch(/✖ reachable .*WRONGPASS/);
        expect(`${stdout}${stderr}`).not.toMatch(/hunter2|somebody/);
        expect(code).toBe(3);
        const inspected = await vitalcache(['inspect', 'a'], { env: wrong });
        expectOneLine(inspected, 3, /WRONGPASS/);
      });
    });
  },
  { needs: ['configure'], args: ['--save', '', '--maxmemory', '256mb'] },
);

function statesOf(json: string): Record<string, string> {
  const { findings } = JSON.parse(json) as { findings: { check: string; state: string }[] };
  return Object.fromEntries(findings.map(({ check, state }) => [check, state]));
}
