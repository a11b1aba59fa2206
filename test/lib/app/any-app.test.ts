/** The monitor in another app: with any feature flags, and with other resources in the stack. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import cdkJson from '../../../cdk.json';
import { MigrationMonitor } from '../../../lib';
import { ENDPOINT } from '../stacks';

type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> };

function stackWith(context: Record<string, unknown>, env?: { account: string; region: string }): Stack {
  const stack = new Stack(new App({ context }), 'Other', env === undefined ? {} : { env });
  const credentials = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
  new MigrationMonitor(stack, 'Monitor', { omsEndpoint: ENDPOINT, projects: ['p_a'], credentials });
  return stack;
}

/** Resources by id, with policies as a list of permissions: a flag decides how statements are grouped. */
function resourcesOf(stack: Stack): Record<string, unknown> {
  const resources = Template.fromStack(stack).toJSON().Resources as Record<string, Resource>;
  return Object.fromEntries(
    Object.entries(resources).map(([id, resource]) => [
      id,
      resource.Type === 'AWS::IAM::Policy' ? allowed(resource) : resource,
    ]),
  );
}

function allowed({ Properties }: Resource): string[] {
  const { Statement } = Properties.PolicyDocument as { Statement: Record<string, unknown>[] };
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return Statement.flatMap(({ Action, Resource: on, ...rest }) =>
    list(Action).flatMap((action) => list(on).map((resource) => JSON.stringify([action, resource, rest]))),
  ).sort();
}

test('the resources are the same with the feature flags of this repository and without', () => {
  expect(resourcesOf(stackWith({}))).toEqual(resourcesOf(stackWith(cdkJson.context)));
});

test.each([
  ['no flags', {}, undefined],
  ['an account and a region', {}, { account: '111122223333', region: 'eu-central-1' }],
  [
    'literal partitions',
    { '@aws-cdk/core:enablePartitionLiterals': true },
    { account: '111122223333', region: 'eu-central-1' },
  ],
])('cdk-nag has no finding in the monitor with %s, and still reports other resources', (_what, context, env) => {
  const stack = stackWith(context, env);
  new sqs.Queue(stack, 'Queue', { enforceSSL: true });
  const violations = new AwsSolutionsChecks(stack.node.root).validateScope(stack.node.root as App).violations;
  const found = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
  );
  expect(found).toEqual(['AwsSolutions-SQS3 Other/Queue/Resource']);
});
