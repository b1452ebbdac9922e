import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const SCRIPTS = join(__dirname, '../../../provider-redis/src/scripts');

export type Reply = string | number | boolean | null | readonly Reply[];

/** Lua 5.4 that runs scripts as Dragonfly does; see script-host.lua. */
export interface ScriptHost {
  /** What Lua calls itself. */
  readonly version: Reply;
  /** Calls a function of script-host.lua. @throws Error of Lua */
  call(name: string, ...args: readonly unknown[]): Promise<Reply>;
  close(): void;
}

/** The scripts of provider-redis by the names of their files. */
export function readScripts(): ReadonlyMap<string, string> {
  const files = readdirSync(SCRIPTS).filter((file) => file.endsWith('.lua'));
  return new Map(
    files.map((file) => [basename(file, '.lua'), readFileSync(join(SCRIPTS, file), 'utf8')]),
  );
}

/** One call at a time. */
export async function startScriptHost(): Promise<ScriptHost> {
  const child = fork(join(__dirname, 'lua-worker.mjs'), { execArgv: [] });
  const answer = async (): Promise<Reply> => {
    const [{ result = null, error }] = (await once(child, 'message')) as [
      { result?: Reply; error?: string },
    ];
    if (error !== undefined) throw new Error(error);
    return result;
  };
  return {
    version: await answer(),
    call(name, ...args) {
      child.send({ name, args });
      return answer();
    },
    close: () => child.disconnect(),
  };
}
