/** Tests mirror the tree: test/core, test/adapters, test/lib, test/local, test/bin. SWC checks no types; `npm test` runs tsc first. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  coverageProvider: 'v8',
  testTimeout: 60_000,
};
