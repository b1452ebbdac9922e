import type { PGlite } from '@electric-sql/pglite';
import type { PostgresPool, PostgresPoolClient } from 'kysely';

type Release = () => void;

/**
 * Lets kysely's PostgreSQL dialect run on the embedded server.
 *
 * The embedded server has one session: if two callers shared it, one's statements would land in the
 * other's transaction. So this pool hands out a single client, in the order of asking, and the next
 * caller waits until it is released.
 */
export class PglitePool implements PostgresPool {
  private tail: Promise<void> = Promise.resolve();

  constructor(private readonly server: PGlite) {}

  async connect(): Promise<PostgresPoolClient> {
    const release = await this.acquire();
    const query = async (sql: string, parameters: readonly unknown[]) => {
      const { rows, affectedRows } = await this.server.query(sql, [...parameters]);
      return { command: commandOf(sql), rowCount: affectedRows ?? 0, rows };
    };
    // The cursor form of `query` is only reached through streaming, which needs a cursor class that is not configured.
    return { query, release } as unknown as PostgresPoolClient;
  }

  /** Waits for the clients handed out, then shuts the server down. */
  async end(): Promise<void> {
    const release = await this.acquire();
    try {
      await this.server.close();
    } finally {
      // Whoever comes late gets the closed server's error instead of waiting for ever.
      release();
    }
  }

  private async acquire(): Promise<Release> {
    const turn = this.tail;
    let release: Release = () => undefined;
    this.tail = new Promise((resolve) => {
      release = resolve;
    });
    await turn;
    return release;
  }
}

function commandOf(sql: string): string {
  return (/^\s*([a-z]+)/i.exec(sql)?.[1] ?? '').toUpperCase();
}
