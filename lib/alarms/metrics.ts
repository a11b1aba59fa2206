/** The function's metrics, as the dashboard and the alarms read them. */
import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambda/contract/metrics';

export type MetricName = Extract<
  keyof typeof METRICS,
  'progress' | 'lag' | 'stalled' | `${string}hecks` | 'changesPending' | 'checkDuration'
>;
/** Importance IGNORE has no lag threshold. */
export const LAG_IMPORTANCES = ['HIGH', 'MEDIUM', 'LOW'] as const;
export type LagImportance = (typeof LAG_IMPORTANCES)[number];

export class MonitorMetrics {
  private readonly monitorName: string;
  private readonly period: Duration;

  /** @param period of one data point: the schedule's interval, or data points between two polls would be missing. */
  constructor(monitorName: string, period: Duration) {
    this.monitorName = monitorName;
    this.period = period;
  }

  /** Over all projects. */
  of(name: MetricName, statistic: string, label?: string): cloudwatch.Metric {
    return this.named(METRICS[name], statistic, label);
  }

  lagOf(importance: LagImportance): cloudwatch.Metric {
    return this.named(METRICS.lagOf[importance], 'Maximum');
  }

  /** One line per project, for all projects that have data when the dashboard is opened. */
  byProject(name: MetricName, statistic: string): cloudwatch.MathExpression {
    const { namespace, monitor, project } = METRICS;
    // CloudWatch's search expression syntax: names with other characters than letters and digits are quoted.
    const schema = `{"${namespace}",${monitor},${project}}`;
    return new cloudwatch.MathExpression({
      expression: `SEARCH('${schema} ${monitor}="${this.monitorName}" MetricName="${METRICS[name]}"', '${statistic}', ${this.period.toSeconds()})`,
      usingMetrics: {},
      // An empty label shows only the dimension that differs, the project.
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
