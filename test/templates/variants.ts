/** The variants of the stack that the template checks cover. */
import { join } from 'node:path';
import { type App, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CutoverPipeline,
  type CutoverPipelineProps,
  ENDPOINT_SERVICES,
  MigrationMonitor,
  type MigrationMonitorProps,
} from '../../lib';

type Settings = (stack: Stack) => Partial<MigrationMonitorProps>;
type Steps = (stack: Stack) => Partial<CutoverPipelineProps>;

interface Variant {
  readonly monitor: Settings;
  /** Absent: only a monitor. */
  readonly pipeline?: Steps;
}

const inVpc: Settings = (stack) => ({
  vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: [`${stack.region}a`],
    privateSubnetIds: ['subnet-0a1b2c3d'],
    privateSubnetRouteTableIds: ['rtb-0a1b2c3d'],
  }),
  createEndpoints: ENDPOINT_SERVICES,
});
const withKey: Settings = (stack) => ({ encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }) });
const withCa: Settings = () => ({ omsCa: join(__dirname, '../lib/fixtures/ca.pem') });
const discovered: Settings = () => ({ discover: true, api: '4.1.1' });
const withBusAndChat: Settings = (stack) => ({
  eventBus: events.EventBus.fromEventBusName(stack, 'Bus', 'migrations'),
  chatTopic: sns.Topic.fromTopicArn(stack, 'Chat', stack.formatArn({ service: 'sns', resource: 'chat' })),
});

const step = (stack: Stack, name: string) => new sfn.Pass(stack, name);

const VARIANTS: Readonly<Record<string, Variant>> = {
  // Not "Default": the CDK omits that word from logical ids.
  Least: { monitor: () => ({}) },
  Vpc: { monitor: inVpc },
  Key: { monitor: withKey },
  Ca: { monitor: withCa },
  Discover: { monitor: discovered },
  BusAndChat: { monitor: withBusAndChat },
  SixtyProjects: { monitor: () => ({ projects: Array.from({ length: 60 }, (_, i) => `p_project${i}`) }) },
  FiveThousandProjects: { monitor: () => ({ projects: Array.from({ length: 5_000 }, (_, i) => `p_project${i}`) }) },
  SmallestPipeline: { monitor: () => ({}), pipeline: () => ({}) },
  LargestPipeline: {
    monitor: (stack) => ({
      ...inVpc(stack),
      ...withKey(stack),
      ...withCa(stack),
      ...discovered(stack),
      ...withBusAndChat(stack),
    }),
    pipeline: (stack) => ({
      verify: step(stack, 'Verify'),
      switchover: step(stack, 'Switchover'),
      rollback: step(stack, 'Rollback'),
      approval: {},
    }),
  },
};

export const VARIANT_NAMES = Object.keys(VARIANTS);

/** Adds one stack, named after its variant. */
export function addVariant(app: App, name: string, props: StackProps = {}): void {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`unknown variant ${name}; valid are ${VARIANT_NAMES.join(', ')}`);
  const stack = new Stack(app, name, props);
  const settings = variant.monitor(stack);
  const monitor = new MigrationMonitor(stack, 'Monitor', {
    omsEndpoint: 'https://oms.example.com',
    ...(settings.discover === true ? {} : { projects: ['p_a'] }),
    notifyEmails: ['dba@example.com'],
    credentials: secretsmanager.Secret.fromSecretNameV2(stack, 'OmsSecret', 'oms-cutover/oms'),
    ...settings,
  });
  if (variant.pipeline !== undefined) {
    new CutoverPipeline(stack, 'Cutover', {
      monitor,
      stopWrites: step(stack, 'StopWrites'),
      switchTraffic: step(stack, 'SwitchTraffic'),
      resumeWrites: step(stack, 'ResumeWrites'),
      ...variant.pipeline(stack),
    });
  }
}
