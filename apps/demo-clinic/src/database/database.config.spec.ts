import { join } from 'node:path';
import { readDatabaseConfig } from './database.config.js';

describe(readDatabaseConfig, () => {
  it('uses a folder of the app, 3 000 patients and 50 ms when nothing is set', () => {
    expect(readDatabaseConfig({ DEMO_PATIENTS: '' })).toEqual({
      target: { kind: 'directory', path: join(__dirname, '../../.data/pg') },
      patients: 3_000,
      patientsRequested: false,
      queryDelayMs: 50,
    });
  });

  it('takes a folder, memory or a server, the server first', () => {
    expect(readDatabaseConfig({ DEMO_DATA_DIR: '/somewhere/pg' }).target).toEqual({
      kind: 'directory',
      path: '/somewhere/pg',
    });
    expect(readDatabaseConfig({ DEMO_DATA_DIR: 'memory:' }).target).toEqual({ kind: 'memory' });
    const url = 'postgres://demo@localhost/demo';
    expect(readDatabaseConfig({ DEMO_DATA_DIR: 'memory:', DATABASE_URL: url }).target).toEqual({
      kind: 'server',
      url,
    });
  });

  it.each([
    ['DEMO_PATIENTS', '10', 10],
    ['DEMO_PATIENTS', ' 10000 ', 10_000],
    ['DEMO_QUERY_DELAY_MS', '0', 0],
    ['DEMO_QUERY_DELAY_MS', '5000', 5_000],
  ])('accepts %s=%j', (name, text, value) => {
    const config = readDatabaseConfig({ [name]: text });
    expect(name === 'DEMO_PATIENTS' ? config.patients : config.queryDelayMs).toBe(value);
  });

  it.each([
    ['DEMO_PATIENTS', '9'],
    ['DEMO_PATIENTS', '10001'],
    ['DEMO_PATIENTS', '1e3'],
    ['DEMO_QUERY_DELAY_MS', '-1'],
    ['DEMO_QUERY_DELAY_MS', '5001'],
    ['DEMO_QUERY_DELAY_MS', '1.5'],
  ])('refuses %s=%s and says what it takes', (name, text) => {
    expect(() => readDatabaseConfig({ [name]: text })).toThrow(
      new RegExp(`^${name} must be a whole number from \\d+ to \\d+`),
    );
  });

  it('does not repeat a URL that it refuses', () => {
    expect(() => readDatabaseConfig({ DATABASE_URL: 'mysql://root:secret@host/db' })).toThrow(
      /^(?!.*secret)DATABASE_URL/,
    );
  });
});
