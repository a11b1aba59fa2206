/** One page that says at a glance how far the migrations are, and whether anybody would notice if they were not. */
import { Duration, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { LAG_THRESHOLD_SECONDS } from '../../lambda/contract/defaults';
import { lettersIn } from './alarm-rule';
import { LAG_IMPORTANCES, type MonitorMetrics } from './metrics';

const WIDTH = 24;
const AWS_PERIOD = Duration.minutes(5);
const PERCENT = { min: 0, max: 100, label: 'percent', showUnits: false } as const;

export interface MonitorDashboardProps {
  /** Also in the address: the function knows it, so it must not be one that refers to the function. */
  readonly name: string;
  readonly metrics: MonitorMetrics;
  readonly alarms: readonly cloudwatch.IAlarm[];
  /** False where there are too many projects to tell them apart. */
  readonly projectsApart: boolean;
  readonly checkFunction: lambda.IFunction;
  readonly failures: sqs.IQueue;
  readonly scheduleDeadLetters: sqs.IQueue;
  readonly waitMachine: sfn.IStateMachine;
  readonly runbookUrl: string;
}

export class MonitorDashboard extends Construct {
  readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: MonitorDashboardProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: props.name,
      // A copy takes a day, and what it did at night is what one asks for in the morning.
      defaultInterval: Duration.days(1),
    });
    this.dashboard.addWidgets(introduction(props));
    this.dashboard.addWidgets(
      new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: WIDTH, height: 3 }),
    );
    this.dashboard.addWidgets(progress(props), lag(props));
    this.dashboard.addWidgets(polls(props), telling(props));
    this.dashboard.addWidgets(...machinery(props));
  }
}

/** In a page of its own, so that an e-mail can link to it. */
export function dashboardUrl(scope: Construct, name: string): string {
  const { region } = Stack.of(scope);
  const known = Token.isUnresolved(region) ? '' : region;
  const host = known.startsWith('cn-')
    ? 'console.amazonaws.cn'
    : known.startsWith('us-gov-')
      ? 'console.amazonaws-us-gov.com'
      : 'console.aws.amazon.com';
  return `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}

function introduction({ projectsApart, runbookUrl }: MonitorDashboardProps): cloudwatch.IWidget {
  const lines = projectsApart ? 'One line is one project.' : 'The lines are the extremes of all projects.';
  return new cloudwatch.TextWidget({
    markdown: [
      '## Migrations to OceanBase',
      `**Left: how far the copies are. Right: how far the targets are behind.** ${lines}`,
      'A copy that runs goes up; a target that follows stays below the line of its importance. A line that ends was not looked at.',
      `Something red below? Its description says what to do; all of it: ${runbookUrl}`,
    ].join('\n\n'),
    width: WIDTH,
    height: 4,
  });
}

function progress({ metrics, projectsApart }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Full copy done',
    left: projectsApart
      ? [metrics.byProject('progress', 'Maximum')]
      : [metrics.of('progress', 'Minimum', 'slowest'), metrics.of('progress', 'Maximum', 'furthest')],
    leftYAxis: PERCENT,
    width: WIDTH / 2,
    height: 7,
  });
}

function lag({ metrics, projectsApart }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Target behind the source',
    left: projectsApart
      ? [metrics.byProject('lag', 'Maximum')]
      : [metrics.of('lag', 'Minimum', 'closest'), metrics.of('lag', 'Maximum', 'furthest behind')],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    leftAnnotations: LAG_IMPORTANCES.map((importance) => ({
      value: LAG_THRESHOLD_SECONDS[importance],
      label: `too far for importance ${importance}`,
    })),
    width: WIDTH / 2,
    height: 7,
  });
}

function polls({ metrics }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Looks at OMS',
    left: [
      metrics.of('checks', 'Sum', 'all'),
      metrics.of('scheduledChecks', 'Sum', "the schedule's"),
      metrics.of('failedChecks', 'Sum', 'learned nothing'),
    ],
    leftYAxis: { min: 0, label: 'looks', showUnits: false },
    right: [
      metrics.of('checkDuration', 'p50', 'half take up to'),
      metrics.of('checkDuration', 'p99', '99 % take up to'),
    ],
    rightYAxis: { min: 0, label: 'milliseconds', showUnits: false },
    width: WIDTH / 2,
    height: 6,
  });
}

function telling({ metrics }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Not told yet, and not moving',
    left: [
      metrics.of('changesPending', 'Maximum', 'changes of one project that are not told yet, most'),
      metrics.of('stalled', 'Sum', 'looks at projects that do not move'),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width: WIDTH / 2,
    height: 6,
  });
}

function machinery({
  checkFunction,
  failures,
  scheduleDeadLetters,
  waitMachine,
}: MonitorDashboardProps): cloudwatch.IWidget[] {
  const period = AWS_PERIOD;
  return [
    new cloudwatch.GraphWidget({
      title: 'The check function',
      left: [
        checkFunction.metricErrors({ period, label: 'failed' }),
        checkFunction.metricThrottles({ period, label: 'throttled' }),
        lettersIn(failures).with({ label: 'dead letters' }),
        lettersIn(scheduleDeadLetters).with({ label: 'rounds not handed over' }),
      ],
      leftYAxis: { min: 0, showUnits: false },
      width: WIDTH / 2,
      height: 5,
    }),
    new cloudwatch.GraphWidget({
      title: 'Waits',
      left: [
        waitMachine.metricStarted({ period, label: 'started' }),
        waitMachine.metricSucceeded({ period, label: 'goal reached' }),
        waitMachine.metricFailed({ period, label: 'failed' }),
      ],
      leftYAxis: { min: 0, showUnits: false },
      width: WIDTH / 2,
      height: 5,
    }),
  ];
}
