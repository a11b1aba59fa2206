/** The names of the function's environment variables: shared by the stack that sets them and the code that reads them, so that the compiler holds the two together. */
export const ENV = {
  /** Name of the table of latest and snapshots. */
  tableName: 'TABLE_NAME',
  /** ARN of the topic that changes are told to. */
  topicArn: 'TOPIC_ARN',
  /** Base address of OMS, such as http://10.0.0.5:8089. */
  omsEndpoint: 'OMS_ENDPOINT',
  /** Complete ARN or name of the Secrets Manager secret: JSON with `username` and `password`. */
  omsSecretId: 'OMS_SECRET_ID',
  /** `auto`, `3.3` or `4.1.1`. */
  omsApi: 'OMS_API',
  /** `migration` or `sync`. */
  omsKind: 'OMS_KIND',
  /** Path of a PEM file with the certificate authorities to trust for OMS, beside the public ones. Absent: the public ones only. */
  omsCaFile: 'OMS_CA_FILE',
  /** Whole seconds one look at OMS may take, headers and body, retries included. */
  requestTimeoutSeconds: 'REQUEST_TIMEOUT_SECONDS',
  /** Whole days a snapshot is kept. */
  retentionDays: 'RETENTION_DAYS',
  /** The function's own time-out in whole seconds: how long an invocation may look on, and the floor of the publishing lease. */
  functionTimeoutSeconds: 'FUNCTION_TIMEOUT_SECONDS',
  /** What this monitor is called in its logs and metrics. */
  monitorName: 'MONITOR_NAME',
  /** ARN of a topic that a chat integration reads. Absent: no chat. */
  chatTopicArn: 'CHAT_TOPIC_ARN',
  /** Name or ARN of an event bus that changes are told on too. Absent: none. */
  eventBusName: 'EVENT_BUS_NAME',
  /** Address of the dashboard, for e-mails. */
  dashboardUrl: 'DASHBOARD_URL',
  /** How many projects are named to the schedule. Absent: OMS is asked for them. */
  fleetSize: 'FLEET_SIZE',
} as const;

/** The names of what is measured: shared by the function that counts and the dashboard and alarms that read. */
export const METRICS = {
  namespace: 'oms-cutover',
  /** Dimensions: the monitor, and within it a project. */
  monitor: 'service',
  project: 'project',
  /** Percent of the full copy. */
  progress: 'Progress',
  /** Seconds that the target is behind. */
  lag: 'Lag',
  /** The same, of the projects of one importance: each has a threshold of its own. */
  lagOf: { HIGH: 'LagOfHighImportance', MEDIUM: 'LagOfMediumImportance', LOW: 'LagOfLowImportance' },
  /** 1 for a project that was told of as stalled, 0 for one that moves. */
  stalled: 'Stalled',
  /** Looks, those of waits included. */
  checks: 'Checks',
  /** Looks of the schedule: they have to come whether anybody waits or not. */
  scheduledChecks: 'ScheduledChecks',
  /** Looks from which nothing was learned: OMS gave no valid answer, or the check itself failed. */
  failedChecks: 'FailedChecks',
  /** Changes of a project that are not told yet. */
  changesPending: 'ChangesPending',
  /** Milliseconds. */
  checkDuration: 'CheckDuration',
} as const;
