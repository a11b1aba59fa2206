/** The stack that the app deploys: one monitor, with everything that is somebody else's referred to and not made. */
import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { MigrationMonitor } from '../monitor/migration-monitor';
import type { MigrationMonitorProps } from '../monitor/props';
import type { NetworkSettings, Settings } from './settings';

export interface OmsCutoverStackProps extends StackProps {
  readonly settings: Settings;
}

export class OmsCutoverStack extends Stack {
  readonly monitor: MigrationMonitor;

  constructor(scope: Construct, id: string, props: OmsCutoverStackProps) {
    super(scope, id, { description: 'oms-cutover: watches OceanBase migrations and says when to switch', ...props });
    const { settings } = props;
    this.monitor = new MigrationMonitor(this, 'Monitor', {
      omsEndpoint: settings.omsEndpoint,
      ...given('projects', settings.projects),
      ...given('discover', settings.discover),
      notifyEmails: settings.notifyEmails,
      credentials: secretOf(this, settings.omsSecret),
      ...given('api', settings.omsApi),
      ...given('kind', settings.omsKind),
      ...given('omsCa', settings.omsCa),
      ...given('interval', settings.interval),
      ...given('requestTimeout', settings.requestTimeout),
      ...given('retention', settings.retention),
      ...given('runbookUrl', settings.runbookUrl),
      ...(settings.encryptionKeyArn === undefined
        ? {}
        : { encryptionKey: kms.Key.fromKeyArn(this, 'Key', settings.encryptionKeyArn) }),
      ...(settings.network === undefined ? {} : networkOf(this, settings.network)),
    });
    const { monitor } = this;
    new CfnOutput(this, 'TableName', {
      value: monitor.table.tableName,
      description: 'Latest and snapshots of every project',
    });
    new CfnOutput(this, 'TopicArn', { value: monitor.topic.topicArn, description: 'Where changes are told' });
    new CfnOutput(this, 'CheckFunctionName', {
      value: monitor.checkFunction.functionName,
      description: 'Looks at OMS',
    });
    new CfnOutput(this, 'WaitMachineArn', {
      value: monitor.waitMachine.stateMachineArn,
      description: 'Start it to wait for a project',
    });
    new CfnOutput(this, 'LegMachineArn', { value: monitor.leg.stateMachineArn, description: 'Runs one leg of a wait' });
    new CfnOutput(this, 'FailuresUrl', {
      value: monitor.failures.queueUrl,
      description: 'Events that the function failed on: rounds of the schedule, ends of cutovers',
    });
  }
}

/** exactOptionalPropertyTypes: a prop that was not given is absent, not undefined. */
function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}

function secretOf(scope: Construct, nameOrArn: string): secretsmanager.ISecret {
  if (!nameOrArn.startsWith('arn:')) return secretsmanager.Secret.fromSecretNameV2(scope, 'OmsSecret', nameOrArn);
  // A complete ARN ends in a hyphen and six characters that Secrets Manager chose.
  const complete = /-[A-Za-z0-9]{6}$/.test(nameOrArn);
  return complete
    ? secretsmanager.Secret.fromSecretCompleteArn(scope, 'OmsSecret', nameOrArn)
    : secretsmanager.Secret.fromSecretPartialArn(scope, 'OmsSecret', nameOrArn);
}

/** By attributes, never by look-up: synthesis needs no account. */
function networkOf(scope: Construct, network: NetworkSettings): Partial<MigrationMonitorProps> {
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: network.vpcId,
    availabilityZones: [...network.availabilityZones],
    privateSubnetIds: [...network.subnetIds],
    ...(network.routeTableIds.length === 0 ? {} : { privateSubnetRouteTableIds: [...network.routeTableIds] }),
  });
  // Only the gateway to DynamoDB looks at route tables, and the settings ask for them where it is made.
  Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'No route table is changed here.');
  const groups = network.securityGroupIds.map((id) =>
    ec2.SecurityGroup.fromSecurityGroupId(scope, `Group-${id}`, id, { mutable: false }),
  );
  return { vpc, createEndpoints: network.createEndpoints, ...(groups.length === 0 ? {} : { securityGroups: groups }) };
}
