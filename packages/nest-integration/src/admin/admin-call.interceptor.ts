import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Observable } from 'rxjs';

import { runAsCaller } from './admin-call.js';
import { bodyOf, reasonOf } from './admin.input.js';
import { actorOf, type AdminRequest } from './admin-request.js';
import { announcedAs } from './admin-scope.js';
import { AdminAnnouncer } from './admin.announcer.js';

/**
 * Around each call of the administration: says who it is for those who record, and announces one that changes something
 * before anything is done.
 */
@Injectable()
export class AdminCallInterceptor implements NestInterceptor {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(AdminAnnouncer) private readonly announcer: AdminAnnouncer,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<AdminRequest>();
    const { httpAdapter } = this.host;
    const response: unknown = http.getResponse();
    httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
    httpAdapter.setHeader(response, 'X-Content-Type-Options', 'nosniff');
    bodyOf(request); // what is too large is refused whatever it is for
    const caller = { actor: actorOf(request), reason: reasonOf(request) };
    const action = announcedAs(context);
    if (action !== null) await runAsCaller(caller, () => this.announcer.announce(action));
    return new Observable((subscriber) =>
      runAsCaller(caller, () => next.handle().subscribe(subscriber)),
    );
  }
}
