import { fileURLToPath } from 'node:url';

import preset from '../jest/preset.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const transform = Object.fromEntries(
  Object.entries(preset.transform).map(([pattern, [, options]]) => [
    pattern,
    [here('./transform.cjs'), options],
  ]),
);

/** The suites as they are, with one mechanism taken away (see transform.cjs). */
export default {
  projects: ['core', 'swr', 'testing', 'provider-memory', 'healthcare-phi'].map((name) => ({
    ...preset,
    transform,
    rootDir: here(`../../packages/${name}`),
  })),
};
