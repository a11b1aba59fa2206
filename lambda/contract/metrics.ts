/** Names and limits of the metrics: the function emits them, the dashboard and the alarms read them. */
export const METRICS = {
  namespace: 'oms-cutover',
  /** Dimensions: the monitor, and within it a project. */
  monitor: 'service',
  project: 'project',
  /** Percent of the full copy. */
  progress: 'Progress',
  /** Seconds the target is behind the source. */
  lag: 'Lag',
  /** The same for projects of one importance: each importance has its own threshold. */
  lagOf: { HIGH: 'LagOfHighImportance', MEDIUM: 'LagOfMediumImportance', LOW: 'LagOfLowImportance' },
  /** 1 for a project reported as stalled, 0 for one that makes progress. */
  stalled: 'Stalled',
  /** All checks, including those of waits. */
  checks: 'Checks',
  /** Checks of the schedule, which run whether or not anything waits. */
  scheduledChecks: 'ScheduledChecks',
  /** Checks without an observation: OMS gave no valid answer, or the check itself failed. */
  failedChecks: 'FailedChecks',
  /** Changes of a project that have not been notified yet. */
  changesPending: 'ChangesPending',
  /** Milliseconds. */
  checkDuration: 'CheckDuration',
  /** Cutovers past their own limits, once a minute from the watchdog of each pipeline, also as 0. Dimension: the pipeline. */
  overdueCutovers: 'OverdueCutovers',
} as const;

/** A larger fleet has metrics only as a whole: more lines make a graph unreadable, and each is billed. */
export const MAX_PROJECTS_APART = 20;
