import type { NestFastifyApplication } from '@nestjs/platform-fastify';

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

const UNUSABLE_HOST = new Set(['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EINVAL']);

/** Listens there. @throws StartError `CONFIG_INVALID` when `HOST` is no address of this machine or the port is reserved */
export async function listen(
  app: NestFastifyApplication,
  { host, port }: ListenAddress,
): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (UNUSABLE_HOST.has(code)) {
      throw new StartError(
        'CONFIG_INVALID',
        `HOST is "${host}"; accepted: an address of this machine`,
        { cause },
      );
    }
    if (code === 'EACCES') {
      throw new StartError(
        'CONFIG_INVALID',
        `PORT is ${port}; accepted: a port that this user may open, such as 8088`,
        { cause },
      );
    }
    throw cause;
  }
}
