import type { ExecutionContext } from '@nestjs/common';

/** `read` looks; `write` changes, removes, or puts load on the store. */
export type AdminScope = 'read' | 'write';

interface Declared {
  readonly scope: AdminScope;
  readonly isAnnounced: boolean;
}

const DECLARED = 'vitalcache:admin-scope';

/**
 * Declares what a handler of the administration does. One that changes something is announced under its name before it
 * runs; `isAnnounced: false`: it does that itself, under a better one.
 */
export function NeedsScope(scope: AdminScope, isAnnounced = scope === 'write'): MethodDecorator {
  return (_target, _name, { value }: PropertyDescriptor) => {
    Reflect.defineMetadata(DECLARED, { scope, isAnnounced } satisfies Declared, value as object);
  };
}

/** What a call of the administration asks for; `null` for a request to something else. */
export function adminScopeOf(context: Pick<ExecutionContext, 'getHandler'>): AdminScope | null {
  return declaredBy(context)?.scope ?? null;
}

/** Under which name a call is announced before it is done; `null` for one that is not, or does it itself. */
export function announcedAs(context: Pick<ExecutionContext, 'getHandler'>): string | null {
  return declaredBy(context)?.isAnnounced ? context.getHandler().name : null;
}

function declaredBy(context: Pick<ExecutionContext, 'getHandler'>): Declared | undefined {
  return Reflect.getMetadata(DECLARED, context.getHandler()) as Declared | undefined;
}
