import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Observable, tap } from 'rxjs';

import type { CacheRequest } from '../decorator/cache-decorator.options.js';
import { ageOf, cacheStatusOf, varyWith } from './cache-status.header.js';
import { RequestScopes, type RequestRecord } from './request-scopes.js';

/** What Express's and Fastify's responses have in common. */
interface HttpResponse {
  readonly sent?: boolean;
  readonly headersSent?: boolean;
  readonly raw?: { readonly headersSent: boolean };
  getHeader(name: string): number | string | readonly string[] | undefined;
}

/**
 * Follows each HTTP request through the application, and says in the headers `Cache-Status`, `Age` and `Vary` of its
 * answer what the cache did. Anything but HTTP passes untouched.
 */
@Injectable()
export class CacheStatusInterceptor implements NestInterceptor {
  constructor(
    @Inject(RequestScopes) private readonly scopes: RequestScopes,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<CacheRequest>();
    const record: RequestRecord = { request, served: [], vary: new Set() };
    const write = (): void => this.#write(http.getResponse<HttpResponse>(), record);
    return new Observable((subscriber) => {
      subscriber.add(() => this.scopes.close());
      this.scopes.enter(record, () =>
        next
          .handle()
          .pipe(tap({ next: write, complete: write }))
          .subscribe(subscriber),
      );
    });
  }

  #write(response: HttpResponse, { served, vary }: RequestRecord): void {
    if (response.sent || response.headersSent || response.raw?.headersSent) return;
    const set = (name: string, value: string): void => {
      this.host.httpAdapter.setHeader(response, name, value);
    };
    if (vary.size > 0) set('Vary', varyWith(textOf(response.getHeader('Vary')), vary));
    if (served.length === 0) return;
    const before = textOf(response.getHeader('Cache-Status'));
    set('Cache-Status', [...(before ? [before] : []), cacheStatusOf(served)].join(', '));
    const age = ageOf(served);
    if (age !== null) set('Age', String(Math.max(age, Number(response.getHeader('Age')) || 0)));
    served.length = 0;
  }
}

function textOf(header: number | string | readonly string[] | undefined): string | undefined {
  return header === undefined ? undefined : [header].flat().join(', ');
}
