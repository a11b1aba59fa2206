/** Watches OMS migration projects: remembers what it sees, tells what changes, and lets others wait. Read this one first. */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DEFAULTS } from '../../lambda/contract/defaults';
import { MAX_PROJECTS_APART } from '../../lambda/contract/metrics';
import { letAlarmsPublish } from '../alarms/alarm-permission';
import { MonitorAlarms } from '../alarms/alarms';
import { dashboardUrl, MonitorDashboard } from '../alarms/dashboard';
import { MonitorMetrics } from '../alarms/metrics';
import { CheckNetwork } from '../network/check-network';
import { warnOfReach } from '../network/network-reach';
import { Leg } from '../wait/leg';
import type { HasLeg } from '../wait/wait-loop';
import { WaitMachine } from '../wait/wait-machine';
import { ChangeTopic } from './change-topic';
import { CheckFunction } from './check-function';
import { DeadLetters } from './dead-letters';
import { deployedName } from './deployed-name';
import { FleetSchedule } from './fleet-schedule';
import type { MigrationMonitorProps } from './props';
import { StateTable } from './state-table';
import { checkMonitorProps } from './validation';

/** As it comes with the package. */
const RUNBOOK = 'docs/runbook.md in the npm package oms-cutover';

/** An event that waits longer than this is no longer about now. Lambda's two retries, after one minute and two more, are within it: a cutover's end has no next round. */
const OLDEST_EVENT = Duration.minutes(15);

export class MigrationMonitor extends Construct implements HasLeg {
  /** Latest and snapshots of every project. */
  readonly table: dynamodb.Table;
  /** Where changes are told. */
  readonly topic: sns.ITopic;
  /** The one function. */
  readonly checkFunction: lambda.IFunction;
  /** Events that the function failed on: rounds of the schedule, ends of cutovers. */
  readonly failures: sqs.IQueue;
  /** Events that the schedule could not hand over. */
  readonly scheduleDeadLetters: sqs.IQueue;
  readonly leg: sfn.IStateMachine;
  /** Waits for one project: start it with `{ "projectId": "p_…", "goal": { … } }`. */
  readonly waitMachine: sfn.IStateMachine;
  /** How far everything is, at a glance. */
  readonly dashboard: cloudwatch.Dashboard;
  /** Each has a section in docs/runbook.md. */
  readonly alarms: readonly cloudwatch.IAlarm[];
  /** Who hears of alarms. */
  readonly alarmTopic: sns.ITopic;
  /** As given. */
  readonly runbookUrl: string | undefined;

  constructor(scope: Construct, id: string, props: MigrationMonitorProps) {
    super(scope, id);
    checkMonitorProps(this.node.path, props);
    const { encryptionKey, vpc } = props;
    warnOfReach(this, props.omsEndpoint, vpc !== undefined);
    const interval = props.interval ?? Duration.minutes(5);
    const kept = {
      logRetention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    };

    this.table = new StateTable(this, 'Table', { ...kept, encryptionKey });
    this.topic = new ChangeTopic(this, 'Topic', { notifyEmails: props.notifyEmails ?? [], encryptionKey });
    this.failures = new DeadLetters(this, 'Failures', encryptionKey);
    const network =
      vpc === undefined
        ? undefined
        : new CheckNetwork(this, 'Network', {
            vpc,
            vpcSubnets: props.vpcSubnets,
            securityGroups: props.securityGroups,
            createEndpoints: props.createEndpoints ?? [],
            omsEndpoint: props.omsEndpoint,
          });
    // Refers to no resource: the function is told the name, and what bears it refers to the function.
    const monitorName = deployedName(this);
    // Dashboards belong to the account, whatever their region.
    const dashboardName = `${monitorName}-${Stack.of(this).region}`;
    const projects = props.discover === true ? undefined : props.projects;
    this.checkFunction = new CheckFunction(this, 'Check', {
      ...kept,
      table: this.table,
      topic: this.topic,
      chatTopic: props.chatTopic,
      eventBus: props.eventBus,
      failures: this.failures,
      credentials: props.credentials,
      omsEndpoint: props.omsEndpoint,
      api: props.api ?? 'auto',
      kind: props.kind ?? 'migration',
      omsCa: props.omsCa,
      requestTimeout: props.requestTimeout ?? Duration.seconds(DEFAULTS.requestTimeoutSeconds),
      retention: props.retention ?? Duration.days(DEFAULTS.retentionDays),
      maxEventAge: OLDEST_EVENT,
      network,
      encryptionKey,
      monitorName,
      dashboardUrl: dashboardUrl(this, dashboardName),
      fleetSize: projects?.length,
    }).function;
    const schedule = new FleetSchedule(this, 'Fleet', {
      checkFunction: this.checkFunction,
      projects,
      interval,
      maxEventAge: shorter(interval, OLDEST_EVENT),
      encryptionKey,
    });
    this.scheduleDeadLetters = schedule.deadLetters;
    this.leg = new Leg(this, 'Leg', { ...kept, checkFunction: this.checkFunction }).machine;
    this.waitMachine = new WaitMachine(this, 'Wait', { ...kept, leg: this.leg }).machine;

    const watched = {
      metrics: new MonitorMetrics(monitorName, interval),
      checkFunction: this.checkFunction,
      failures: this.failures,
      scheduleDeadLetters: this.scheduleDeadLetters,
    };
    if (props.alarmTopic !== undefined) letAlarmsPublish(props.alarmTopic);
    this.alarmTopic = props.alarmTopic ?? this.topic;
    this.runbookUrl = props.runbookUrl;
    this.alarms = new MonitorAlarms(this, 'Alarms', {
      ...watched,
      name: monitorName,
      topic: this.alarmTopic,
      runbookUrl: props.runbookUrl,
    }).all;
    this.dashboard = new MonitorDashboard(this, 'Overview', {
      ...watched,
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
