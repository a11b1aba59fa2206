/**
 * CloudWatch metrics as log lines in the embedded metric format: no call, no permission, no latency.
 *
 * CloudWatch charges by metric, and every value of a dimension is another metric. So projects have a dimension of their own only while they are
 * few, and only for what the dashboard shows of each: its progress, then its lag. Every poll counts for the monitor as a whole, whose Minimum,
 * Maximum and SampleCount show the extremes and the size of the fleet.
 */
import { MetricUnit, Metrics as Powertools } from '@aws-lambda-powertools/metrics';
import { MAX_PROJECTS_APART } from '../../contract/metrics';
import type { Importance } from '../../contract/oms';
import type { Poller } from '../../core/model/snapshot';
import type { MeasuredCheck, Metrics } from '../../core/ports';

export interface MetricNames {
  readonly namespace: string;
  readonly project: string;
  readonly progress: string;
  readonly lag: string;
  readonly lagOf: Readonly<Record<Exclude<Importance, 'IGNORE'>, string>>;
  readonly stalled: string;
  readonly checks: string;
  readonly scheduledChecks: string;
  readonly failedChecks: string;
  readonly changesPending: string;
  readonly checkDuration: string;
}

export interface PowertoolsMetricsOptions {
  readonly names: MetricNames;
  readonly monitorName: string;
  /** How many projects the schedule names; null: as many as its last round found. */
  readonly fleetSize: number | null;
}

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** What the dashboard shows of one project. */
interface Shown {
  readonly project: string;
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
}

export class PowertoolsMetrics implements Metrics {
  private readonly names: MetricNames;
  private readonly powertools: Powertools;
  private readonly fleetIsNamed: boolean;
  private isSmallFleet: boolean;
  /** A wait may poll projects that no schedule polls, so the projects with a dimension are counted too. */
  private readonly measuredProjects = new Set<string>();
  private readonly apart: Shown[] = [];
  private gathered = false;

  constructor({ names, monitorName, fleetSize }: PowertoolsMetricsOptions) {
    this.names = names;
    this.powertools = new Powertools({ namespace: names.namespace, serviceName: monitorName });
    this.fleetIsNamed = fleetSize !== null;
    this.isSmallFleet = fleetSize !== null && fleetSize <= MAX_PROJECTS_APART;
  }

  fleet(projects: number): void {
    if (!this.fleetIsNamed) this.isSmallFleet = projects <= MAX_PROJECTS_APART;
  }

  checked(check: MeasuredCheck): void {
    const { result, looker, durationMs, importance, stalled, changesPending } = check;
    const { names } = this;
    const { project, lagSeconds, fullProgress } = result;
    this.count(looker, result.outcome !== 'OK');
    this.value(names.checkDuration, MetricUnit.Milliseconds, durationMs);
    this.value(names.changesPending, MetricUnit.Count, changesPending);
    this.value(names.stalled, MetricUnit.Count, stalled ? 1 : 0);
    if (lagSeconds !== null && importance !== 'IGNORE')
      this.value(names.lagOf[importance ?? 'MEDIUM'], MetricUnit.Seconds, lagSeconds);
    // The copy is over where there is a lag: its 100 % would be a second metric that says nothing.
    const shown: Shown | null =
      lagSeconds !== null
        ? { project, name: names.lag, unit: MetricUnit.Seconds, value: lagSeconds }
        : fullProgress !== null
          ? { project, name: names.progress, unit: MetricUnit.Percent, value: fullProgress }
          : null;
    if (shown === null) return;
    if (this.hasOwnDimension(project)) this.apart.push(shown);
    else this.value(shown.name, shown.unit, shown.value);
  }

  failed(looker: Poller): void {
    this.count(looker, true);
  }

  flush(): void {
    this.publish();
    for (const { project, name, unit, value } of this.apart.splice(0)) {
      // Dimensions hold for a whole line.
      this.powertools.addDimensions({ [this.names.project]: dimensionOf(project) });
      this.value(name, unit, value);
      this.publish();
    }
  }

  private publish(): void {
    if (this.gathered) this.powertools.publishStoredMetrics();
    this.gathered = false;
  }

  private hasOwnDimension(project: string): boolean {
    if (!this.isSmallFleet) return false;
    if (this.measuredProjects.size < MAX_PROJECTS_APART) this.measuredProjects.add(project);
    return this.measuredProjects.has(project);
  }

  private count(looker: Poller, failed: boolean): void {
    this.value(this.names.checks, MetricUnit.Count, 1);
    // 0 as well: without it, a rate of failures could not be computed.
    this.value(this.names.failedChecks, MetricUnit.Count, failed ? 1 : 0);
    if (looker === 'schedule') this.value(this.names.scheduledChecks, MetricUnit.Count, 1);
  }

  /** Powertools publishes by itself when a metric has 100 values, the most that a line can hold. */
  private value(name: string, unit: Unit, value: number): void {
    this.powertools.addMetric(name, unit, value);
    this.gathered = true;
  }
}

/** CloudWatch accepts printable ASCII that does not begin with a colon. */
function dimensionOf(project: string): string {
  return project.replace(/[^\x21-\x7e]/gu, '?').replace(/^:/, '?');
}
