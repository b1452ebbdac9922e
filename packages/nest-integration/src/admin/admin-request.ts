import type { AdminCaller } from './admin-call.js';

/** What Express's and Fastify's requests have in common. */
export interface AdminRequest {
  readonly ip?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** Who the application's guard found. */
  readonly user?: unknown;
}

const actors = new WeakMap<AdminRequest, AdminCaller['actor']>();

/** The guard says who it let through. */
export function setActor(request: AdminRequest, actor: AdminCaller['actor']): void {
  actors.set(request, actor);
}

export function actorOf(request: AdminRequest): AdminCaller['actor'] {
  return actors.get(request) ?? userOf(request.user);
}

/** A header that is there once. */
export function headerOf({ headers }: AdminRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function userOf(user: unknown): string | null {
  if (typeof user === 'string') return bounded(user);
  const { id, sub, username } = (user ?? {}) as Readonly<Record<string, unknown>>;
  const name = [id, sub, username].find(
    (one) => typeof one === 'string' || typeof one === 'number',
  );
  return name === undefined ? null : bounded(String(name));
}

/** Fit for a record. */
function bounded(text: string): string | null {
  const clean = text.replace(/[^\p{L}\p{N}@._:|-]/gu, '').slice(0, 128);
  return clean === '' ? null : clean;
}
