import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { FakeClock } from '@vitalcache/testing';

import { AuditDirectory, KEYS, READ } from '../../test/support/audit-log.fixture.js';
import { AuditRig, FaultySink } from '../../test/support/audit.rig.js';
import type { AuditBatch } from '../audit-sinks/audit-sink.js';
import { FileAuditSink } from '../audit-sinks/file.sink.js';
import { reportAudit } from '../audit-trail/report-audit.js';
import { verifyAudit } from '../audit-trail/verify-audit.js';
import type { SignedCheckpoint } from './audit-checkpoint.js';
import { LIBRARY_VERSION } from './library-version.js';
import { PhiAudit } from './phi.audit.js';
import type { PhiAuditOptions } from './phi-audit-options.js';

describe('PhiAudit', () => {
  const rigs: AuditRig[] = [];
  const started = (options?: ConstructorParameters<typeof AuditRig>[0]) => {
    const rig = new AuditRig(options);
    rigs.push(rig);
    return rig.start();
  };
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.dispose();
  });

  it('says its version as the package does', () => {
    const manifest = readFileSync(join(__dirname, '../../package.json'), 'utf8');

    expect(JSON.parse(manifest)).toMatchObject({ version: LIBRARY_VERSION });
  });

  it('starts once, however many caches that share it start it', async () => {
    const rig = await started();
    await Promise.all([rig.audit.start(), rig.audit.start()]);
    await rig.pass(100);

    expect(rig.sink.records.filter(({ event }) => event === 'audit-config')).toHaveLength(1);
  });

  describe('start', () => {
    const built = (sink: PhiAuditOptions['sink'], spool: AuditDirectory) =>
      new PhiAudit({
        sink,
        signingKey: KEYS.privateKey,
        spoolDirectory: spool.path,
        node: 'n1',
        limits: { sinkTimeoutMs: 2_000, spoolTimeoutMs: 2_000 },
      });
    const [log, spool] = [new AuditDirectory(), new AuditDirectory()];
    afterEach(() => [log, spool].forEach((each) => each.dispose()));

    it('is over when the first record is on the disk, so that a process that is killed then leaves a log', async () => {
      const audit = built(new FileAuditSink({ directory: log.path }), spool);
      await audit.start();
      const text = log.all.map((name) => readFileSync(join(log.path, name), 'utf8')).join('');
      await audit.close();

      expect(text).toContain('"act":"start"');
      expect(text).toContain('"c":');
    });

    it('is over with the first record on the local disk, while the sink is down', async () => {
      const sink = new FaultySink();
      sink.mode = 'down';
      const audit = built(sink, spool);
      await audit.start();
      const text = spool.all.map((name) => readFileSync(join(spool.path, name), 'utf8')).join('');
      await audit.close();

      expect(text).toContain('"act":"start"');
    });

    it('fails when neither takes it', async () => {
      const sink = new FaultySink();
      jest.spyOn(sink, 'append').mockImplementation(async () => {
        rmSync(spool.path, { recursive: true, force: true });
        throw new Error('ECONNREFUSED');
      });
      const audit = built(sink, spool);

      await expect(audit.start()).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
        message: expect.stringContaining('beside CACHE_AUDIT_FILE') as string,
      });
      expect(audit.health().status).toBe('critical');
    });
  });

  describe('record', () => {
    it('leaves ten records of ten callers of one load, and there is no option to leave any out', async () => {
      const rig = await started();
      await Promise.all(rig.reads(10).map(({ promise }) => promise));
      await rig.pass(100);

      expect(rig.sink.accesses).toHaveLength(10);
      expect(rig.sink.accesses.every(({ count }) => count === undefined)).toBe(true);
    });

    it('gathers what nobody waits for into one write', async () => {
      const rig = await started();
      const before = rig.sink.batches.length;
      rig.reads(100);
      await rig.pass(49);

      expect(rig.sink.batches).toHaveLength(before);

      await rig.pass(1, 1);

      expect(rig.sink.batches.slice(before)).toEqual([100]);
    });

    it('shares one write among those who come while another is under way', async () => {
      const rig = await started();
      rig.sink.mode = 'slow';
      const calls = rig.reads(64, { level: 'restricted' });
      await rig.settle();
      rig.sink.letGo();
      await rig.settle();

      expect(calls.every(({ state }) => state === 'served')).toBe(true);
      expect(rig.sink.batches.slice(-1)).toEqual([64]);
    });

    it('refuses before it was started and after it was closed', async () => {
      const spool = new AuditDirectory();
      const rig = new AuditRig({ spool });
      const early = rig.read();
      await rig.settle();
      await rig.start();
      await rig.dispose();
      const late = rig.read();
      await rig.settle();

      expect([early.state, late.state]).toEqual(['AUDIT_UNAVAILABLE', 'AUDIT_UNAVAILABLE']);
    });

    it('names no person in a refusal or an alarm', async () => {
      const rig = await started();
      await rig.takeDown();
      const call = rig.read({ level: 'restricted', patientId: 'p-secret', actor: 'dr-secret' });
      const error = await call.promise.catch((refusal: Error) => refusal);

      expect(String(error)).toContain('the sink of the audit is down');
      expect(JSON.stringify([rig.alarms, String(error)])).not.toContain('secret');
    });
  });

  describe('mergeWindowMs', () => {
    it('makes one record with the exact count of reads of one request that are alike', async () => {
      const rig = await started({ mergeWindowMs: 100 });
      await Promise.all(rig.reads(7).map(({ promise }) => promise));
      await rig.pass(200);

      expect(rig.sink.accesses).toMatchObject([{ count: 7, detail: { spanMs: 100 } }]);
    });

    it.each([
      ['actor', { actor: 'dr-2' }],
      ['patient', { patientId: 'p-2' }],
      ['purpose', { purpose: 'BTG' }],
      ['request', { requestId: 'q-2' }],
      ['outcome', { outcome: 8 }],
      ['tenant', { tenant: 'south' }],
    ] as const)('keeps reads apart that differ in %s', async (_, other) => {
      const rig = await started({ mergeWindowMs: 100 });
      rig.read();
      rig.read(other);
      await rig.pass(200);

      expect(rig.sink.accesses).toHaveLength(2);
    });

    it.each([
      ['without a request id', { requestId: undefined }],
      ['restricted', { level: 'restricted' }],
      ['emergencies', { isEmergency: true }],
      ['writes', { event: 'write' }],
    ] as const)('merges nothing %s', async (_, event) => {
      const rig = await started({ mergeWindowMs: 100 });
      rig.reads(3, event);
      await rig.pass(200);

      expect(rig.sink.accesses).toHaveLength(3);
    });

    it('loses none when it is closed before the time', async () => {
      const rig = await started({ mergeWindowMs: 60_000 });
      rig.reads(3);
      await rig.settle();
      await rig.audit.close();

      expect(rig.sink.accesses).toMatchObject([{ count: 3 }]);
    });
  });

  describe('checkpoints', () => {
    const checkpoints = (rig: AuditRig) =>
      rig.sink.lines.filter(({ kind }) => kind === 'checkpoint');

    it('are made with the first record, every 256 records, and a second after the last', async () => {
      const rig = await started();

      expect(checkpoints(rig)).toMatchObject([{ seq: 1 }]);

      rig.reads(300);
      await rig.pass(60);

      expect(checkpoints(rig)).toMatchObject([{ seq: 1 }, { seq: 257 }]);

      await rig.pass(1_000);

      expect(checkpoints(rig).at(-1)).toMatchObject({ seq: 301 });

      await rig.pass(10_000);

      expect(checkpoints(rig)).toHaveLength(3);
    });

    it('are made at the end', async () => {
      const rig = await started();
      rig.read();
      await rig.audit.close();

      expect(rig.sink.lines.at(-1)).toMatchObject({ kind: 'checkpoint', seq: 3 });
    });

    it('go to the anchor, which may be down without anybody waiting', async () => {
      const anchored: SignedCheckpoint[] = [];
      let isDown = true;
      const anchor = {
        append: async (signed: SignedCheckpoint) => {
          if (isDown) throw new Error('down');
          anchored.push(signed);
        },
        read: async () => anchored,
      };
      const rig = await started({ anchor });
      await rig.settle();
      const call = rig.read({ level: 'restricted' });
      await rig.settle();

      expect(call.state).toBe('served');
      expect(rig.alarmKinds).toEqual(['anchor-failed']);
      expect(rig.audit.health().status).toBe('warning');

      isDown = false;
      await rig.pass(2_100);

      expect(anchored.at(-1)?.checkpoint).toMatchObject({ size: 2 });
      expect(rig.audit.health().status).toBe('healthy');
    });

    it('that can not be signed hold no record up', async () => {
      const signingKey = { keyId: 'k', sign: () => Promise.reject(new Error('no key')) };
      const rig = await started({ signingKey });
      const call = rig.read({ level: 'restricted' });
      await rig.settle();

      expect(call.state).toBe('served');
      expect(rig.alarmKinds).toEqual(['signer-failed']);
    });
  });

  describe('position', () => {
    it('is that of the last record, which the log then has', async () => {
      const rig = await started();
      rig.read();
      await rig.settle();
      const position = await rig.audit.position();
      await rig.pass(100);

      const line = rig.sink.lines.find(({ kind, seq }) => kind === 'record' && seq === 2);
      expect(position).toMatchObject({ chain: line!.chain, seq: 2 });
      expect(line).toMatchObject({ hash: position!.hash });
    });
  });

  describe('start', () => {
    it('begins with a record that says how the log is kept, and where the chain before it stood', async () => {
      const sink = new FaultySink();
      const first = await started({ sink });
      first.read();
      await first.audit.close();
      const last = sink.records.at(-1)!;
      await started({ sink });

      expect(sink.records[sink.records.indexOf(last) + 1]).toMatchObject({
        seq: 1,
        event: 'audit-config',
        actor: 'system',
        detail: { act: 'start', sink: 'memory' },
        previous: { chain: last.chain, seq: last.seq },
      });
    });

    it('begins although the sink is down, and says so', async () => {
      const sink = new FaultySink();
      sink.mode = 'down';
      const rig = new AuditRig({ sink });
      rigs.push(rig);
      await rig.audit.start();

      expect(rig.audit.health().status).toBe('critical');
      expect(rig.alarmKinds).toEqual(['sink-down']);
    });

    it.each<[string, Partial<PhiAuditOptions>]>([
      ['a node that is none', { node: 'a\nb' }],
      ['a key that is none', { signingKey: 'secret' }],
      ['a public key', { signingKey: KEYS.publicKey }],
    ])('does not begin with %s', (_, options) => {
      const make = () =>
        new PhiAudit({
          sink: new FaultySink(),
          signingKey: KEYS.privateKey,
          spoolDirectory: '/nowhere',
          ...options,
        });

      expect(make).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    });
  });

  describe('with files', () => {
    const directories: AuditDirectory[] = [];
    const directory = () => {
      const made = new AuditDirectory();
      directories.push(made);
      return made;
    };
    afterEach(() => directories.splice(0).forEach((each) => each.dispose()));

    const withFiles = async (
      log: AuditDirectory,
      spool: AuditDirectory,
      clock = new FakeClock(),
    ) => {
      const sink = new FileAuditSink({ directory: log.path, clock });
      const audit = new PhiAudit({
        sink,
        signingKey: KEYS.privateKey,
        spoolDirectory: spool.path,
        node: 'n1',
      });
      await audit.start();
      return { audit, sink };
    };

    it('leaves a log that is found intact, process after process', async () => {
      const [log, spool] = [directory(), directory()];
      for (let i = 0; i < 3; i++) {
        const { audit } = await withFiles(log, spool, new FakeClock(Date.now() + i));
        await Promise.all(
          (['standard', 'sensitive', 'restricted'] as const).map((level) =>
            audit.record({ ...READ, level }),
          ),
        );
        await audit.record({ ...READ, isEmergency: true });
        expect(await audit.close()).toBe(0);
      }

      expect(await verifyAudit(log.path, KEYS.publicKey)).toMatchObject({
        exitCode: 0,
        findings: [],
        chains: 3,
        records: 18,
      });
      expect(spool.all).toEqual([]);
    });

    /** From some moment on it hangs, as a disk does before a machine dies. */
    class HangingSink extends FileAuditSink {
      hangs = false;

      override append(batch: AuditBatch): Promise<boolean> {
        return this.hangs ? new Promise(() => undefined) : super.append(batch);
      }
    }

    it('goes on after a crash: what got to the local disk comes first, and what is lost is accounted for', async () => {
      const [log, spool] = [directory(), directory()];
      const sink = new HangingSink({ directory: log.path });
      const crashed = new PhiAudit({
        sink,
        signingKey: KEYS.privateKey,
        spoolDirectory: spool.path,
        node: 'n1',
        limits: { sinkTimeoutMs: 1_500 },
      });
      await crashed.start();
      await crashed.record({ ...READ, level: 'restricted' });
      sink.hangs = true;
      // Two that only the memory has, and one that got to the local disk.
      await crashed.record(READ);
      await crashed.record(READ);
      await crashed.record({ ...READ, isEmergency: true, patientId: 'p-9' });
      const [file] = log.files;
      log.write(file!, `${log.read(file)}{"h":"torn by the cra`);
      for (const name of spool.all) {
        // No process has that number: it is gone.
        const orphan = name.replace(`.${process.pid}.`, '.4194305.');
        renameSync(join(spool.path, name), join(spool.path, orphan));
      }

      const { audit } = await withFiles(log, spool, new FakeClock(Date.now() + 60_000));
      await audit.close();
      const { exitCode, findings } = await verifyAudit(log.path, KEYS.publicKey);

      expect(exitCode).toBe(0);
      expect(findings.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['declared-gap', 'torn-line', 'unsigned-tail']),
      );
      expect(findings).toHaveLength(3);
      expect(await reportAudit(log.path, { patient: 'p-9' })).toMatchObject({ events: 1 });
      expect(spool.all).toEqual([]);
      await crashed.close();
    });
  });
});
