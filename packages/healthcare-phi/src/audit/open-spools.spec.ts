import { AuditRig } from '../../test/support/audit.rig.js';

describe('two audits of one process with one directory for their spools', () => {
  it('leave what the other one has there alone, and each brings its own to its sink once', async () => {
    const one = await new AuditRig().start();
    await one.takeDown();
    one.reads(3, { actor: 'early' });
    await one.until('they are on the disk', () => one.spooled('spool').length >= 4);

    const other = await new AuditRig({ spool: one.spool }).start();
    one.reads(2, { actor: 'late' });
    await one.until('these are too', () => one.spooled('spool').length >= 6);
    expect(one.alarmKinds).not.toContain('spool-failed');

    one.sink.mode = 'up';
    await one.until('the sink is up', () => {
      one.clock.advance(1_000);
      return one.alarmKinds.includes('sink-up');
    });
    const actors = ({ sink }: AuditRig) => sink.accesses.map(({ actor }) => actor);
    expect(actors(one)).toEqual(['prober', 'early', 'early', 'early', 'late', 'late']);
    expect(actors(other)).toEqual([]);
    await other.dispose();
    await one.dispose();
  });

  it('take what the other one left when it was closed', async () => {
    const one = await new AuditRig().start();
    await one.takeDown();
    const closing = one.audit.close();
    await one.pass(20_000);
    await closing;
    const other = await new AuditRig({ spool: one.spool }).start();
    expect(other.sink.accesses.map(({ actor }) => actor)).toEqual(['prober']);
    await other.dispose();
  });
});
