import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import type { Answer, DemoApi } from './demo-api.js';

/** The demo's API on a port. */
export class HttpApi implements Pick<DemoApi, 'ask' | 'get'> {
  /** Of everything that was asked so far. */
  readonly answers: unknown[] = [];

  private constructor(readonly url: string) {}

  static async listen(app: NestFastifyApplication): Promise<HttpApi> {
    await app.listen(0, '127.0.0.1');
    return new HttpApi(await app.getUrl());
  }

  async ask(
    method: string,
    path: string,
    payload?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const body = payload && JSON.stringify(payload);
    const type = payload && { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, ...type },
      ...(body !== undefined && { body }),
    });
    const text = await answer.text();
    const told: unknown = /^[[{]/.test(text) ? JSON.parse(text) : text;
    this.answers.push(told);
    const header = (name: string) => answer.headers.get(name) ?? undefined;
    return {
      status: answer.status,
      cache: header('cache-status'),
      age: header('age'),
      control: header('cache-control'),
      body: told,
    };
  }

  get(path: string, login?: string): Promise<Answer> {
    return this.ask('GET', path, undefined, login === undefined ? {} : { 'x-demo-login': login });
  }
}
