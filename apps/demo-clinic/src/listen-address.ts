import { StartError } from './database/start-error.js';

/** Where the demo listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `PORT` (8088) and `HOST` (this machine only). @throws StartError `CONFIG_INVALID` naming what is accepted */
export function readAddress(env: Readonly<Record<string, string | undefined>>): ListenAddress {
  const text = env['PORT']?.trim() || '8088';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return { host: env['HOST']?.trim() || '127.0.0.1', port };
  throw new StartError(
    'CONFIG_INVALID',
    `PORT is "${text}"; accepted: a whole number from 0 to 65535`,
  );
}
