import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}
/** `null`: no answer at all. */
export type LoopbackAnswer = {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
} | null;

/** An HTTP server on loopback that answers JSON, and remembers what it was asked. */
export class Loopback {
  readonly requests: LoopbackRequest[] = [];
  answer: (request: LoopbackRequest) => LoopbackAnswer = () => ({ status: 404, body: {} });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as never;
        const request = { path: incoming.url ?? '', headers: incoming.headers, body };
        this.requests.push(request);
        const answer = this.answer(request);
        if (!answer) return;
        outgoing.writeHead(answer.status, {
          'content-type': 'application/x-amz-json-1.1',
          ...answer.headers,
        });
        outgoing.end(JSON.stringify(answer.body));
      });
    });
  }

  static async start(): Promise<Loopback> {
    const loopback = new Loopback();
    await new Promise<void>((resolve) => {
      loopback.#server.listen(0, '127.0.0.1', resolve);
    });
    return loopback;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}
