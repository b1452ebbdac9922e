import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { MergedPlugins } from '@vitalcache/core';
import { Observable } from 'rxjs';

import { MERGED_PLUGINS_TOKEN } from './cache.module-definition.js';
import { pluginRequestOf } from './plugin-request.js';

/**
 * Runs what is behind it (later interceptors, pipes, the handler and all that it calls) inside the request hooks of the
 * plugins. An interceptor and no middleware, because guards find out who is asking, and run before it: a guard that
 * wants more than that opens a context of its own.
 */
@Injectable()
export class RequestHookInterceptor implements NestInterceptor {
  readonly #hasHooks: boolean;

  constructor(@Inject(MERGED_PLUGINS_TOKEN) private readonly merged: MergedPlugins) {
    this.#hasHooks = merged.plugins.some((plugin) => 'aroundRequest' in plugin);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (!this.#hasHooks) return next.handle();
    const request = pluginRequestOf(context);
    // Nest goes on in the async context in which `handle` is called; a hook that throws ends as an error of the handler.
    return new Observable((subscriber) =>
      this.merged.aroundRequest(request, () => next.handle().subscribe(subscriber)),
    );
  }
}
