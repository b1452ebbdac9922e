// Rules that no other tool knows. Prints `file:line: problem` and fails if there is any.
import { fileURLToPath } from 'node:url';

import { checkApiChanges } from './checks/api-changes.mjs';
import { checkControls } from './checks/controls.mjs';
import { checkCycles } from './checks/cycles.mjs';
import { checkEnvironment } from './checks/environment.mjs';
import { checkExports } from './checks/exports.mjs';
import { checkGenerated } from './checks/generated.mjs';
import { checkLicences } from './checks/licences.mjs';
import { checkLinks } from './checks/links.mjs';
import { checkLua } from './checks/lua.mjs';
import { checkMachinePaths } from './checks/machine-paths.mjs';
import { checkPackages } from './checks/packages.mjs';
import { checkSamples } from './checks/samples.mjs';
import { checkSnippets } from './checks/snippets.mjs';
import { checkSupport } from './checks/support.mjs';
import { checkWording } from './checks/wording.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const checks = {
  wording: checkWording,
  'machine paths': checkMachinePaths,
  exports: checkExports,
  'import cycles': checkCycles,
  'Lua scripts': checkLua,
  'generated files': checkGenerated,
  controls: checkControls,
  samples: checkSamples,
  environment: checkEnvironment,
  licences: checkLicences,
  support: checkSupport,
  links: checkLinks,
  packages: checkPackages,
  'changes of exports': checkApiChanges,
  examples: checkSnippets,
};

for (const [name, check] of Object.entries(checks)) {
  const { problems, notes } = await check(root);
  console.log(`${problems.length > 0 ? '✖' : '✔'} ${name}`);
  for (const line of [...problems, ...notes]) console.log(`  ${line}`);
  if (problems.length > 0) process.exitCode = 1;
}
