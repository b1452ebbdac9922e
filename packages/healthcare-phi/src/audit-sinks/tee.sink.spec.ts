import { until } from '@vitalcache/testing';

import { AuditDirectory, READ, SIGNER } from '../../test/support/audit-log.fixture.js';
import { FaultySink } from '../../test/support/audit.rig.js';
import { AuditChain } from '../audit/audit.chain.js';
import { TeeAuditSink } from './tee.sink.js';

describe('TeeAuditSink', () => {
  const spool = new AuditDirectory();
  const chain = new AuditChain({
    node: 'n1',
    library: '0',
    clock: { now: () => 0, sleep: async () => undefined },
    monotonicMs: () => 0,
  });
  const session = { node: 'n1', chain: chain.id, signer: SIGNER };
  const tees: { tee: TeeAuditSink; sinks: FaultySink[] }[] = [];

  afterEach(async () => {
    for (const { tee, sinks } of tees.splice(0)) {
      sinks.forEach((sink) => sink.letGo());
      await tee.close();
    }
  });
  afterAll(() => spool.dispose());

  const teeOf = async (need: 'all' | 'quorum', count: number) => {
    const sinks = Array.from({ length: count }, () => new FaultySink());
    const tee = new TeeAuditSink({ sinks, need, spoolDirectory: spool.path });
    tees.push({ tee, sinks });
    await tee.open(session);
    return { tee, sinks };
  };
  const append = (tee: TeeAuditSink) => tee.append({ lines: [chain.link(READ)], isDurable: true });
  const numbers = (sink: FaultySink) => sink.records.map(({ seq }) => seq);

  it('with `all`, takes nothing that one of them does not take', async () => {
    const { tee, sinks } = await teeOf('all', 2);
    sinks[1]!.mode = 'down';

    await expect(append(tee)).rejects.toThrow('ECONNREFUSED');
  });

  it('with `all`, is durable when all are', async () => {
    const { tee, sinks } = await teeOf('all', 2);

    expect(await append(tee)).toBe(true);

    sinks[0]!.isDurable = false;

    expect(await append(tee)).toBe(false);
  });

  it('with `quorum`, goes on without one of three, and brings it what it missed, in order', async () => {
    const { tee, sinks } = await teeOf('quorum', 3);
    await append(tee);
    sinks[2]!.mode = 'down';
    for (let i = 0; i < 3; i++) expect(await append(tee)).toBe(true);

    expect(tee.health()).toEqual({ isUp: false, reason: 'down: memory' });

    sinks[2]!.mode = 'up';
    await until('it is tried again', async () => {
      await append(tee);
      return numbers(sinks[2]!).length > 1;
    });

    expect(numbers(sinks[2]!)).toEqual(numbers(sinks[0]!));
    expect(tee.health().isUp).toBe(true);
  });

  it('with `quorum`, is not held up by one that hangs', async () => {
    const { tee, sinks } = await teeOf('quorum', 3);
    sinks[2]!.mode = 'slow';
    for (let i = 0; i < 5; i++) expect(await append(tee)).toBe(true);

    expect(tee.health()).toEqual({ isUp: false, reason: 'down: memory' });

    sinks[2]!.letGo();
    await until('it has caught up', async () => {
      await append(tee);
      return numbers(sinks[2]!).length === numbers(sinks[0]!).length;
    });

    expect(numbers(sinks[2]!)).toEqual(numbers(sinks[0]!));
  });

  it('with `quorum`, fails when half of them do', async () => {
    const { tee, sinks } = await teeOf('quorum', 2);
    sinks[0]!.mode = 'down';

    await expect(append(tee)).rejects.toThrow('ECONNREFUSED');
  });

  it.each([
    ['no sink', { sinks: [], need: 'all' }],
    ['a quorum without a place for what is behind', { sinks: [new FaultySink()], need: 'quorum' }],
  ] as const)('refuses %s', (_, options) => {
    expect(() => new TeeAuditSink(options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
