import {
  describeWithRedis,
  describeWithReplicaPair,
  until,
  type TestStore,
} from '@vitalcache/testing';
import { Redis } from 'ioredis';

import { PhiAudit } from '../src/audit/phi.audit.js';
import { FileAuditSink } from '../src/audit-sinks/file.sink.js';
import { RedisAuditAnchor } from '../src/audit-sinks/redis.anchor.js';
import { RedisAuditSink, type RedisAuditSinkOptions } from '../src/audit-sinks/redis.sink.js';
import { connectRedisAudit } from '../src/audit-sinks/redis-audit.client.js';
import { saveRedisAudit } from '../src/audit-trail/save-redis-audit.js';
import { verifyAudit } from '../src/audit-trail/verify-audit.js';
import { AuditDirectory, KEYS, READ, SIGNER } from './support/audit-log.fixture.js';

const SESSION = { node: 'n1', chain: '00000000-0000-4000-8000-000000000001', signer: SIGNER };
const AOF = ['--appendonly', 'yes', '--appendfsync', 'always'];

const directories: AuditDirectory[] = [];
const sinks: RedisAuditSink[] = [];
const audits: PhiAudit[] = [];
const directory = () => {
  const made = new AuditDirectory();
  directories.push(made);
  return made;
};
const sinkAt = async (
  url: string,
  prefix: string,
  options: Partial<RedisAuditSinkOptions> = {},
) => {
  const client = await connectRedisAudit(url);
  const sink = new RedisAuditSink({ client, prefix, ...options });
  sinks.push(sink);
  return sink;
};
const auditOn = async (sink: RedisAuditSink, spool = directory()) => {
  const audit = new PhiAudit({
    sink,
    signingKey: KEYS.privateKey,
    spoolDirectory: spool.path,
    node: 'n1',
    limits: { sinkTimeoutMs: 1_000, retryMs: 100, maxRetryMs: 200 },
  });
  audits.push(audit);
  await audit.start();
  return audit;
};
const recordsOf = async (sink: RedisAuditSink) => {
  const records = [];
  for (const chain of await sink.chains()) {
    for await (const line of sink.lines(chain))
      if (line.kind === 'record') records.push(line.record);
  }
  return records;
};
const verified = async (sink: RedisAuditSink) => {
  const copy = directory();
  await saveRedisAudit(sink, copy.path);
  return verifyAudit(copy.path, KEYS.publicKey);
};

afterEach(async () => {
  for (const audit of audits.splice(0)) await audit.close(2_000);
  for (const sink of sinks.splice(0)) await sink.close().catch(() => undefined);
  for (const each of directories.splice(0)) each.dispose();
});

