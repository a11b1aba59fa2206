/** cdk-nag's AwsSolutions pack: no finding is open, and each acknowledged one is listed here. */
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import cdkJson from '../../cdk.json';
import { OmsCutoverStack } from '../../lib/app/oms-cutover-stack';
import { readSettings } from '../../lib/app/settings';
import { FIXTURES } from './stacks';

const LEAST = { omsEndpoint: 'https://oms.example.com', projects: 'p_a', notifyEmail: 'a@example.com' };
const ALL = {
  ...LEAST,
  omsCa: join(FIXTURES, 'ca.pem'),
  encryptionKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: 'subnet-0a1b2c3d',
  availabilityZones: 'eu-central-1a',
  routeTableIds: 'rtb-0a1b2c3d',
  createEndpoints: 'all',
};

function appWith(context: Record<string, string>, env?: { account: string; region: string }): App {
  const app = new App({ context: cdkJson.context });
  new OmsCutoverStack(app, 'OmsCutover', { settings: readSettings(context), ...(env === undefined ? {} : { env }) });
  return app;
}

test.each([
  ['minimal settings', LEAST, undefined],
  ['all settings', ALL, undefined],
  ['an account and a region', LEAST, { account: '111122223333', region: 'eu-central-1' }],
])('no finding is open with %s', (_what, context, env) => {
  const app = appWith(context, env);
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

test('every acknowledged finding is listed, on the resource that has it, with a reason', () => {
  const app = appWith(LEAST);
  const acknowledged = app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) =>
          Object.entries(data as Record<string, string>).map(
            ([rule, reason]) =>
              [node.path.replace('OmsCutover/Monitor/', ''), rule.replace(/^annotation::/i, ''), reason] as const,
          ),
        ),
    );
  expect(acknowledged.map(([path, rule]) => `${path}: ${rule.replace(/\{.*\}/, '…')}`)).toEqual([
    'Topic: AwsSolutions-SNS2',
    'Failures: AwsSolutions-SQS3',
    'Check/Role: AwsSolutions-IAM5[Resource::*]',
    'Fleet/DeadLetters: AwsSolutions-SQS3',
    'Leg/Role: AwsSolutions-IAM5[Resource::*]',
    'Wait/Role: AwsSolutions-IAM5[Resource::*]',
    'Wait/Role: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:…:*]',
  ]);
  for (const [, , reason] of acknowledged) expect(reason.length).toBeGreaterThan(60);
});
