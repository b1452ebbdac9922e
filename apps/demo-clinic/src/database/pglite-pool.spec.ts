import type { PGlite } from '@electric-sql/pglite';
import { PglitePool } from './pglite-pool.js';

class RecordingServer {
  readonly log: string[] = [];

  async query(sql: string) {
    await new Promise(setImmediate);
    this.log.push(sql);
    return { rows: [], affectedRows: 2 };
  }

  close(): Promise<void> {
    this.log.push('close');
    return Promise.resolve();
  }
}

describe(PglitePool, () => {
  let server: RecordingServer;
  let pool: PglitePool;

  const transaction = async (name: string) => {
    const client = await pool.connect();
    for (const step of ['begin', 'work', 'commit']) await client.query(`${step} ${name}`, []);
    client.release();
  };

  beforeEach(() => {
    server = new RecordingServer();
    pool = new PglitePool(server as unknown as PGlite);
  });

  it("keeps one caller's statements out of another's transaction", async () => {
    await Promise.all(['a', 'b', 'c'].map(transaction));
    expect(server.log).toEqual(
      ['a', 'b', 'c'].flatMap((name) => [`begin ${name}`, `work ${name}`, `commit ${name}`]),
    );
  });

  it('closes the server after the clients that were handed out', async () => {
    await Promise.all([transaction('a'), pool.end()]);
    expect(server.log).toEqual(['begin a', 'work a', 'commit a', 'close']);
  });

  it('does not let anybody wait for ever after the end', async () => {
    await pool.end();
    await expect(pool.connect()).resolves.toBeDefined();
  });

  it.each([
    ['insert into t values (1)', 'INSERT'],
    ['  UPDATE t set a = 1', 'UPDATE'],
    ['select 1', 'SELECT'],
  ])('tells the command of %j, by which kysely counts rows', async (sql, command) => {
    const client = await pool.connect();
    expect(await client.query(sql, [])).toEqual({ command, rowCount: 2, rows: [] });
  });
});
