/** Names of the function's environment variables: the stack sets them, the code reads them. */
export const ENV = {
  /** Name of the table of project states, snapshots and cutovers. */
  tableName: 'TABLE_NAME',
  /** ARN of the topic for notifications. */
  topicArn: 'TOPIC_ARN',
  /** Base address of OMS, such as http://10.0.0.5:8089. */
  omsEndpoint: 'OMS_ENDPOINT',
  /** Complete ARN or name of the Secrets Manager secret: JSON with `username` and `password`. */
  omsSecretId: 'OMS_SECRET_ID',
  /** One of API_CHOICES. */
  omsApi: 'OMS_API',
  /** One of PROJECT_KINDS. */
  omsKind: 'OMS_KIND',
  /** Path of a PEM file with the certificate authorities to trust for OMS, in addition to the public ones. Absent: the public ones only. */
  omsCaFile: 'OMS_CA_FILE',
  /** Whole seconds for one poll of OMS, headers and body, retries included. */
  requestTimeoutSeconds: 'REQUEST_TIMEOUT_SECONDS',
  /** Whole days a snapshot is kept. */
  retentionDays: 'RETENTION_DAYS',
  /** The function's own timeout in whole seconds: how long an invocation may keep polling, and the floor of the publishing lease. */
  functionTimeoutSeconds: 'FUNCTION_TIMEOUT_SECONDS',
  /** Name of this monitor in its logs and metrics. */
  monitorName: 'MONITOR_NAME',
  /** ARN of the topic that a chat integration subscribes to. Absent: no chat. */
  chatTopicArn: 'CHAT_TOPIC_ARN',
  /** Name or ARN of an event bus that also receives notifications. Absent: none. */
  eventBusName: 'EVENT_BUS_NAME',
  /** Name of the dashboard, for links in e-mails. */
  dashboardName: 'DASHBOARD_NAME',
  /** Set by Lambda. */
  region: 'AWS_REGION',
  /** Name of the cutover pipeline: its approvers answer no cutover of another pipeline. */
  pipelineName: 'PIPELINE_NAME',
  /** Address that takes the answers of operators. */
  answersUrl: 'ANSWERS_URL',
  /** Number of projects named to the schedule. Absent: OMS lists them. */
  fleetSize: 'FLEET_SIZE',
  /** Path of a JSON file with the ids of the projects, where they are too many for the input of a schedule. */
  projectsFile: 'PROJECTS_FILE',
  /** Set by Lambda. */
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  /** ARN of the state machine whose cutovers the watchdog watches. */
  pipelineArn: 'PIPELINE_ARN',
  /** ARN of the state machine that resumes writes. */
  resumeMachineArn: 'RESUME_MACHINE_ARN',
} as const;
