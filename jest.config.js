/** Tests mirror the tree: test/core, test/adapters, test/lib, test/local, test/bin. SWC checks no types; `npm test` runs tsc first. */
const { availableParallelism } = require('node:os');

// On Node 20 the AWS SDK announces the end of its support in every test file; said once in the README is enough.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
// Every App would judge its templates as CloudFormation does, a second and a half each; lib/app.test.ts and examples/cutover.test.ts do, for all of them.
process.env.CDK_VALIDATION = 'false';

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  coverageProvider: 'v8',
  // One more than there are processors: many tests wait for other processes, or for a moment to pass.
  maxWorkers: availableParallelism() + 1,
  // Of the tests of one file that run side by side (test/bin): they wait for the processes they start.
  maxConcurrency: 10,
  testTimeout: 60_000,
};
