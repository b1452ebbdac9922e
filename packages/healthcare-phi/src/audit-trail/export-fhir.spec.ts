import { AuditDirectory, LogWriter } from '../../test/support/audit-log.fixture.js';
import type { FhirAuditEvent } from '../audit-sinks/fhir-audit-event.js';
import { exportFhir, type ExportFhirOptions } from './export-fhir.js';

describe('exportFhir', () => {
  const directory = new AuditDirectory();

  beforeAll(async () => {
    const log = await new LogWriter(directory.path).open();
    await (await log.records(2)).checkpoint();
    await log.records(1, { patientId: 'p-2' });
    await log.close();
  });
  afterAll(() => directory.dispose());

  const exported = async (format: 'ndjson' | 'bundle', options?: ExportFhirOptions) => {
    let text = '';
    const count = await exportFhir(
      directory.path,
      format,
      (piece) => void (text += piece),
      options,
    );
    return { text, count };
  };

  it('writes an AuditEvent a line, and none for checkpoints', async () => {
    const { text, count } = await exported('ndjson');
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as FhirAuditEvent);

    expect(count).toBe(3);
    expect(events).toHaveLength(3);
    expect(events.every(({ resourceType }) => resourceType === 'AuditEvent')).toBe(true);
  });

  it('writes one bundle that a FHIR feed takes', async () => {
    const { text } = await exported('bundle');

    expect(JSON.parse(text)).toMatchObject({
      resourceType: 'Bundle',
      type: 'batch',
      entry: Array(3).fill({
        resource: { resourceType: 'AuditEvent' },
        request: { method: 'POST', url: 'AuditEvent' },
      }),
    });
  });

  it('writes what concerns one patient, or was recorded within a span of time', async () => {
    const start = Date.UTC(2026, 0, 1);

    expect((await exported('ndjson', { patient: 'p-2' })).count).toBe(1);
    expect((await exported('bundle', { fromMs: start + 20, toMs: start + 30 })).count).toBe(1);
    expect(JSON.parse((await exported('bundle', { patient: 'none' })).text)).toMatchObject({
      entry: [],
    });
  });
});