describeWithRedis(
  'RedisAuditSink',
  (store) => {
    const prefix = () => `${store().prefix}:audit`;
    const client = async <T>(work: (redis: Redis) => Promise<T>) => {
      const redis = new Redis(store().url);
      try {
        return await work(redis);
      } finally {
        redis.disconnect();
      }
    };
    afterEach(() => store().flush());

    it('keeps a log that is found intact, chain after chain', async () => {
      const sink = await sinkAt(store().url, prefix());
      for (let i = 0; i < 2; i++) {
        const audit = await auditOn(await sinkAt(store().url, prefix()));
        for (let n = 0; n < 300; n++) await audit.record(READ);
        await audit.record({ ...READ, level: 'restricted' });
        expect(await audit.close()).toBe(0);
      }

      expect(await verified(sink)).toMatchObject({
        exitCode: 0,
        findings: [],
        chains: 2,
        records: 2 * 303,
      });
    });

    it('never trims, and gives no key an expiry', async () => {
      const audit = await auditOn(await sinkAt(store().url, prefix()));
      for (let n = 0; n < 5_000; n++) await audit.record(READ);
      await audit.flush();
      const keys = await client((redis) => redis.keys(`${prefix()}*`));

      expect(keys).toHaveLength(2);
      for (const key of keys) expect(await client((redis) => redis.ttl(key))).toBe(-1);
      expect(await recordsOf(sinks[0]!)).toHaveLength(5_001);
    });

    it('does not keep twice what comes again', async () => {
      const sink = await sinkAt(store().url, prefix());
      const audit = await auditOn(sink);
      await audit.record({ ...READ, level: 'restricted' });
      await audit.close();
      const again = await sinkAt(store().url, prefix());
      await again.open(SESSION);
      const [chain] = await again.chains();
      const lines = [];
      for await (const line of again.lines(chain!)) lines.push(line);
      await again.append({ lines, isDurable: true });

      expect(await recordsOf(again)).toHaveLength(3);
    });

    it('goes on when the server was killed: restricted is refused meanwhile, all else is in the log afterwards', async () => {
      const { kill, start } = store() as Required<TestStore>;
      const sink = await sinkAt(store().url, prefix());
      const audit = await auditOn(sink);
      await audit.record({ ...READ, level: 'restricted' });
      await kill.call(store());
      for (let i = 0; i < 20; i++) await audit.record({ ...READ, patientId: 'during' });
      await audit.record({ ...READ, isEmergency: true, patientId: 'urgent' });

      await expect(audit.record({ ...READ, level: 'restricted' })).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });

      await start.call(store());
      await until('the sink is used again', () => audit.health().status === 'healthy');
      await audit.flush();
      const records = await recordsOf(sink);

      expect(records.filter(({ patient }) => patient === 'during')).toHaveLength(20);
      expect(records.filter(({ patient }) => patient === 'urgent')).toHaveLength(1);
      expect(records.filter(({ event }) => event === 'audit-gap').length).toBeGreaterThan(0);
      await audit.close();
      expect(await verified(await sinkAt(store().url, prefix()))).toMatchObject({ exitCode: 0 });
    });

    it('is not there for a while, hanging: nobody hangs with it', async () => {
      const { pause, resume } = store() as Required<TestStore>;
      const audit = await auditOn(await sinkAt(store().url, prefix()));
      await pause.call(store());
      try {
        await audit.record(READ);
        await audit.record({ ...READ, isEmergency: true });
        await expect(audit.record({ ...READ, level: 'restricted' })).rejects.toMatchObject({
          code: 'AUDIT_UNAVAILABLE',
        });
      } finally {
        await resume.call(store());
      }
      await until('the sink is used again', () => audit.health().status === 'healthy');
    });

    it('drops nothing when the server is full', async () => {
      const sink = await sinkAt(store().url, prefix());
      const audit = await auditOn(sink);
      await client((redis) => redis.config('SET', 'maxmemory', 1));
      for (let i = 0; i < 10; i++) await audit.record({ ...READ, patientId: 'during' });
      await until('it is noticed', () => audit.health().status === 'critical');
      await client((redis) => redis.config('SET', 'maxmemory', 0));
      await until('the sink is used again', () => audit.health().status === 'healthy');
      await audit.flush();

      const during = (await recordsOf(sink)).filter(({ patient }) => patient === 'during');
      expect(during).toHaveLength(10);
    });

    it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])(
      'refuses a server that may drop records (%s)',
      async (policy) => {
        await client((redis) => redis.config('SET', 'maxmemory-policy', policy));
        try {
          const sink = await sinkAt(store().url, prefix());

          await expect(sink.open(SESSION)).rejects.toMatchObject({
            code: 'CONFIG_INVALID',
            message: expect.stringContaining(policy),
          });
        } finally {
          await client((redis) => redis.config('SET', 'maxmemory-policy', 'noeviction'));
        }
      },
    );

    it('refuses a server that holds cached values', async () => {
      const info = await client((redis) => redis.info('server'));
      const runId = /run_id:(\w+)/.exec(info)![1]!;
      const sink = await sinkAt(store().url, prefix(), { apartFrom: async () => [runId] });

      await expect(sink.open(SESSION)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('a server of its own'),
      });
    });

    it('takes what is synced to the disk for durable, and nothing else', async () => {
      const sink = await sinkAt(store().url, prefix());
      await sink.open(SESSION);

      expect(await sink.append({ lines: [], isDurable: true })).toBe(true);

      await client((redis) => redis.config('SET', 'appendfsync', 'everysec'));
      const lax = await sinkAt(store().url, prefix());
      await lax.open(SESSION);
      const isKnown = await client((redis) => redis.call('COMMAND', 'INFO', 'waitaof'));
      const canWait = Array.isArray((isKnown as unknown[])[0]);

      expect(await lax.append({ lines: [], isDurable: true })).toBe(canWait);

      await client((redis) => redis.config('SET', 'appendonly', 'no'));
      const none = await sinkAt(store().url, prefix());
      await none.open(SESSION);

      expect(await none.append({ lines: [], isDurable: true })).toBe(false);

      await client((redis) => redis.config('SET', 'appendonly', 'yes'));
      await client((redis) => redis.config('SET', 'appendfsync', 'always'));
    });

    it('refuses to cross a network in the clear', async () => {
      await expect(connectRedisAudit('redis://10.0.0.1:6379')).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
    });

    describe('RedisAuditAnchor', () => {
      it('shows that the end of a log was cut off', async () => {
        const [log, spool] = [directory(), directory()];
        const anchor = new RedisAuditAnchor({ client: await connectRedisAudit(store().url) });
        const audit = new PhiAudit({
          sink: new FileAuditSink({ directory: log.path }),
          signingKey: KEYS.privateKey,
          spoolDirectory: spool.path,
          anchor,
        });
        audits.push(audit);
        await audit.start();
        for (let i = 0; i < 600; i++) await audit.record(READ);
        await audit.flush();
        await until('it is anchored', async () => (await anchor.read()).length >= 2);

        expect(await verifyAudit(log.path, KEYS.publicKey, { anchor })).toMatchObject({
          exitCode: 0,
        });

        log.edit((lines) => lines.slice(0, 100));

        expect(await verifyAudit(log.path, KEYS.publicKey, { anchor })).toMatchObject({
          exitCode: 1,
          findings: expect.arrayContaining([expect.objectContaining({ kind: 'tail-cut' })]),
        });
      });
    });
  },
  { args: AOF, needs: ['kill', 'pause'] },
);

describeWithReplicaPair('RedisAuditSink with a replica', (pair) => {
  // One that was just linked counts for nobody before it has said so.
  beforeAll(() => pair().inSync());

  it('takes for durable what the replica has, and nothing when it is gone', async () => {
    const { url } = pair().primary;
    const sink = await sinkAt(url, 'audit', { replicas: 1, waitMs: 2_000 });
    const audit = await auditOn(sink);

    await expect(audit.record({ ...READ, level: 'restricted' })).resolves.toBeUndefined();

    await pair().replica.kill();

    await expect(audit.record({ ...READ, level: 'restricted' })).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
  });
});
