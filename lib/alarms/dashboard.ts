/** The CloudWatch dashboard: progress and lag of the migrations, and the health of their monitoring. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { LAG_THRESHOLD_SECONDS } from '../../lambda/contract/defaults';
import { messagesIn } from './alarm';
import { LAG_IMPORTANCES, type MonitorMetrics } from './metrics';

const WIDTH = 24;
const AWS_PERIOD = Duration.minutes(5);
const PERCENT = { min: 0, max: 100, label: 'percent', showUnits: false } as const;

export interface MonitorDashboardProps {
  /** The function gets it for links, so it must not refer to the function. */
  readonly name: string;
  readonly metrics: MonitorMetrics;
  readonly alarms: readonly cloudwatch.IAlarm[];
  /** False for a fleet that is too large for one line per project. */
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
      // A copy takes about a day, and last night's progress is what is wanted in the morning.
      defaultInterval: Duration.days(1),
    });
    this.dashboard.addWidgets(introduction(props));
    this.dashboard.addWidgets(
      new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: WIDTH, height: 3 }),
    );
    this.dashboard.addWidgets(progress(props), lag(props));
    this.dashboard.addWidgets(polls(props), pending(props));
    this.dashboard.addWidgets(...machinery(props));
  }
}

function introduction({ projectsApart, runbookUrl }: MonitorDashboardProps): cloudwatch.IWidget {
  const lines = projectsApart ? 'One line per project.' : 'Lowest and highest value of all projects.';
  return new cloudwatch.TextWidget({
    markdown: [
      '## Migrations to OceanBase',
      `**Left: progress of the full copy. Right: lag of the target.** ${lines}`,
      'The horizontal lines are the lag thresholds by importance. A line of progress ends where synchronization begins; any other line that ends means that the project is no longer polled.',
      `An alarm in red? Its description names the impact and the first action. Runbook: ${runbookUrl}`,
    ].join('\n\n'),
    width: WIDTH,
    height: 4,
  });
}

function progress({ metrics, projectsApart }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Full copy progress',
    left: projectsApart
      ? [metrics.byProject('progress', 'Maximum')]
      : [metrics.of('progress', 'Minimum', 'lowest'), metrics.of('progress', 'Maximum', 'highest')],
    leftYAxis: PERCENT,
    width: WIDTH / 2,
    height: 7,
  });
}

function lag({ metrics, projectsApart }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Replication lag',
    left: projectsApart
      ? [metrics.byProject('lag', 'Maximum')]
      : [metrics.of('lag', 'Minimum', 'lowest'), metrics.of('lag', 'Maximum', 'highest')],
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    leftAnnotations: LAG_IMPORTANCES.map((importance) => ({
      value: LAG_THRESHOLD_SECONDS[importance],
      label: `threshold for importance ${importance}`,
    })),
    width: WIDTH / 2,
    height: 7,
  });
}

function polls({ metrics }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Polls of OMS',
    left: [
      metrics.of('checks', 'Sum', 'all'),
      metrics.of('scheduledChecks', 'Sum', 'scheduled'),
      metrics.of('failedChecks', 'Sum', 'failed'),
    ],
    leftYAxis: { min: 0, label: 'polls', showUnits: false },
    right: [metrics.of('checkDuration', 'p50', 'duration p50'), metrics.of('checkDuration', 'p99', 'duration p99')],
    rightYAxis: { min: 0, label: 'milliseconds', showUnits: false },
    width: WIDTH / 2,
    height: 6,
  });
}

function pending({ metrics }: MonitorDashboardProps): cloudwatch.IWidget {
  return new cloudwatch.GraphWidget({
    title: 'Pending notifications and stalled projects',
    left: [
      metrics.of('changesPending', 'Maximum', 'pending changes of one project (maximum)'),
      metrics.of('stalled', 'Sum', 'polls that found a project stalled'),
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
      title: 'Check function',
      left: [
        checkFunction.metricErrors({ period, label: 'errors' }),
        checkFunction.metricThrottles({ period, label: 'throttles' }),
        messagesIn(failures).with({ label: 'failed events' }),
        messagesIn(scheduleDeadLetters).with({ label: 'schedule delivery failed' }),
      ],
      leftYAxis: { min: 0, showUnits: false },
      width: WIDTH / 2,
      height: 5,
    }),
    new cloudwatch.GraphWidget({
      title: 'Waits',
      left: [
        waitMachine.metricStarted({ period, label: 'started' }),
        waitMachine.metricSucceeded({ period, label: 'goal met' }),
        waitMachine.metricFailed({ period, label: 'failed' }),
      ],
      leftYAxis: { min: 0, showUnits: false },
      width: WIDTH / 2,
      height: 5,
    }),
  ];
}
