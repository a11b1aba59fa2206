/** Monitors OMS projects: polls them, stores their state, notifies changes, and runs waits. Start reading here. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DEFAULTS } from '../../lambda/contract/defaults';
import { MAX_PROJECTS_APART } from '../../lambda/contract/metrics';
import { allowAlarms } from '../alarms/alarm';
import { MonitorAlarms } from '../alarms/alarms';
import { MonitorDashboard } from '../alarms/dashboard';
import { deployedName } from '../alarms/deployed-name';
import { MonitorMetrics } from '../alarms/metrics';
import { CheckNetwork } from '../network/check-network';
import { warnIfUnreachable } from '../network/network-reach';
import { Leg } from '../wait/leg';
import type { HasLeg } from '../wait/wait-loop';
import { WaitMachine } from '../wait/wait-machine';
import { CheckFunction } from './check-function';
import { ChangeTopic, DeadLetterQueue, StateTable } from './data-resources';
import { FleetSchedule, mayBeDivided } from './fleet-schedule';
import type { SharedResources } from './function-role';
import type { MigrationMonitorProps } from './props';
import { checkMonitorProps } from './validation';

/** Its location in the package. */
const RUNBOOK = 'docs/runbook.md in the npm package oms-cutover';

/** Older asynchronous events are dropped to `failures`. Leaves room for Lambda's two retries, after 1 and 2 more minutes. */
const MAX_EVENT_AGE = Duration.minutes(15);

/**
 * Polls OMS projects on a schedule, stores their state, publishes each change to an SNS topic, and provides the state machines of a wait.
 *
 * @throws InvalidSettings at synthesis, with every invalid prop
 */
export class MigrationMonitor extends Construct implements HasLeg {
  /** Project states, snapshots and cutover receipts: keys `pk` and `sk`, TTL attribute `expiresAt`. */
  readonly table: dynamodb.Table;
  /** Changes are published to it. Subscribe queues, functions or chat. */
  readonly topic: sns.ITopic;
  /** The function that polls OMS, for the schedule, waits and cutovers. */
  readonly checkFunction: lambda.IFunction;
  /** Dead-letter queue of the function: events on which it failed three times (scheduled polls). */
  readonly failures: sqs.IQueue;
  /** Dead-letter queue of the schedule: events with which it could not invoke the function. */
  readonly scheduleDeadLetters: sqs.IQueue;
  /** State machine that runs one leg of a wait. `waitMachine` and `WaitForMigration` start it. */
  readonly leg: sfn.IStateMachine;
  /** State machine that waits for one project: start it with `{ "projectId": "p_…", "goal": { … } }`. */
  readonly waitMachine: sfn.IStateMachine;
  /** Progress and lag of the projects, and the health of their monitoring. */
  readonly dashboard: cloudwatch.Dashboard;
  /** Each has a section of the same title in docs/runbook.md. */
  readonly alarms: readonly cloudwatch.IAlarm[];
  /** The topic that alarms are published to. */
  readonly alarmTopic: sns.ITopic;
  /** Of the interface endpoints that `createEndpoints` created: add rules for other workloads. Undefined without them. */
  readonly endpointSecurityGroup: ec2.ISecurityGroup | undefined;
  /** What the function of a cutover pipeline uses too. */
  readonly shared: SharedResources;
  /** The prop `runbookUrl`. */
  readonly runbookUrl: string | undefined;

  constructor(scope: Construct, id: string, props: MigrationMonitorProps) {
    super(scope, id);
    checkMonitorProps(this.node.path, props);
    const { encryptionKey, vpc, tracing = true } = props;
    warnIfUnreachable(this, props.omsEndpoint, vpc !== undefined);
    const interval = props.interval ?? Duration.minutes(5);
    const kept = {
      logRetention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };

    this.table = new StateTable(this, 'Table', { ...kept, encryptionKey });
    this.topic = new ChangeTopic(this, 'Topic', { notifyEmails: props.notifyEmails ?? [], encryptionKey });
    this.failures = new DeadLetterQueue(this, 'Failures', encryptionKey);
    const network =
      vpc === undefined
        ? undefined
        : new CheckNetwork(this, 'Network', {
            vpc,
            vpcSubnets: props.vpcSubnets,
            securityGroups: props.securityGroups,
            createEndpoints: props.createEndpoints ?? [],
            endpointPeers: props.endpointPeers,
            omsEndpoint: props.omsEndpoint,
          });
    // Refers to no resource: the function gets the name, and the resources that have it refer to the function.
    const monitorName = deployedName(this);
    // Dashboard names are unique in the account, across regions.
    const dashboardName = `${monitorName}-${Stack.of(this).region}`;
    const projects = props.discover === true ? undefined : props.projects;
    this.shared = {
      table: this.table,
      topic: this.topic,
      chatTopic: props.chatTopic,
      eventBus: props.eventBus,
      encryptionKey,
      retention: props.retention ?? Duration.days(DEFAULTS.retentionDays),
      monitorName,
      dashboardName,
      tracing,
    };
    const check = new CheckFunction(this, 'Check', {
      ...kept,
      shared: this.shared,
      failures: this.failures,
      credentials: props.credentials,
      omsEndpoint: props.omsEndpoint,
      api: props.api ?? 'auto',
      kind: props.kind ?? 'migration',
      omsCa: props.omsCa,
      requestTimeout: props.requestTimeout ?? Duration.seconds(DEFAULTS.requestTimeoutSeconds),
      maxEventAge: MAX_EVENT_AGE,
      network,
      projects,
    });
    this.checkFunction = check.function;
    if (mayBeDivided({ projects, interval })) check.allowDivision();
    const schedule = new FleetSchedule(this, 'Fleet', {
      checkFunction: this.checkFunction,
      projects,
      interval,
      maxEventAge: shorter(interval, MAX_EVENT_AGE),
      encryptionKey,
    });
    // Its first invocation needs them.
    if (network !== undefined) schedule.node.addDependency(network);
    this.endpointSecurityGroup = network?.endpointGroup;
    this.scheduleDeadLetters = schedule.deadLetters;
    this.leg = new Leg(this, 'Leg', { ...kept, tracing, checkFunction: this.checkFunction }).machine;
    this.waitMachine = new WaitMachine(this, 'Wait', { ...kept, tracing, leg: this.leg }).machine;

    const observed = {
      metrics: new MonitorMetrics(monitorName, interval),
      checkFunction: this.checkFunction,
      failures: this.failures,
      scheduleDeadLetters: this.scheduleDeadLetters,
    };
    if (props.alarmTopic !== undefined) allowAlarms(props.alarmTopic);
    this.alarmTopic = props.alarmTopic ?? this.topic;
    this.runbookUrl = props.runbookUrl;
    this.alarms = new MonitorAlarms(this, 'Alarms', {
      ...observed,
      waitMachine: this.waitMachine,
      leg: this.leg,
      name: monitorName,
      topic: this.alarmTopic,
      runbookUrl: props.runbookUrl,
    }).all;
    this.dashboard = new MonitorDashboard(this, 'Overview', {
      ...observed,
      name: dashboardName,
      runbookUrl: props.runbookUrl ?? RUNBOOK,
      alarms: this.alarms,
      projectsApart: projects === undefined || projects.length <= MAX_PROJECTS_APART,
      waitMachine: this.waitMachine,
    }).dashboard;
  }
}

function shorter(one: Duration, other: Duration): Duration {
  return one.toMilliseconds() <= other.toMilliseconds() ? one : other;
}
