import type { IncomingMessage, ServerResponse } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import type { CacheRequest } from '../decorator/cache-decorator.options.js';
import { ResponseHeaders } from './response-headers.js';
import { recordOf, RequestScopes, type RequestRecord } from './request-scopes.js';

type Done = () => void;
type Recorded = Record<symbol, RequestRecord | undefined>;

/** What is used of a Fastify instance. */
interface FastifyLike {
  addHook(name: 'preHandler', hook: (request: object, reply: object, done: Done) => void): void;
  addHook(
    name: 'onSend',
    hook: (request: object, reply: FastifyReplyLike, payload: unknown, done: Done) => void,
  ): void;
  addHook(name: 'onResponse', hook: (request: object, reply: object, done: Done) => void): void;
}

interface FastifyReplyLike {
  readonly statusCode: number;
  header(name: string, value: string): unknown;
  getHeader(name: string): number | string | string[] | undefined;
}

type ExpressMiddleware = (request: IncomingMessage, response: ServerResponse, next: Done) => void;

/**
 * Follows each HTTP request through the application, and says in the headers of its answer what the cache did. As a hook of
 * the server: an interceptor would more than halve the requests that it answers.
 */
@Injectable()
export class RequestFollower {
  /** Where a Fastify request has its record: each cache has one of its own. */
  readonly #record = Symbol('record');

  constructor(
    @Inject(RequestScopes) private readonly scopes: RequestScopes,
    @Inject(ResponseHeaders) private readonly headers: ResponseHeaders,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
  ) {
    // Before any route is declared; under a test's module there is no server yet.
    if (isThere(host)) this.#follow(host);
    else host.init$.subscribe(() => isThere(host) && this.#follow(host));
  }

  #follow({ httpAdapter }: HttpAdapterHost): void {
    if (httpAdapter.getType() === 'fastify') {
      this.#followFastify(httpAdapter.getInstance<FastifyLike>());
    } else {
      httpAdapter.use(this.#express);
    }
  }

  #followFastify(fastify: FastifyLike): void {
    fastify.addHook('preHandler', (request, _reply, done) => {
      const record = recordOf(request as CacheRequest);
      (request as Recorded)[this.#record] = record;
      this.scopes.enter(record, done);
    });
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      const record = (request as Recorded)[this.#record];
      if (record) this.headers.write(record, fastifyHeaders(reply));
      done();
    });
    fastify.addHook('onResponse', (request, _reply, done) => {
      if ((request as Recorded)[this.#record]) this.scopes.close();
      done();
    });
  }

  readonly #express: ExpressMiddleware = (request, response, next) => {
    const record = recordOf(request);
    const writeHead = response.writeHead.bind(response);
    // The last moment at which headers can be set, whoever answers.
    response.writeHead = ((...args: Parameters<typeof writeHead>) => {
      if (!response.headersSent) this.headers.write(record, response);
      return writeHead(...args);
    }) as typeof writeHead;
    const ended = (): void => {
      response.off('finish', ended).off('close', ended);
      this.scopes.close();
    };
    response.once('finish', ended).once('close', ended);
    this.scopes.enter(record, next);
  };
}

/** Applications without a server have no adapter. */
function isThere({ httpAdapter }: { readonly httpAdapter: unknown }): boolean {
  return httpAdapter !== null && httpAdapter !== undefined;
}

function fastifyHeaders(reply: FastifyReplyLike) {
  return {
    statusCode: reply.statusCode,
    getHeader: (name: string) => reply.getHeader(name),
    setHeader: (name: string, value: string) => reply.header(name, value),
  };
}
