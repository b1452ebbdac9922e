import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { AuditDirectory, LogWriter, READ } from '../../test/support/audit-log.fixture.js';
import { renderAuditReport } from './render-report.js';
import { reportAudit, type AuditReportSelection } from './report-audit.js';

const GOLDEN = join(__dirname, '../../test/golden');

describe('reportAudit', () => {
  const directory = new AuditDirectory();

  beforeAll(async () => {
    const log = await new LogWriter(directory.path).open();
    await log.records(2, { purpose: 'TREAT' });
    await log.records(1, { patientId: 'p-2', actor: 'dr-2', onBehalfOf: 'dr-1' });
    await log.records(1, { event: 'authz-deny', outcome: 8, detail: { code: 'NO_ROLE' } });
    await log.records(1, {
      event: 'btg-start',
      action: 'E',
      actor: 'dr-3',
      grantId: 'g-1',
      purpose: 'BTG',
      detail: { reason: 'unconscious\n\u001b[2Jforged line', minutes: 15 },
    });
    await log.records(1, { actor: 'dr-3', grantId: 'g-1', purpose: 'BTG', isStale: true });
    await log.write(log.chain.link({ ...READ, actor: 'dr-4', patientId: 'p-2' }, 3));
    await log.close();
  });
  afterAll(() => directory.dispose());

  it.each<[string, AuditReportSelection]>([
    ['everything', {}],
    ['patient', { patient: 'p-1' }],
    ['actor', { actor: 'dr-1' }],
    ['break-glass', { breakGlass: true }],
    ['failures', { failures: true }],
  ])('reports %s as the golden file says', async (name, selection) => {
    const text = renderAuditReport(await reportAudit(directory.path, selection));
    const stable = text.replaceAll(directory.files[0]!, 'audit.jsonl');

    expect(stable).toBe(readFileSync(join(GOLDEN, `report-${name}.txt`), 'utf8'));
  });

  it('counts every event that a record stands for', async () => {
    const { records, events } = await reportAudit(directory.path, { actor: 'dr-4' });

    expect({ records: records.length, events }).toEqual({ records: 1, events: 3 });
  });

  it('reports what happened within a span of time', async () => {
    const { records } = await reportAudit(directory.path);
    const fromMs = Date.parse(records[1]!.record.time);
    const within = await reportAudit(directory.path, { fromMs, toMs: fromMs + 11 });

    expect(within.records.map(({ line }) => line)).toEqual([2, 3]);
  });
});
