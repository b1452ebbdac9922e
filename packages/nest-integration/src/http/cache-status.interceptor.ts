import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { catchError, Observable, tap, throwError } from 'rxjs';

import type { CacheRequest } from '../decorator/cache-decorator.options.js';
import { pluginRequestOf } from '../module/plugin-request.js';
import { answerable } from './denied.js';
import { ageOf, cacheStatusOf, varyWith } from './cache-status.header.js';
import { recordOf, RequestScopes, type RequestRecord } from './request-scopes.js';

/** What Express's and Fastify's responses have in common. */
interface HttpResponse {
  readonly sent?: boolean;
  readonly headersSent?: boolean;
  readonly raw?: { readonly headersSent: boolean };
  getHeader(name: string): number | string | readonly string[] | undefined;
}

/**
 * Follows each HTTP request through the application, and says in the headers `Cache-Status`, `Age` and `Vary` of its
 * answer what the cache did; with protected data in it, nobody on the way may keep it. Anything but HTTP passes untouched.
 */
@Injectable()
export class CacheStatusInterceptor implements NestInterceptor {
  constructor(
    @Inject(RequestScopes) private readonly scopes: RequestScopes,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType<string>() === 'graphql') return this.#resolve(context, next);
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<CacheRequest>();
    const record = recordOf(request);
    const response = http.getResponse<HttpResponse>();
    const write = (): void => this.#write(response, record);
    const protect = (): void => this.#protect(response, record); // of an error nothing else is said
    return new Observable((subscriber) => {
      subscriber.add(() => this.scopes.close());
      this.scopes.enter(record, () =>
        next
          .handle()
          .pipe(
            tap({ next: write, complete: write, error: protect }),
            catchError((error: unknown) => throwError(() => answerable(error))),
          )
          .subscribe(subscriber),
      );
    });
  }

  /** Operations of GraphQL are of a request, too; several may be, so that its answer says nothing of them. */
  #resolve(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { raw } = pluginRequestOf(context);
    if (!isRequest(raw)) return next.handle();
    return new Observable((subscriber) => {
      subscriber.add(() => this.scopes.close());
      this.scopes.enter(recordOf(raw), () => next.handle().subscribe(subscriber));
    });
  }

  #protect(response: HttpResponse, { privacy }: RequestRecord): void {
    if (!privacy.isPrivate || isSent(response)) return;
    this.host.httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
  }

  #write(response: HttpResponse, record: RequestRecord): void {
    if (isSent(response)) return;
    const { served, vary } = record;
    const set = (name: string, value: string): void => {
      this.host.httpAdapter.setHeader(response, name, value);
    };
    this.#protect(response, record);
    if (vary.size > 0) set('Vary', varyWith(textOf(response.getHeader('Vary')), vary));
    if (served.length === 0) return;
    const before = textOf(response.getHeader('Cache-Status'));
    set('Cache-Status', [...(before ? [before] : []), cacheStatusOf(served)].join(', '));
    const age = ageOf(served);
    if (age !== null) set('Age', String(Math.max(age, Number(response.getHeader('Age')) || 0)));
    served.length = 0;
  }
}

function isRequest(raw: unknown): raw is CacheRequest {
  const { headers } = (raw ?? {}) as { readonly headers?: unknown };
  return typeof headers === 'object' && headers !== null;
}

function isSent({ sent, headersSent, raw }: HttpResponse): boolean {
  return (sent ?? false) || (headersSent ?? false) || (raw?.headersSent ?? false);
}

function textOf(header: number | string | readonly string[] | undefined): string | undefined {
  return header === undefined ? undefined : [header].flat().join(', ');
}
