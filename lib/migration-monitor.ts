/** Watches OMS migration projects: remembers what it sees, tells what changes, and lets others wait. Read this one first. */
import { Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { letAlarmsPublish } from './alarm-permission';
import { MonitorAlarms } from './alarms';
import { ChangeTopic } from './change-topic';
import { CheckFunction } from './check-function';
import { CheckNetwork } from './check-network';
import { dashboardUrl, MonitorDashboard } from './dashboard';
import { DeadLetters } from './dead-letters';
import { FleetSchedule } from './fleet-schedule';
import { Leg } from './leg';
import { checkMonitorProps } from './monitor-checks';
import { MAX_PROJECTS_APART, MonitorMetrics } from './monitor-metrics';
import { warnOfReach } from './network-reach';
import type { OmsApi, OmsKind } from './rules';
import { StateTable } from './state-table';
import type { EndpointService } from './vpc-endpoints';
import type { HasLeg } from './wait-loop';
import { WaitMachine } from './wait-machine';

export interface MigrationMonitorProps {
  /** The http or https address of the OMS console, such as `http://10.0.0.5:8089`. */
  readonly omsEndpoint: string;
  /**
   * The ids of the projects that the schedule looks at.
   * @default - required, unless `discover`
   */
  readonly projects?: readonly string[];
  /**
   * Look at every project that OMS lists, new ones too, except those that are released or deleted. Needs OMS 4.1.1 or later.
   * @default false
   */
  readonly discover?: boolean;
  /** The console account, as JSON: `{"username": "…", "password": "…"}`. */
  readonly credentials: secretsmanager.ISecret;
  /**
   * Which of OMS's interfaces to call.
   * @default 'auto' - what the console answers to
   */
  readonly api?: OmsApi;
  /**
   * Data migration or data synchronisation projects.
   * @default 'migration'
   */
  readonly kind?: OmsKind;
  /**
   * How often the schedule looks at every project. Whole minutes.
   * @default Duration.minutes(5)
   */
  readonly interval?: Duration;
  /**
   * Who is told by e-mail. Each address has to confirm once.
   * @default - nobody; subscribe to `topic`
   */
  readonly notifyEmails?: readonly string[];
  /**
   * How long one look at OMS may take.
   * @default Duration.seconds(10)
   */
  readonly requestTimeout?: Duration;
  /**
   * How long what was seen is kept. Whole days.
   * @default Duration.days(90)
   */
  readonly retention?: Duration;
  /**
   * The network that OMS is reached from. Where `omsEndpoint` is plainly private and there is none, the synthesis warns.
   * @default - the internet
   */
  readonly vpc?: ec2.IVpc;
  /**
   * Which subnets of it.
   * @default - its private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * What the function may reach.
   * @default - a group of its own that lets out to the port of OMS and to 443
   */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  /**
   * Ways from the VPC to AWS services that are not there yet. A second one for the same service would not deploy.
   * @default - none: the subnets lead to them already
   */
  readonly createEndpoints?: readonly EndpointService[];
  /**
   * A PEM file with certificate authorities to trust for OMS.
   * @default - the public ones only
   */
  readonly omsCa?: string;
  /**
   * A key of yours for the table, the topic and the queues.
   * @default - keys of AWS
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Who hears of alarms. A topic of the same app gets the policy it needs, and its key too.
   * @default - `topic`, as of changes
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * A topic that Amazon Q Developer in chat applications (AWS Chatbot) is subscribed to: changes go there too, one thread a project.
   * @default - no chat
   */
  readonly chatTopic?: sns.ITopic;
  /**
   * An event bus that changes go to too, shaped as AWS DMS shapes its own.
   * @default - none
   */
  readonly eventBus?: events.IEventBus;
  /**
   * Where docs/runbook.md can be read: every alarm's description links to its section there.
   * @default - the file's name and its section, and that it is in this package
   */
  readonly runbookUrl?: string;
  /**
   * How long logs are kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * What becomes of the table and the logs when they leave the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

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
    // Of synthesis, not of deployment: the function is told the name, and what bears it refers to the function.
    const monitorName = Names.uniqueResourceName(this, { maxLength: 80 });
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
      requestTimeout: props.requestTimeout ?? Duration.seconds(10),
      retention: props.retention ?? Duration.days(90),
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
