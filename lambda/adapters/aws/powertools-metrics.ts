/**
 * CloudWatch metrics as lines of the log (the embedded metric format): no call, no permission, no waiting.
 *
 * Metrics cost by name, and every value of a dimension is another name. So projects are told apart while there are few; every look counts
 * for the monitor as a whole, whose least, greatest and number of values are the extremes of the fleet and its size.
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
  /** How many projects the schedule is given by name; null: as many as the last round found. */
  readonly fleetSize: number | null;
}

export class PowertoolsMetrics implements Metrics {
  private readonly names: MetricNames;
  private readonly powertools: Powertools;
  private readonly fleetIsNamed: boolean;
  private apart: boolean;
  /** Somebody may wait for projects that no schedule looks at. */
  private readonly toldApart = new Set<string>();
  private gathered = false;

  constructor({ names, monitorName, fleetSize }: PowertoolsMetricsOptions) {
    this.names = names;
    this.powertools = new Powertools({ namespace: names.namespace, serviceName: monitorName });
    this.fleetIsNamed = fleetSize !== null;
    this.apart = fleetSize !== null && fleetSize <= MAX_PROJECTS_APART;
  }

  fleet(projects: number): void {
    if (!this.fleetIsNamed) this.apart = projects <= MAX_PROJECTS_APART;
  }

  checked(check: MeasuredCheck): void {
    const { result } = check;
    if (!this.isToldApart(result.project)) {
      this.add(check);
      return;
    }
    // What was gathered belongs to no project, and dimensions hold for a whole line.
    this.flush();
    this.powertools.addDimensions({}).addDimensions({ [this.names.project]: dimensionOf(result.project) });
    this.add(check);
    this.flush();
  }

  failed(looker: Poller): void {
    this.count(looker, true);
  }

  flush(): void {
    if (this.gathered) this.powertools.publishStoredMetrics();
    this.gathered = false;
  }

  private isToldApart(project: string): boolean {
    if (!this.apart) return false;
    if (this.toldApart.size < MAX_PROJECTS_APART) this.toldApart.add(project);
    return this.toldApart.has(project);
  }

  private add({ result, looker, durationMs, importance, stalled, changesPending }: MeasuredCheck): void {
    const { names } = this;
    this.count(looker, result.outcome !== 'OK');
    this.value(names.checkDuration, MetricUnit.Milliseconds, durationMs);
    this.value(names.changesPending, MetricUnit.Count, changesPending);
    this.value(names.stalled, MetricUnit.Count, stalled ? 1 : 0);
    if (result.fullProgress !== null) this.value(names.progress, MetricUnit.Percent, result.fullProgress);
    if (result.lagSeconds === null) return;
    this.value(names.lag, MetricUnit.Seconds, result.lagSeconds);
    if (importance !== 'IGNORE') this.value(names.lagOf[importance ?? 'MEDIUM'], MetricUnit.Seconds, result.lagSeconds);
  }

  private count(looker: Poller, failed: boolean): void {
    this.value(this.names.checks, MetricUnit.Count, 1);
    // 0 too: a share of nothing but failures could not be told from one of nothing.
    this.value(this.names.failedChecks, MetricUnit.Count, failed ? 1 : 0);
    if (looker === 'schedule') this.value(this.names.scheduledChecks, MetricUnit.Count, 1);
  }

  /** Powertools hands over by itself when a metric has 100 values, which is all that a line can hold. */
  private value(name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number): void {
    this.powertools.addMetric(name, unit, value);
    this.gathered = true;
  }
}

/** CloudWatch takes printable ASCII, and no colon in front. */
function dimensionOf(project: string): string {
  return project.replace(/[^\x21-\x7e]/gu, '?').replace(/^:/, '?');
}
