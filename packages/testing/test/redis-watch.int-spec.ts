import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';

import {
  CANARY_MARKS,
  CANARY_PATIENT,
  CanarySweep,
  describeWithRedis,
  until,
  watchRedis,
  type CanaryReport,
  type RedisWatch,
} from '../src/index.js';

const { name, mrn, note } = CANARY_PATIENT;
const FILES = ['RDB', 'AOF', 'server log'];
const PLACES = [
  'MONITOR',
  'keyspace events',
  'SLOWLOG',
  'ACL LOG',
  'streams',
  'keys',
  ...FILES,
] as const;

describeWithRedis(
  'watchRedis',
  (store) => {
    let client: Redis;
    let watch: RedisWatch;
    beforeAll(() => void (client = new Redis(store().url)));
    afterAll(() => void client.disconnect());
    beforeEach(async () => {
      await store().flush();
      await client.call('ACL', 'LOG', 'RESET');
      await client.bgrewriteaof(); // what earlier tests wrote is no longer in it
      await until('the file is rewritten', async () =>
        /aof_rewrite_in_progress:0\r/.test(await client.info('persistence')),
      );
      watch = await watchRedis(store().url);
      await client.slowlog('RESET');
    });
    afterEach(() => watch.stop());

    /** Of the places where a mark was found, and that all of them were looked at. */
    const placesWith = async (text: string): Promise<string[]> => {
      const report = await new CanarySweep().search(watch.places);
      const local = store().kind === 'binary' ? [] : FILES;
      expect(report.unread.map(({ place }) => place)).toEqual(local.length > 0 ? FILES : []);
      return placesOf(report, CANARY_MARKS.indexOf(text));
    };

    it('finds nothing in what is sealed, and has looked at all places', async () => {
      const sealed = randomBytes(200);
      await client.set('k', sealed);
      await client.xadd('journal', '*', 'record', sealed);
      await client.call('ACL', 'SETUSER', 'nobody', 'on', '>pw', '+auth');
      await client.call('AUTH', 'nobody', 'wrong').catch(() => undefined);
      const report = await new CanarySweep().search(watch.places);
      expect(report.findings).toEqual([]);
      const looked = PLACES.filter((place) => (report.searched[place] ?? 0) > 0);
      if (store().kind === 'binary') expect(looked).toEqual(PLACES);
    });

    it('finds a mark in a value', async () => {
      await client.set('k', `${'x'.repeat(500)}${JSON.stringify({ note })}`);
      const found = await placesWith(note);
      expect(found).toEqual(expect.arrayContaining(['MONITOR', 'keys']));
      if (store().kind === 'binary') expect(found).toEqual(expect.arrayContaining(['RDB', 'AOF']));
    });

    it('finds a mark in a key, wherever that is told', async () => {
      await client.set(`patient:${name}`, 'x');
      expect(await placesWith(name)).toEqual(
        expect.arrayContaining(['MONITOR', 'keyspace events', 'SLOWLOG', 'keys']),
      );
    });

    it('finds a mark in a record of the journal', async () => {
      await client.xadd('journal', '*', 'pattern', `users:${mrn}:*`);
      expect(await placesWith(mrn)).toEqual(expect.arrayContaining(['streams', 'MONITOR']));
      expect(await placesWith(mrn)).not.toContain('keys');
    });

    it('finds a mark in what a user may not read', async () => {
      await client.call('ACL', 'SETUSER', 'reader', 'on', '>pw', '~public:*', '+get');
      const reader = client.duplicate({
        username: 'reader',
        password: 'pw',
        enableReadyCheck: false,
      });
      reader.on('error', () => undefined);
      await reader.get(`patient:${mrn}`).catch(() => undefined);
      reader.disconnect();
      expect(await placesWith(mrn)).toContain('ACL LOG');
    });

    it('finds a mark of a moment in MONITOR: an argument of a command that failed', async () => {
      await client.call('GET', note, 'one too many').catch(() => undefined);
      await client.call('SETEX', 'k', '-1', note).catch(() => undefined);
      expect(await placesWith(note)).toContain('MONITOR');
    });

    it.each<[string, (client: Redis) => Promise<unknown>]>([
      ['a hash', (c) => c.hset('h', 'field', note)],
      ['a field of a hash', (c) => c.hset('h', note, '1')],
      ['a list', (c) => c.rpush('l', 'a', note)],
      ['a set', (c) => c.sadd('s', note)],
      ['a sorted set', (c) => c.zadd('z', 1, note)],
      ['another database', (c) => c.pipeline().select(3).set('k', note).select(0).exec()],
      ['hexadecimal digits', (c) => c.set('k', Buffer.from(note).toString('hex'))],
      ['the middle of Base64', (c) => c.set('k', Buffer.from(`xy${note}`).toString('base64'))],
    ])('finds a mark in %s', async (_, write) => {
      await write(client);
      expect(await placesWith(note)).toContain('keys');
    });

    it('gives the server its settings back', async () => {
      const [, during] = await client.config('GET', 'slowlog-log-slower-than');
      await watch.stop();
      const [, after] = await client.config('GET', 'slowlog-log-slower-than');
      expect([during, after]).toEqual(['0', '10000']);
    });

    it('says what it can no longer hear, instead of finding nothing', async () => {
      await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      const { unread } = await new CanarySweep().search(watch.places);
      expect(unread.map(({ place }) => place)).toEqual(
        expect.arrayContaining(['MONITOR', 'keyspace events', 'keys']),
      );
    });
  },
  { needs: ['configure'], args: ['--appendonly', 'yes', '--logfile', 'server.log'] },
);

function placesOf({ findings }: CanaryReport, mark: number): string[] {
  return [...new Set(findings.filter((one) => one.mark === mark).map(({ place }) => place))];
}
