import { createHash } from 'node:crypto';

import type { Redis } from 'ioredis';

import { isNoScript } from '../connection/redis.errors.js';
import { luaScripts, type LuaScriptName } from './lua-scripts.js';

/** ARGV of a script. */
export type ScriptArguments = readonly (string | number | Buffer)[];

const digests = new Map(
  Object.entries(luaScripts).map(([name, source]) => [
    name,
    createHash('sha1').update(source).digest('hex'),
  ]),
);

/**
 * Runs a script by its digest, sending its source once more if the server does not know it. Strings in the reply come
 * as Buffers.
 * @param before called before each command is sent
 * @throws Error of the client as it is; translate it with `toCacheError`
 */
export async function runScript(
  client: Redis,
  name: LuaScriptName,
  keys: readonly string[],
  args: ScriptArguments,
  before: () => void = () => undefined,
): Promise<unknown> {
  const source = luaScripts[name];
  const rest = [keys.length, ...keys, ...args];
  try {
    before();
    return await client.callBuffer('EVALSHA', [digests.get(name) as string, ...rest]);
  } catch (error) {
    if (!isNoScript(error)) throw error;
    before();
    return client.callBuffer('EVAL', [source, ...rest]);
  }
}
