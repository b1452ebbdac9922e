/** `npx jest` and `npm run coverage` from the root; `nx test <project>` runs one project. */
export default {
  projects: ['<rootDir>/packages/*', '<rootDir>/apps/*'],
  coverageDirectory: '<rootDir>/coverage',
};
