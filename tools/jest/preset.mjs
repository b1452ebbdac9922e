import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const swc = {
  swcrc: false,
  isModule: 'unknown',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
    },
  },
};

export default {
  testEnvironment: here('./environment.cjs'),
  // Packages resolve to their sources: tests need no build.
  testEnvironmentOptions: {
    customExportConditions: ['@vitalcache/source', 'node', 'node-addons'],
  },
  testMatch: [
    '<rootDir>/src/**/*.spec.ts',
    '<rootDir>/test/**/*.spec.ts',
    '<rootDir>/test/**/*.int-spec.ts',
  ],
  // For a hang, not for haste: machines that many share are slow at times.
  testTimeout: 30_000,
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.tsc/'],
  // Sources import './x.js' and mean './x.ts'.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    // CommonJS with import(): taken for a module, it becomes require().
    '/node_modules/(@electric-sql/.+\\.cjs|mercurius/index\\.js)$': [
      '@swc/jest',
      { ...swc, isModule: true },
    ],
    '^.+\\.(ts|[cm]?js)$': ['@swc/jest', swc],
  },
  // Nest 12 is ESM only, and Jest on Node 20 cannot require() ESM: everything is transformed.
  transformIgnorePatterns: [],
  coverageProvider: 'v8',
  coveragePathIgnorePatterns: ['/node_modules/', '/dist/', '\\.spec\\.ts$', '/test/'],
};
