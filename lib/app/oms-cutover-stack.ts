/** The stack of the app: one MigrationMonitor. The secret, the key and the VPC exist already and are imported. */
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
    super(scope, id, {
      description: 'oms-cutover: monitors OceanBase migrations and notifies when they are ready for cutover',
      ...props,
    });
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
      description: 'Project states, snapshots and cutover receipts',
    });
    new CfnOutput(this, 'TopicArn', {
      value: monitor.topic.topicArn,
      description: 'Changes and alarms are published to it',
    });
    new CfnOutput(this, 'CheckFunctionName', {
      value: monitor.checkFunction.functionName,
      description: 'Polls OMS',
    });
    new CfnOutput(this, 'WaitMachineArn', {
      value: monitor.waitMachine.stateMachineArn,
      description: 'Start an execution to wait for a project',
    });
    new CfnOutput(this, 'LegMachineArn', {
      value: monitor.leg.stateMachineArn,
      description: 'Runs one leg of a wait; started by WaitMachine',
    });
    new CfnOutput(this, 'FailuresUrl', {
      value: monitor.failures.queueUrl,
      description: 'Dead-letter queue of the function: scheduled polls',
    });
  }
}

/** exactOptionalPropertyTypes: an optional prop must be absent, not undefined. */
function given<K extends string, V>(name: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, V>);
}

function secretOf(scope: Construct, nameOrArn: string): secretsmanager.ISecret {
  if (!nameOrArn.startsWith('arn:')) return secretsmanager.Secret.fromSecretNameV2(scope, 'OmsSecret', nameOrArn);
  // A complete ARN ends in a hyphen and six random characters.
  const complete = /-[A-Za-z0-9]{6}$/.test(nameOrArn);
  return complete
    ? secretsmanager.Secret.fromSecretCompleteArn(scope, 'OmsSecret', nameOrArn)
    : secretsmanager.Secret.fromSecretPartialArn(scope, 'OmsSecret', nameOrArn);
}

/** Imported by attributes, not by a context lookup: synthesis needs no account. */
function networkOf(scope: Construct, network: NetworkSettings): Partial<MigrationMonitorProps> {
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: network.vpcId,
    ...given('vpcCidrBlock', network.vpcCidr),
    availabilityZones: [...network.availabilityZones],
    privateSubnetIds: [...network.subnetIds],
    ...(network.routeTableIds.length === 0 ? {} : { privateSubnetRouteTableIds: [...network.routeTableIds] }),
  });
  // Only the DynamoDB gateway endpoint uses route tables, and the settings require them in that case.
  Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'Route tables are not changed.');
  const groups = network.securityGroupIds.map((id) =>
    ec2.SecurityGroup.fromSecurityGroupId(scope, `Group-${id}`, id, { mutable: false }),
  );
  return { vpc, createEndpoints: network.createEndpoints, ...(groups.length === 0 ? {} : { securityGroups: groups }) };
}
