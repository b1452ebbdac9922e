import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp } from '../src/create-app.js';

/** Small, quick to seed, and as slow to read as a test needs it. */
const ENV = { DEMO_DATA_DIR: 'memory:', DEMO_PATIENTS: '20', DEMO_QUERY_DELAY_MS: '0' };

/** What a test looks at in an answer. */
export interface Answer {
  readonly status: number;
  readonly cache: string | undefined;
  readonly age: string | undefined;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into answers of many shapes
}

/** The demo's API without a port. */
export class DemoApi {
  private constructor(readonly app: NestFastifyApplication) {}

  static async open(env: Readonly<Record<string, string>> = {}): Promise<DemoApi> {
    const app = await createApp({ ...ENV, ...env });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new DemoApi(app);
  }

  async ask(
    method: 'GET' | 'PATCH' | 'POST' | 'DELETE',
    url: string,
    payload?: object,
  ): Promise<Answer> {
    const { statusCode, headers, payload: text } = await this.app.inject({ method, url, payload });
    const body: unknown = /^[[{]/.test(text) ? JSON.parse(text) : text;
    const header = (name: string) => headers[name]?.toString();
    return { status: statusCode, cache: header('cache-status'), age: header('age'), body };
  }

  get(url: string): Promise<Answer> {
    return this.ask('GET', url);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
