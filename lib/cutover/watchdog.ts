/**
 * Compares, once a minute, the open cutovers of a pipeline with their executions, and resumes writes where an execution ended without closing
 * its record. Its own function and schedule: neither EventBridge's event nor the functions of the cutover have to work for it.
 */
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment';
import { METRICS } from '../../lambda/contract/metrics';
import { OPEN_RUNS } from '../../lambda/contract/requests/cutover';
import { type AlarmPlace, alarmOf } from '../alarms/alarm';
import { SchedulerRole } from '../monitor/fleet-schedule';
import { handlerBundle } from '../monitor/handler-bundle';
import { acknowledgeExecutions, executionsOf } from '../wait/state-machine';

const MINUTE = Duration.minutes(1);

export interface CutoverWatchdogProps extends AlarmPlace {
  readonly pipeline: sfn.IStateMachine;
  readonly resumeMachine: sfn.IStateMachine;
  readonly table: dynamodb.Table;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** X-Ray. */
  readonly tracing: boolean;
}

export class CutoverWatchdog extends Construct {
  readonly function: lambda.IFunction;
  readonly alarm: cloudwatch.IAlarm;

  constructor(scope: Construct, id: string, props: CutoverWatchdogProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.function = new lambda.Function(this, 'Function', {
      description: 'Resumes the writes of a cutover whose execution ended without doing so',
      code: handlerBundle('watchdog'),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      // The next round is due.
      timeout: MINUTE,
      role: this.role(props, logGroup).withoutPolicyUpdates(),
      logGroup,
      tracing: props.tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
      environment: {
        [ENV.tableName]: props.table.tableName,
        [ENV.pipelineArn]: props.pipeline.stateMachineArn,
        [ENV.resumeMachineArn]: props.resumeMachine.stateMachineArn,
        [ENV.monitorName]: props.name,
      },
      maxEventAge: MINUTE,
      retryAttempts: 0,
    });
    const scheduleRole = new SchedulerRole(this, 'ScheduleRole');
    scheduleRole.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      description: 'Compares the open cutovers with their executions',
      schedule: scheduler.ScheduleExpression.rate(MINUTE),
      target: new targets.LambdaInvoke(this.function, {
        role: scheduleRole.withoutPolicyUpdates(),
        maxEventAge: MINUTE,
        retryAttempts: 1,
      }),
    });
    schedule.node.addDependency(scheduleRole);
    const alarm = {
      section: 'cutover-overdue',
      impact:
        'Writes are stopped for longer than the limits of the cutover allow, an execution that ended could not be followed by resumed writes, or the watchdog itself does not run.',
      firstAction:
        'run oms-cutover status for the run that is open, and check whether the source accepts writes; if no cutover is open, find out why the watchdog does not run.',
      metric: new cloudwatch.Metric({
        namespace: METRICS.namespace,
        metricName: METRICS.overdueCutovers,
        dimensionsMap: { [METRICS.monitor]: props.name },
        statistic: 'Maximum',
        period: MINUTE,
      }),
      threshold: 1,
      outOf: [3, 3] as const,
      // The function, its schedule or the table does not work. By the change to insufficient data, which a new alarm does not make.
      missing: cloudwatch.TreatMissingData.MISSING,
      silence: true,
    };
    this.alarm = alarmOf(this, alarm, props);
  }

  /** It can write nothing but the list of open runs: the resume machine does the rest. */
  private role({ table, pipeline, resumeMachine, tracing }: CutoverWatchdogProps, logGroup: logs.ILogGroup): iam.Role {
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const allow = (actions: string[], resource: string, conditions: object = {}) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources: [resource], ...conditions }));
    allow(['dynamodb:GetItem'], table.tableArn);
    allow(['dynamodb:PutItem', 'dynamodb:Query'], table.tableArn, {
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [OPEN_RUNS] } },
    });
    table.encryptionKey?.grantEncryptDecrypt(role);
    for (const machine of [pipeline, resumeMachine]) {
      allow(['states:DescribeExecution'], executionsOf(this, machine));
      acknowledgeExecutions(role, machine, ':*');
    }
    allow(['states:StartExecution'], resumeMachine.stateMachineArn);
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    if (!tracing) return role;
    allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions with which a function writes its traces to X-Ray do not support resource-level permissions.',
    });
    return role;
  }
}
