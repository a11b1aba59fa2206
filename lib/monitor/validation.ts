/** Validates the props of MigrationMonitor, singly and against each other, before any resource is created. */
import { Duration, Token } from 'aws-cdk-lib';
import { API_CHOICES, PROJECT_KINDS } from '../../lambda/contract/oms';
import { ENDPOINT_SERVICES } from '../network/vpc-endpoints';
import { Problems } from '../validation/problems';
import { CA_FILE, durationBetween, EMAIL, ENDPOINT, oneOf, PROJECT_ID, RUNBOOK_URL } from '../validation/rules';
import type { MigrationMonitorProps } from './props';

export const INTERVAL = durationBetween(Duration.minutes(1), Duration.days(1), 'minutes', 'Duration.minutes(5)');
export const REQUEST_TIMEOUT = durationBetween(
  Duration.seconds(1),
  Duration.seconds(60),
  'seconds',
  'Duration.seconds(10)',
);
export const RETENTION = durationBetween(Duration.days(1), Duration.days(3650), 'days', 'Duration.days(90)');

const PROPS: Readonly<Record<keyof MigrationMonitorProps, true>> = {
  omsEndpoint: true,
  projects: true,
  discover: true,
  credentials: true,
  api: true,
  kind: true,
  interval: true,
  notifyEmails: true,
  requestTimeout: true,
  retention: true,
  vpc: true,
  vpcSubnets: true,
  securityGroups: true,
  createEndpoints: true,
  endpointPeers: true,
  omsCa: true,
  encryptionKey: true,
  alarmTopic: true,
  chatTopic: true,
  eventBus: true,
  runbookUrl: true,
  tracing: true,
  logRetention: true,
  removalPolicy: true,
};

export function checkMonitorProps(path: string, props: MigrationMonitorProps): void {
  const problems = new Problems();
  problems.names('MigrationMonitor', props, PROPS);
  problems.flag('discover', props.discover);
  problems.flag('tracing', props.tracing);
  problems.check('omsEndpoint', props.omsEndpoint, ENDPOINT);
  checkProjects(problems, props);
  for (const address of props.notifyEmails ?? []) problems.check('notifyEmails', address, EMAIL);
  problems.once('notifyEmails', props.notifyEmails ?? []);
  problems.check('api', props.api, oneOf(API_CHOICES));
  problems.check('kind', props.kind, oneOf(PROJECT_KINDS));
  problems.check('interval', props.interval, INTERVAL);
  problems.check('requestTimeout', props.requestTimeout, REQUEST_TIMEOUT);
  problems.check('retention', props.retention, RETENTION);
  problems.check('runbookUrl', props.runbookUrl, RUNBOOK_URL);
  problems.check('omsCa', props.omsCa, CA_FILE);
  checkCa(problems, props.omsEndpoint, props.omsCa);
  checkNetwork(problems, props);
  problems.throwIfAny(path);
}

function checkProjects(problems: Problems, { projects, discover, api }: MigrationMonitorProps): void {
  for (const project of projects ?? []) problems.check('projects', project, PROJECT_ID);
  problems.once('projects', projects ?? []);
  if (discover !== true) {
    if (projects === undefined || projects.length === 0) problems.missing('projects', PROJECT_ID);
    if (projects?.includes('all'))
      problems.add('projects must be ids; to poll every project that OMS lists, set discover');
    return;
  }
  if (projects !== undefined) problems.add('projects and discover exclude each other: set one of them');
  checkDiscovery(problems, 'api', api);
}

/** The 3.3 API has no call that lists projects. */
export function checkDiscovery(problems: Problems, name: string, api: string | undefined): void {
  if (api === '3.3') problems.add(`discover requires OMS 4.1.1 or later: ${name} must not be 3.3`);
}

function checkNetwork(problems: Problems, props: MigrationMonitorProps): void {
  for (const service of props.createEndpoints ?? [])
    problems.check('createEndpoints', service, oneOf(ENDPOINT_SERVICES));
  problems.once('createEndpoints', props.createEndpoints ?? []);
  if (props.endpointPeers !== undefined && props.createEndpoints === undefined)
    problems.add('endpointPeers requires createEndpoints');
  if (props.vpc === undefined) {
    const given = (['vpcSubnets', 'securityGroups', 'createEndpoints', 'endpointPeers'] as const).filter(
      (name) => props[name] !== undefined,
    );
    for (const name of given) problems.add(`${name} requires vpc`);
  } else if (props.securityGroups === undefined && Token.isUnresolved(props.omsEndpoint)) {
    problems.add(
      'securityGroups is required if omsEndpoint is resolved at deployment: its port is unknown at synthesis',
    );
  }
  if (props.securityGroups?.length === 0)
    problems.add('securityGroups must have at least one group; omit it to have one created');
}

/** Plain HTTP has no certificate to verify. */
export function checkCa(problems: Problems, omsEndpoint: string, omsCa: string | undefined): void {
  if (omsCa === undefined || Token.isUnresolved(omsEndpoint) || !/^http:/i.test(omsEndpoint)) return;
  problems.add(`omsCa requires an https omsEndpoint; got ${ENDPOINT.shown?.(omsEndpoint)}`);
}
