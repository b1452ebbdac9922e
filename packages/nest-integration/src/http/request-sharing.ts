import { VARIANT_SEPARATOR } from '@vitalcache/core';

import { hashArguments } from '../decorator/argument-hash.js';
import type { CacheRequest, VaryBy } from '../decorator/cache-decorator.options.js';
import type { CachedMethod } from '../decorator/cached-method.js';
import type { RequestRecord, RequestScopes } from './request-scopes.js';

/** Who else may get the answer of a handler. */
export type Sharing =
  /** Everyone whose key is the same; `variant` is to be appended to the key. */
  | { readonly isShared: true; readonly variant: string }
  /** Nobody. `warning` says why, unless that is as it should be. */
  | { readonly isShared: false; readonly warning?: string };

/** Decides for handlers of HTTP requests whose answers may be shared with other requests. */
export class RequestSharing {
  readonly #scopes: RequestScopes;
  readonly #credentialHeaders: readonly string[];

  /** @param credentialHeaders names, in any case, beside `Authorization` and `Cookie`. */
  constructor(scopes: RequestScopes, credentialHeaders: readonly string[] = []) {
    this.#scopes = scopes;
    const names = ['authorization', 'cookie', ...credentialHeaders];
    this.#credentialHeaders = names.map((name) => name.toLowerCase());
  }

  /** Decides for the request that is being handled, and notes in its record what its answer must say. */
  decide(method: CachedMethod): Sharing {
    const record = this.#scopes.current;
    if (!record) return this.#decideWithoutRequest(method);
    const { varyBy, isPublic, label } = method;
    const found = varyBy === undefined ? null : distinguishing(varyBy, record);
    if (found) return { isShared: true, variant: variantOf(found) };
    if (isPublic || !this.#hasCredentials(record.request)) {
      return { isShared: true, variant: varyBy === undefined ? '' : variantOf([]) };
    }
    record.served.push({
      outcome: 'bypass',
      tier: null,
      ageMs: 0,
      freshForMs: null,
      reason: 'credentials',
    });
    return {
      isShared: false,
      warning: varyBy
        ? `${label}: varyBy gave nothing for a request with credentials, so its answer is not cached.`
        : `${label}: a request with credentials is not cached, because others would get its answer: declare \`varyBy\` or \`public: true\`.`,
    };
  }

  /**
   * A handler that is called as a plain method has nobody to keep apart. While requests are open it can't be told from
   * one that lost its request on the way, and then nothing is shared.
   */
  #decideWithoutRequest({ varyBy }: CachedMethod): Sharing {
    const isPlainCall = varyBy === undefined && this.#scopes.open === 0;
    return isPlainCall ? { isShared: true, variant: '' } : { isShared: false };
  }

  #hasCredentials(request: CacheRequest): boolean {
    if (this.#credentialHeaders.some((name) => request.headers[name] !== undefined)) return true;
    const { raw } = request as { readonly raw?: { readonly user?: unknown } };
    return Boolean(request.user ?? raw?.user);
  }
}

/** What `varyBy` takes from a request; `null` if there is nothing that tells it from others. */
function distinguishing(
  varyBy: VaryBy,
  { request, vary }: RequestRecord,
): readonly unknown[] | null {
  if (typeof varyBy === 'function') {
    vary.add('*'); // what the function looks at is not known
    const found = [varyBy(request)].flat();
    return found.some((part) => part != null && part !== '') ? found : null;
  }
  for (const name of varyBy) vary.add(name);
  const values = varyBy.map((name) => request.headers[name.toLowerCase()]);
  return values.some((value) => value !== undefined) ? values : null;
}

function variantOf(values: readonly unknown[]): string {
  return VARIANT_SEPARATOR + hashArguments(values, () => 'What varyBy gives');
}
