import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { MergedPlugins } from '@vitalcache/core';
import { catchError, Observable, throwError } from 'rxjs';

import { answerable } from '../http/denied.js';
import { pluginRequestOf } from './plugin-request.js';

/**
 * Runs what is behind it (later interceptors, pipes, the handler and all that it calls) inside the request hooks of the
 * plugins. An interceptor and no middleware, because guards find out who is asking, and run before it: a guard that
 * wants more than that opens a context of its own.
 */
export class RequestHookInterceptor implements NestInterceptor {
  constructor(private readonly merged: MergedPlugins) {}

  /** `null` where no plugin has hooks or protects anything: an interceptor costs every request. */
  static for(merged: MergedPlugins): RequestHookInterceptor | null {
    const isNeeded =
      merged.protection !== null || merged.plugins.some((plugin) => 'aroundRequest' in plugin);
    return isNeeded ? new RequestHookInterceptor(merged) : null;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = pluginRequestOf(context);
    const isHttp = request.kind === 'http';
    // Nest goes on in the async context in which `handle` is called; a hook that throws ends as an error of the handler.
    const handled = new Observable((subscriber) =>
      this.merged.aroundRequest(request, () => next.handle().subscribe(subscriber)),
    );
    return handled.pipe(
      catchError((error: unknown) => throwError(() => (isHttp ? answerable(error) : error))),
    );
  }
}
