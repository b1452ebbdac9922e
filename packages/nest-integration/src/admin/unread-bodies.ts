import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { answersProblems } from './answers-problems.decorator.js';
import { ProblemFilter } from './problem.filter.js';

type ErrorHandler = (error: unknown, request: object, reply: object) => void;

/** What is used of a Fastify instance. */
interface FastifyLike {
  addHook(
    name: 'onRoute',
    hook: (route: { config?: object; errorHandler?: ErrorHandler }) => void,
  ): void;
}

interface ExpressRequest {
  readonly method: string;
  readonly path: string;
}

/** What is used of an Express application: the routes, in the order in which they are looked through. */
interface ExpressLike {
  readonly router: {
    readonly stack: readonly {
      match(path: string): boolean;
      readonly route?: {
        readonly methods: Readonly<Record<string, boolean>>;
        readonly stack: readonly { readonly handle: object }[];
      };
    }[];
  };
}

/**
 * Answers requests to the administration whose bodies the server itself refuses, as broken JSON is, before anything of a
 * controller runs. The framework's own answer would be no problem body, and might repeat what was sent.
 */
@Injectable()
export class UnreadBodies implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ProblemFilter) private readonly problems: ProblemFilter,
  ) {
    // Fastify wants to know before any route is declared; under a test's module there is no server yet.
    if (this.#type === 'fastify') this.#followFastify();
    else if (this.#type === undefined) {
      host.init$.subscribe(() => this.#type === 'fastify' && this.#followFastify());
    }
  }

  /** Express: behind all routes, and before the framework's own handler of errors. */
  onModuleInit(): void {
    if (this.#type !== 'express') return;
    const { httpAdapter } = this.host;
    const { router } = httpAdapter.getInstance<ExpressLike>();
    httpAdapter.use(
      (
        error: unknown,
        request: ExpressRequest,
        response: object,
        next: (error: unknown) => void,
      ) => {
        if (isOfAdministration(router, request)) this.problems.answer(error, response);
        else next(error);
      },
    );
  }

  get #type(): string | undefined {
    const { httpAdapter } = this.host as { readonly httpAdapter?: HttpAdapterHost['httpAdapter'] };
    return httpAdapter?.getType();
  }

  #followFastify(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyLike>();
    fastify.addHook('onRoute', (route) => {
      if (!answersProblems(route.config ?? {})) return;
      route.errorHandler = (error, _request, reply) => this.problems.answer(error, reply);
    });
  }
}

/** Express reads bodies before it looks for the route. */
function isOfAdministration({ stack }: ExpressLike['router'], { method, path }: ExpressRequest) {
  const found = stack.find(
    (layer) => layer.route?.methods[method.toLowerCase()] && layer.match(path),
  );
  return found?.route?.stack.some(({ handle }) => answersProblems(handle)) ?? false;
}
