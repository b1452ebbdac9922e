import {
  Inject,
  Injectable,
  Optional,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { assertKey, isCacheError } from '@vitalcache/core';
import { from, lastValueFrom, type Observable } from 'rxjs';

import { METHOD_CONTEXT_TOKEN, type MethodContext } from '../decorator/method-context.js';
import { oneTimeKindOf } from '../decorator/one-time-value.js';
import { unsuitableHandler } from '../decorator/route-metadata.js';
import { CACHE_MANAGER, CacheManager, ttlOption } from './cache-manager.facade.js';
import {
  CACHE_KEY_METADATA,
  CACHE_SHARING_METADATA,
  CACHE_TTL_METADATA,
  type CacheKeyOfContext,
  type CacheSharingOptions,
  type CacheTTLFactory,
} from './cache-entry.decorators.js';

/**
 * Caches the answers of handlers by URL or `@CacheKey()`, as the interceptor of `@nestjs/cache-manager` does, with what is
 * safe by default here: requests with credentials share nothing without `@CacheSharing()`, answers with protected data and
 * what can be read only once are not cached, and one handler runs for all who ask at the same time.
 */
@Injectable()
export class CacheInterceptor implements NestInterceptor {
  protected allowedMethods = ['GET'];
  @Optional()
  @Inject(HttpAdapterHost)
  protected readonly httpAdapterHost: HttpAdapterHost | undefined;
  @Inject(METHOD_CONTEXT_TOKEN)
  private readonly methods!: MethodContext;
  readonly #warned = new WeakSet<object>();

  constructor(
    @Inject(CACHE_MANAGER) protected readonly cacheManager: CacheManager,
    @Inject(Reflector) protected readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const key = await this.trackBy(context);
    const variant = key && this.#isCacheable(context, key) ? this.#variantOf(context) : null;
    if (!key || variant === null) return next.handle();
    const ttl = await this.#ttlOf(context);
    return from(this.#read(context, key + variant, ttl, next));
  }

  /** The key; nothing: it is not cached. To be overridden where the URL is not what an answer depends on. */
  protected trackBy(
    context: ExecutionContext,
  ): string | null | undefined | Promise<string | null | undefined> {
    const key = this.reflector.get<string | CacheKeyOfContext | undefined>(
      CACHE_KEY_METADATA,
      context.getHandler(),
    );
    if (typeof key === 'function') return key(context);
    if (key !== undefined) return this.#isHttp(context) ? this.#ifAllowed(context, key) : key;
    if (!this.#isHttp(context)) return undefined;
    const adapter = this.httpAdapterHost?.httpAdapter;
    const url = adapter?.getRequestUrl(context.switchToHttp().getRequest()) as string | undefined;
    return url === undefined ? undefined : this.#ifAllowed(context, url);
  }

  /** Whether the method of the request is one of `allowedMethods`. */
  protected isRequestCacheable(context: ExecutionContext): boolean {
    const { method } = context.switchToHttp().getRequest<{ readonly method: string }>();
    return this.allowedMethods.includes(method);
  }

  #ifAllowed(context: ExecutionContext, key: string): string | undefined {
    return this.isRequestCacheable(context) ? key : undefined;
  }

  #isHttp(context: ExecutionContext): boolean {
    return context.getType() === 'http';
  }

  #isCacheable(context: ExecutionContext, key: string): boolean {
    const handler = context.getHandler();
    const reason = unsuitableHandler(context.getClass(), handler.name, handler);
    if (reason !== undefined) {
      this.#warnOnce(context, `${labelOf(context)} is not cached: ${reason}.`);
      return false;
    }
    try {
      assertKey(key);
      return true;
    } catch (error) {
      if (!isCacheError(error)) throw error;
      return false; // such as a URL that is too long
    }
  }

  /** What is appended to the key; `null`: nobody else may get the answer. */
  #variantOf(context: ExecutionContext): string | null {
    if (!this.#isHttp(context)) return '';
    const targets = [context.getHandler(), context.getClass()];
    const options =
      this.reflector.getAllAndOverride<CacheSharingOptions | undefined>(
        CACHE_SHARING_METADATA,
        targets,
      ) ?? {};
    const sharing = this.methods.sharing.decide({
      label: labelOf(context),
      isPublic: options.public ?? false,
      varyBy: options.varyBy,
    });
    if (sharing.isShared) return sharing.variant;
    if (sharing.warning !== undefined) {
      this.#warnOnce(context, `${sharing.warning} With CacheInterceptor: @CacheSharing().`);
    }
    return null;
  }

  async #ttlOf(context: ExecutionContext): Promise<number | undefined> {
    const targets = [context.getHandler(), context.getClass()];
    const ttl = this.reflector.getAllAndOverride<number | CacheTTLFactory | undefined>(
      CACHE_TTL_METADATA,
      targets,
    );
    return typeof ttl === 'function' ? ttl(context) : ttl;
  }

  async #read(
    context: ExecutionContext,
    key: string,
    ttl: number | undefined,
    next: CallHandler,
  ): Promise<unknown> {
    const answer = (): Promise<unknown> =>
      lastValueFrom(next.handle(), { defaultValue: undefined });
    let own: { readonly value: unknown } | undefined;
    const { value, outcome } = await this.cacheManager.service.read<unknown>(
      key,
      async () => {
        const given = await answer();
        const isOwn = oneTimeKindOf(given) !== null || this.methods.sharing.isPrivate;
        if (!isOwn) return given;
        own = { value: given };
        return undefined; // is never stored, nor given to whoever waits for it
      },
      { ...ttlOption(ttl), isolation: 'clone', template: labelOf(context) },
    );
    this.#setHeader(context, outcome === 'hit' || outcome === 'stale' ? 'HIT' : 'MISS');
    if (own) return own.value;
    return value === undefined && outcome === 'joined' ? answer() : value;
  }

  #setHeader(context: ExecutionContext, value: 'HIT' | 'MISS'): void {
    if (!this.#isHttp(context)) return;
    this.httpAdapterHost?.httpAdapter?.setHeader(
      context.switchToHttp().getResponse(),
      'X-Cache',
      value,
    );
  }

  #warnOnce(context: ExecutionContext, message: string): void {
    const handler = context.getHandler();
    if (this.#warned.has(handler)) return;
    this.#warned.add(handler);
    this.methods.logger.warn(message);
  }
}

function labelOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}
