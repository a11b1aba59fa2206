/** What the function counts, as the dashboard and the alarms read it. */
import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambda/contract/metrics';

export type MetricName = Extract<
  keyof typeof METRICS,
  'progress' | 'lag' | 'stalled' | `${string}hecks` | 'changesPending' | 'checkDuration'
>;
/** OMS never alarms for the lag of importance IGNORE. */
export const LAG_IMPORTANCES = ['HIGH', 'MEDIUM', 'LOW'] as const;
export type LagImportance = (typeof LAG_IMPORTANCES)[number];

export class MonitorMetrics {
  private readonly monitorName: string;
  private readonly period: Duration;

  /** @param period of one value: the schedule's interval, or every second value would be missing. */
  constructor(monitorName: string, period: Duration) {
    this.monitorName = monitorName;
    this.period = period;
  }

  /** Over all projects: `Minimum` and `Maximum` are the fleet's extremes. */
  of(name: MetricName, statistic: string, label?: string): cloudwatch.Metric {
    return this.named(METRICS[name], statistic, label);
  }

  lagOf(importance: LagImportance): cloudwatch.Metric {
    return this.named(METRICS.lagOf[importance], 'Maximum');
  }

  /** One line a project, whichever there are when somebody looks. */
  byProject(name: MetricName, statistic: string): cloudwatch.MathExpression {
    const { namespace, monitor, project } = METRICS;
    // Names with more than letters and digits stand in quotes (CloudWatch's search expression syntax).
    const schema = `{"${namespace}",${monitor},${project}}`;
    return new cloudwatch.MathExpression({
      expression: `SEARCH('${schema} ${monitor}="${this.monitorName}" MetricName="${METRICS[name]}"', '${statistic}', ${this.period.toSeconds()})`,
      usingMetrics: {},
      // An empty label shows the project alone.
      label: '',
      period: this.period,
    });
  }

  private named(metricName: string, statistic: string, label?: string): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: METRICS.namespace,
      metricName,
      dimensionsMap: { [METRICS.monitor]: this.monitorName },
      statistic,
      period: this.period,
      ...(label === undefined ? {} : { label }),
    });
  }
}
