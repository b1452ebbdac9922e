import type { IncomingMessage, ServerResponse } from 'node:http';

import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import type { CacheRequest } from '../decorator/cache-decorator.options.js';
import { HandlerNeeds } from './handler-needs.js';
import { ResponseHeaders, type AnswerHeaders } from './response-headers.js';
import { RequestScopes, type RequestRecord } from './request-scopes.js';

type Done = () => void;

interface FastifyRequestLike extends CacheRequest {
  readonly routeOptions: { readonly config?: object };
}

/** What is used of a Fastify instance. */
interface FastifyLike {
  addHook(
    name: 'preHandler',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => void,
  ): void;
  addHook(
    name: 'onSend',
    hook: (request: object, reply: FastifyReplyLike, payload: unknown, done: Done) => void,
  ): void;
}

interface FastifyReplyLike {
  readonly raw: Pick<ServerResponse, 'once' | 'closed'>;
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
  constructor(
    @Inject(RequestScopes) private readonly scopes: RequestScopes,
    @Inject(ResponseHeaders) private readonly headers: ResponseHeaders,
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(HandlerNeeds) private readonly needs: HandlerNeeds,
  ) {
    // Before any route is declared; under a test's module there is no server yet.
    if (isThere(host)) this.#follow(host);
    else host.init$.subscribe(() => isThere(host) && this.#follow(host));
  }

  #follow({ httpAdapter }: HttpAdapterHost): void {
    this.needs.declare();
    if (httpAdapter.getType() === 'fastify') {
      this.#followFastify(httpAdapter.getInstance<FastifyLike>());
    } else {
      httpAdapter.use(this.#express);
    }
  }

  #followFastify(fastify: FastifyLike): void {
    fastify.addHook('preHandler', (request, reply, done) => {
      const need = this.needs.of(request.routeOptions.config);
      if (need === 'nothing') {
        this.scopes.pass();
        return done();
      }
      const record = this.scopes.begin(request);
      if (need === 'request') return done();
      this.#enter(record, reply.raw, done);
    });
    fastify.addHook('onSend', (request, reply, _payload, done) => {
      const record = this.scopes.of(request);
      if (record) this.headers.write(record, new FastifyAnswer(reply));
      done();
    });
  }

  readonly #express: ExpressMiddleware = (request, response, next) => {
    const record = this.scopes.begin(request);
    const writeHead = response.writeHead.bind(response);
    // The last moment at which headers can be set, whoever answers.
    response.writeHead = ((...args: Parameters<typeof writeHead>) => {
      if (!response.headersSent) this.headers.write(record, response);
      return writeHead(...args);
    }) as typeof writeHead;
    this.#enter(record, response, next);
  };

  #enter(record: RequestRecord, answer: FastifyReplyLike['raw'], next: Done): void {
    const isGone = answer.closed; // its client left on the way here: nothing will say again that it is over
    if (!isGone) answer.once('close', this.scopes.leave);
    this.scopes.enter(record, next);
    if (isGone) this.scopes.leave();
  }
}

/** Applications without a server have no adapter. */
function isThere({ httpAdapter }: { readonly httpAdapter: unknown }): boolean {
  return httpAdapter !== null && httpAdapter !== undefined;
}

class FastifyAnswer implements AnswerHeaders {
  constructor(private readonly reply: FastifyReplyLike) {}

  get statusCode(): number {
    return this.reply.statusCode;
  }

  getHeader(name: string): number | string | string[] | undefined {
    return this.reply.getHeader(name);
  }

  setHeader(name: string, value: string): void {
    this.reply.header(name, value);
  }
}
