import { Redis } from 'ioredis';

import { admin } from '../faults/admin.js';

/** How often a server ran each command since its counts were reset. */
export class CommandCounts {
  constructor(private readonly url: string) {}

  async reset(): Promise<void> {
    await admin(this.url, 'CONFIG', 'RESETSTAT');
  }

  /** Calls by the command's name in lower case; none: 0. */
  async of(...commands: readonly string[]): Promise<readonly number[]> {
    const info = String(await admin(this.url, 'INFO', 'commandstats'));
    return commands.map((command) =>
      Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(info)?.[1] ?? 0),
    );
  }
}

/** A command that a server was seen to get. */
export interface SeenCommand {
  readonly args: readonly string[];
  /** Address of the connection that it came on. */
  readonly source: string;
}

/** All commands that a server gets while the body runs, as MONITOR tells of them. */
export async function watchCommands(
  url: string,
  body: (seen: readonly SeenCommand[]) => Promise<void>,
): Promise<void> {
  const client = new Redis(url, { lazyConnect: true });
  await client.connect();
  const monitor = await client.monitor();
  const seen: SeenCommand[] = [];
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    seen.push({ args, source });
  });
  try {
    await body(seen);
  } finally {
    monitor.disconnect();
    client.disconnect();
  }
}

/** A connection as CLIENT LIST tells of it. */
export type ClientLine = Readonly<Record<string, string>>;

/** The connections of the cache to a server, those that follow journals among them. */
export async function cacheClients(url: string): Promise<readonly ClientLine[]> {
  const list = String(await admin(url, 'CLIENT', 'LIST'));
  const clients = list.trim().split('\n').map(fieldsOf);
  return clients.filter(({ name }) => name?.startsWith('vitalcache'));
}

function fieldsOf(line: string): ClientLine {
  return Object.fromEntries(
    line
      .split(' ')
      .map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
}

/** What a rejected promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not reject');
}

/** Milliseconds that something takes, however it ends. */
export async function timeOf(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work.catch(() => undefined);
  return performance.now() - began;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function portOf({ url }: { readonly url: string }): number {
  return Number(new URL(url).port);
}
