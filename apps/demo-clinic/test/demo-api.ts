import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp } from '../src/create-app.js';

/** Small, quick to seed, and as slow to read as a test needs it. */
export const DEMO_ENV = { DEMO_DATA_DIR: 'memory:', DEMO_PATIENTS: '20', DEMO_QUERY_DELAY_MS: '0' };

/** What a test looks at in an answer. */
export interface Answer {
  readonly status: number;
  readonly cache: string | undefined;
  readonly age: string | undefined;
  readonly control: string | undefined;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into answers of many shapes
}

/** The demo's API without a port. */
export class DemoApi {
  private constructor(readonly app: NestFastifyApplication) {}

  static async open(env: Readonly<Record<string, string>> = {}): Promise<DemoApi> {
    const app = await createApp({ ...DEMO_ENV, ...env });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return new DemoApi(app);
  }

  async ask(
    method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    payload?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const asked = { method, url, payload, headers };
    const { statusCode, headers: told, payload: text } = await this.app.inject(asked);
    const body: unknown = /^[[{]/.test(text) ? JSON.parse(text) : text;
    const header = (name: string) => told[name]?.toString();
    const control = header('cache-control');
    return { status: statusCode, cache: header('cache-status'), age: header('age'), control, body };
  }

  /** @param login of the demo; absent: the one that is meant where nobody is named */
  get(url: string, login?: string): Promise<Answer> {
    return this.ask('GET', url, undefined, login === undefined ? {} : { 'x-demo-login': login });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
