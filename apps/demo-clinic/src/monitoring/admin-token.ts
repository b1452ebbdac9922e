import { randomBytes } from 'node:crypto';

type Environment = Readonly<Record<string, string | undefined>>;

/** How operators of this start show who they are. */
export interface AdminToken {
  /** The environment, with a token in any case. */
  readonly env: Environment;
  /** The token as a shell reads it: the one that was made, or where the one that somebody has set is found. */
  readonly inShell: string;
  /** It was made for this start and ends with it. */
  readonly isMade: boolean;
}

/** The token of the cache's administration; made if nobody has set one, so that there is something to look at. */
export function prepareAdminToken(env: Environment): AdminToken {
  if (env['CACHE_ADMIN_TOKEN']) return { env, inShell: '$CACHE_ADMIN_TOKEN', isMade: false };
  if (env['CACHE_ADMIN_TOKEN_FILE']) {
    return { env, inShell: '$(cat "$CACHE_ADMIN_TOKEN_FILE")', isMade: false };
  }
  const token = randomBytes(16).toString('hex');
  return { env: { ...env, CACHE_ADMIN_TOKEN: token }, inShell: token, isMade: true };
}
