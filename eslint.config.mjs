import { existsSync, readFileSync, readdirSync } from 'node:fs';

import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import * as jsonc from 'jsonc-eslint-parser';
import tseslint from 'typescript-eslint';

const TESTS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/test/**/*.ts'];

// Layer of each project, as its package.json says: { 'layer:core': ['packages/core'], ... }
const layers = {};
for (const group of ['packages', 'apps']) {
  const folder = new URL(`./${group}/`, import.meta.url);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const manifest = new URL(`./${name}/package.json`, folder);
    if (!existsSync(manifest)) continue;
    for (const tag of JSON.parse(readFileSync(manifest, 'utf8')).nx?.tags ?? []) {
      (layers[tag] ??= []).push(`${group}/${name}`);
    }
  }
}

const mayImport = {
  'layer:core': [],
  'layer:feature': ['layer:core'],
  'layer:testing': ['layer:core'],
  'layer:nest': ['layer:core'],
  // provider-dragonfly is composed over provider-redis
  'layer:provider': ['layer:core', 'layer:provider'],
  'layer:cli': ['layer:core', 'layer:feature', 'layer:provider'],
  'layer:app': ['*'],
};
const forTests = ['layer:core', 'layer:testing', 'layer:provider', 'layer:feature'];

const boundaries = (extra) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    depConstraints: Object.entries(mayImport).map(([sourceTag, own]) => ({
      sourceTag,
      onlyDependOnLibsWithTags: [...new Set([...own, ...extra])],
    })),
  },
];

const OWN_INDEX = {
  group: ['./index.js', '../index.js', '../../index.js'],
  message: 'Import the file itself, never the index of the own package.',
};
const FRAMEWORK = {
  group: ['@nestjs/*', 'rxjs', 'rxjs/*', 'reflect-metadata'],
  message: 'Only nest-integration and the apps may know the framework.',
};
const CLIENT = {
  group: ['ioredis', 'ioredis/*'],
  message: 'Only provider-redis, healthcare-phi, testing and tests may know the client.',
};
const CLIENT_FOLDERS = [
  'packages/provider-redis',
  'packages/healthcare-phi', // keys and audit records on servers apart from the cache's
  'packages/testing',
  'apps/benchmark',
];

/** The same bans for static, type and dynamic imports. */
const bans = (folder, patterns) => ({
  files: [`${folder}/src/**/*.ts`],
  ignores: TESTS,
  rules: {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': [
      'error',
      ...(folder.startsWith('packages/')
        ? [
            {
              selector: 'ExportDefaultDeclaration',
              message: 'Packages have named exports only.',
            },
          ]
        : []),
      ...patterns
        .filter((pattern) => pattern !== OWN_INDEX)
        .flatMap(({ group, message }) =>
          group.map((name) => ({
            selector: `ImportExpression[source.value=/^${name.replace('*', '.*').replaceAll('/', '\\u002F')}$/]`,
            message,
          })),
        ),
    ],
  },
});

const bansPerProject = Object.entries(layers).flatMap(([tag, folders]) =>
  folders.map((folder) =>
    bans(folder, [
      OWN_INDEX,
      ...(tag === 'layer:nest' || tag === 'layer:app' ? [] : [FRAMEWORK]),
      ...(CLIENT_FOLDERS.includes(folder) ? [] : [CLIENT]),
    ]),
  ),
);

export default tseslint.config(
  {
    ignores: [
      ...['**/node_modules', '**/dist', '**/.tsc', '**/coverage', '**/.results', '.nx'],
      'packages/cli/test/fixtures', // what `vitalcache lint` is tried on
      'fixtures/**/*.{ts,mts,cts}', // compiled where they are installed, by compilers of their own
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.cjs', 'fixtures/**/*.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['apps/*/public/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // Leaves files with decorators alone: an injected class must stay a value import.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `async` without `await` turns a throw into a rejection, which is what a port promises.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: [...TESTS, '**/lua-scripts.ts'],
    rules: { 'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: [...TESTS, 'packages/cli/**'],
    rules: { 'no-console': 'error' },
  },
  ...bansPerProject,
  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(forTests),
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // What a published package imports must stand in its package.json.
    files: ['packages/*/package.json'],
    languageOptions: { parser: jsonc },
    plugins: { '@nx': nx },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          checkObsoleteDependencies: false,
          ignoredFiles: [
            '{projectRoot}/**/*.spec.ts',
            '{projectRoot}/test/**',
            '{projectRoot}/jest.config.mjs',
          ],
          ignoredDependencies: ['tslib', 'rxjs', 'reflect-metadata', '@nestjs/core'],
        },
      ],
    },
  },
  prettier,
);
