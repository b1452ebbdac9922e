import {
  ForbiddenException,
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { firstValueFrom, isObservable } from 'rxjs';

import { CACHE_SETUP_TOKEN } from '../module/cache.module-definition.js';
import type { CacheSetup } from '../module/cache-setup.js';
import { actorOf, headerOf, setActor, type AdminRequest } from './admin-request.js';
import { adminScopeOf, type AdminScope } from './admin-scope.js';
import { callerOf, CallLimiter } from './call.limiter.js';
import { RetryLaterException } from './retry-later.exception.js';

/** From one address, of wrong tokens and refusals. */
const FAILURES_PER_MINUTE = 10;

/** Lets operators through: by a token, or by the application's own guard. */
@Injectable()
export class AdminGuard implements CanActivate {
  readonly #calls: CallLimiter;
  readonly #changes: CallLimiter;
  readonly #failures = new CallLimiter(FAILURES_PER_MINUTE);
  #own: Promise<CanActivate> | null = null;

  constructor(
    @Inject(CACHE_SETUP_TOKEN) private readonly setup: CacheSetup,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {
    const { callsPerMinute, changesPerMinute } = setup.admin;
    this.#calls = new CallLimiter(callsPerMinute);
    this.#changes = new CallLimiter(changesPerMinute);
  }

  /** @throws HttpException 401, 403, 429 */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const scope = adminScopeOf(context) ?? 'write';
    const caller = callerOf(request.ip);
    try {
      await this.#admit(context, request, scope);
    } catch (error) {
      // Only those who fail: a stranger behind the same proxy must not keep operators out.
      assertRoom(this.#failures.take(caller));
      throw error;
    }
    const admitted = `${caller} ${actorOf(request) ?? ''}`;
    assertRoom(this.#calls.take(admitted));
    if (scope === 'write') assertRoom(this.#changes.take(admitted));
    return true;
  }

  async #admit(context: ExecutionContext, request: AdminRequest, scope: AdminScope): Promise<void> {
    if (scope === 'write' && headerOf(request, 'sec-fetch-site') === 'cross-site') {
      throw new ForbiddenException('Pages of other sites can change nothing here.');
    }
    const { access, guard } = this.setup.admin;
    const [, token] = /^Bearer +(\S+)$/i.exec(headerOf(request, 'authorization') ?? '') ?? [];
    const holder = token === undefined ? null : access.holderOf(token);
    if (holder) {
      if (!holder.scopes.includes(scope)) {
        throw new ForbiddenException('This token may look, and change nothing.');
      }
      setActor(request, holder.actor);
      return;
    }
    if (!guard) {
      throw new UnauthorizedException(
        'Send Authorization: Bearer <token>, with the token of CACHE_ADMIN_TOKEN or, to look, of CACHE_ADMIN_READ_TOKEN.',
      );
    }
    const own = await this.#guardOf(guard);
    const said = own.canActivate(context);
    const isAdmitted = await (isObservable(said) ? firstValueFrom(said) : said);
    if (!isAdmitted) throw new ForbiddenException('Not allowed to call the cache administration.');
  }

  /** The application's instance, if it has one. */
  #guardOf(type: Type<CanActivate>): Promise<CanActivate> {
    this.#own ??= this.#find(type);
    return this.#own;
  }

  async #find(type: Type<CanActivate>): Promise<CanActivate> {
    try {
      return this.modules.get<CanActivate>(type, { strict: false });
    } catch {
      return this.modules.create(type);
    }
  }
}

function assertRoom(seconds: number): void {
  if (seconds > 0) throw new RetryLaterException(seconds);
}
