import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const say = (line) => console.log(`▸ ${line}`);

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs to the end and gives the exit code and everything that was printed. */
export function run(command, args, env = {}, cwd = root) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { FORCE_COLOR: process.stdout.isTTY ? '1' : '0', ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 127, output: output + error.message + '\n' }));
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** Arguments for `node` that run the command `name` of an installed package. */
export function bin(packageName, name = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin: entry } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof entry === 'string' ? entry : entry[name]);
}

export const nx = (args) =>
  run(process.execPath, [bin('nx'), ...args], {
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
  });

/** Runs npm: the one that started this script, else the one beside this Node, else the PATH's. */
export function npm(args, env, cwd) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args], env, cwd);
  const bundled = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  try {
    accessSync(bundled);
    return run(process.execPath, [bundled, ...args], env, cwd);
  } catch {
    return run('npm', args, env, cwd);
  }
}

export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

/** True if the command ends well within the time. */
export const answers = (command, args, timeoutMs) =>
  spawnSync(command, args, { stdio: 'ignore', timeout: timeoutMs }).status === 0;
