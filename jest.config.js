/** Tests mirror the tree: test/core, test/adapters, test/lib, test/local, test/bin. SWC checks no types; `npm test` runs tsc first. */
// On Node 20 the AWS SDK announces the end of its support in every test file; said once in the README is enough.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
// Every App would judge its templates as CloudFormation does, a second and a half each; lib/app.test.ts and test/examples do, for all of them.
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
  // Jest leaves one core to itself otherwise, which on two is half of them.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
