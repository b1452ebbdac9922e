import { isCacheError, VARIANT_SEPARATOR } from '@vitalcache/core';

import { hashArguments } from '../decorator/argument-hash.js';
import type { CacheRequest, VaryBy } from '../decorator/cache-decorator.options.js';
import type { RequestRecord, RequestScopes } from './request-scopes.js';

/** Who else may get the answer of a handler. */
export type Sharing =
  /** Everyone whose key is the same; `variant` is to be appended to the key. */
  | { readonly isShared: true; readonly variant: string }
  /** Nobody. `warning` says why, unless that is as it should be. */
  | { readonly isShared: false; readonly warning?: string };

/** What a decorator says of a handler. */
export interface SharingTerms {
  readonly label: string;
  readonly isPublic: boolean;
  readonly varyBy: VaryBy | undefined;
}

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

  /** Whether protected data was touched for the request that is being handled. */
  get isPrivate(): boolean {
    return this.#scopes.current?.privacy.isPrivate ?? false;
  }

  /**
   * Decides for the request that is being handled, and notes in its record what its answer must say.
   * @param record of that request, for who knows it
   */
  decide(
    terms: SharingTerms,
    kind: 'http' | 'graphql' = 'http',
    record = this.#scopes.current,
  ): Sharing {
    if (!record) {
      return kind === 'http' ? this.#decideWithoutRequest(terms) : decideForOperation(terms);
    }
    const { varyBy, isPublic } = terms; // a label is made when it is asked for
    const found = varyBy === undefined ? null : variantFor(varyBy, record);
    if (found?.variant !== undefined) return { isShared: true, variant: found.variant };
    const isForEverybody = isPublic || !this.#hasCredentials(record.request);
    if (isForEverybody && !found?.problem) {
      return { isShared: true, variant: varyBy === undefined ? '' : variantOf([]) };
    }
    record.served.push({
      outcome: 'bypass',
      tier: null,
      ageMs: 0,
      freshForMs: null,
      reason: found?.problem ? 'vary' : 'credentials',
    });
    if (found?.problem) {
      return {
        isShared: false,
        warning: `${terms.label}: a request is not cached. ${found.problem}`,
      };
    }
    return {
      isShared: false,
      warning: varyBy
        ? `${terms.label}: varyBy gave nothing for a request with credentials, so its answer is not cached.`
        : `${terms.label}: a request with credentials is not cached, because others would get its answer: declare \`varyBy\` or \`public: true\`.`,
    };
  }

  /**
   * A handler that is called as a plain method has nobody to keep apart. Once there have been requests it can't be told
   * from one that lost its request on the way, or outlived it, and then nothing is shared.
   */
  #decideWithoutRequest({ varyBy }: SharingTerms): Sharing {
    const isPlainCall = varyBy === undefined && !this.#scopes.hasBegun;
    return isPlainCall ? { isShared: true, variant: '' } : { isShared: false };
  }

  #hasCredentials(request: CacheRequest): boolean {
    const { headers } = request;
    for (const name of this.#credentialHeaders) if (headers[name] !== undefined) return true;
    const { raw } = request as { readonly raw?: { readonly user?: unknown } };
    return Boolean(request.user ?? raw?.user);
  }
}

/** Of an operation that does not come over HTTP nothing is known. */
function decideForOperation({ isPublic, varyBy, label }: SharingTerms): Sharing {
  if (isPublic && varyBy === undefined) return { isShared: true, variant: '' };
  return {
    isShared: false,
    warning: `${label} is not cached, because nobody sees whose request it resolves: declare \`public: true\`.`,
  };
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

/** What goes wrong in a function of the application must not fail the request, nor let it share an answer. */
function variantFor(
  varyBy: VaryBy,
  record: RequestRecord,
): { readonly variant?: string; readonly problem?: string } {
  try {
    const found = distinguishing(varyBy, record);
    return found ? { variant: variantOf(found) } : {};
  } catch (error) {
    return { problem: isCacheError(error) ? error.message : 'varyBy threw an error.' };
  }
}

function variantOf(values: readonly unknown[]): string {
  return VARIANT_SEPARATOR + hashArguments(values, () => 'What varyBy gives');
}
