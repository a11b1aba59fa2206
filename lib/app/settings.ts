/** The settings of the app, from `-c name=value` or the context of cdk.json. One error lists every problem. */
import { isIPv4 } from 'node:net';
import { Duration } from 'aws-cdk-lib';
import { API_CHOICES, type ApiChoice, PROJECT_KINDS, type ProjectKind } from '../../lambda/contract/oms';
import { checkCa, checkDiscovery, INTERVAL, REQUEST_TIMEOUT, RETENTION } from '../monitor/validation';
import { ENDPOINT_SERVICES, type EndpointService } from '../network/vpc-endpoints';
import { Problems, type Rule } from '../validation/problems';
import { CA_FILE, EMAIL, ENDPOINT, oneOf, PROJECT_ID, RUNBOOK_URL } from '../validation/rules';
import { ContextReader } from './context-reader';

export interface NetworkSettings {
  readonly vpcId: string;
  /** Undefined: unknown, and interface endpoints admit the function only. */
  readonly vpcCidr: string | undefined;
  readonly subnetIds: readonly string[];
  readonly availabilityZones: readonly string[];
  readonly routeTableIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly createEndpoints: readonly EndpointService[];
}

export interface Settings {
  readonly omsEndpoint: string;
  /** Undefined with `discover`. */
  readonly projects: readonly string[] | undefined;
  readonly discover: boolean | undefined;
  readonly notifyEmails: readonly string[];
  /** Name or ARN of the secret with the OMS console account. */
  readonly omsSecret: string;
  readonly omsApi: ApiChoice | undefined;
  readonly omsKind: ProjectKind | undefined;
  readonly omsCa: string | undefined;
  readonly interval: Duration | undefined;
  readonly requestTimeout: Duration | undefined;
  readonly retention: Duration | undefined;
  readonly encryptionKeyArn: string | undefined;
  readonly runbookUrl: string | undefined;
  readonly network: NetworkSettings | undefined;
}

export const DEFAULT_SECRET = 'oms-cutover/oms';

const idWith = (prefix: string): Rule<string> => ({
  expected: `an id that begins with ${prefix}-`,
  example: `${prefix}-0a1b2c3d`,
  accepts: (value) => new RegExp(`^${prefix}-[0-9a-f]{8,17}$`).test(value),
});
const VPC_ID = idWith('vpc');
const SUBNET_ID = idWith('subnet');
const ROUTE_TABLE_ID = idWith('rtb');
const SECURITY_GROUP_ID = idWith('sg');
const ZONE: Rule<string> = {
  expected: 'an availability zone',
  example: 'eu-central-1a',
  accepts: (value) => /^[a-z]{2}(-[a-z0-9]+)+$/.test(value),
};
const SECRET: Rule<string> = {
  expected: 'the name or the ARN of a secret',
  example: DEFAULT_SECRET,
  accepts: (value) =>
    /^arn:[^\s:]+:secretsmanager:[^\s:]+:\d{12}:secret:\S+$/.test(value) || /^[\w/+=.@-]{1,512}$/.test(value),
};
const KEY_ARN: Rule<string> = {
  expected: 'the ARN of a KMS key',
  example: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  accepts: (value) => /^arn:[^\s:]+:kms:[^\s:]+:\d{12}:key\/[\w-]+$/.test(value),
};

const CIDR: Rule<string> = {
  expected: 'an IPv4 range',
  example: '10.0.0.0/16',
  accepts: (value) => /^\d{1,3}(\.\d{1,3}){3}\/(1[6-9]|2[0-8])$/.test(value) && isIPv4(value.split('/')[0] ?? ''),
};

const NETWORK_NAMES = [
  'vpcCidr',
  'subnetIds',
  'availabilityZones',
  'routeTableIds',
  'securityGroupIds',
  'createEndpoints',
] as const;
const NAMES: readonly string[] = [
  'omsEndpoint',
  'projects',
  'discover',
  'notifyEmail',
  'omsSecret',
  'omsApi',
  'omsKind',
  'omsCa',
  'scheduleMinutes',
  'requestTimeoutSeconds',
  'retentionDays',
  'encryptionKeyArn',
  'runbookUrl',
  'vpcId',
  ...NETWORK_NAMES,
];

export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const problems = new Problems();
  const read = new ContextReader(context, problems);
  read.refuseUnknown(NAMES);
  const discover = read.flag('discover');
  const settings: Settings = {
    omsEndpoint: read.required('omsEndpoint', ENDPOINT),
    projects: discover === true ? undefined : read.requiredSet('projects', PROJECT_ID),
    discover,
    notifyEmails: read.set('notifyEmail', EMAIL),
    omsSecret: read.text('omsSecret', SECRET) ?? DEFAULT_SECRET,
    omsApi: read.text('omsApi', oneOf(API_CHOICES)) as ApiChoice | undefined,
    omsKind: read.text('omsKind', oneOf(PROJECT_KINDS)) as ProjectKind | undefined,
    omsCa: read.text('omsCa', CA_FILE),
    interval: read.duration('scheduleMinutes', Duration.minutes, { ...INTERVAL, example: '5' }),
    requestTimeout: read.duration('requestTimeoutSeconds', Duration.seconds, { ...REQUEST_TIMEOUT, example: '10' }),
    retention: read.duration('retentionDays', Duration.days, { ...RETENTION, example: '90' }),
    encryptionKeyArn: read.text('encryptionKeyArn', KEY_ARN),
    runbookUrl: read.text('runbookUrl', RUNBOOK_URL),
    network: readNetwork(read, problems),
  };
  checkCa(problems, settings.omsEndpoint, settings.omsCa);
  if (discover === true) {
    if (read.has('projects')) problems.add('projects and discover exclude each other: set one of them');
    checkDiscovery(problems, 'omsApi', settings.omsApi);
  }
  problems.throwIfAny('oms-cutover cannot be synthesized');
  return settings;
}

function readNetwork(read: ContextReader, problems: Problems): NetworkSettings | undefined {
  const vpcId = read.text('vpcId', VPC_ID);
  if (!read.has('vpcId')) {
    for (const name of NETWORK_NAMES.filter((each) => read.has(each)))
      problems.add(`${name} requires vpcId, such as -c vpcId=${VPC_ID.example}`);
    return undefined;
  }
  const network: NetworkSettings = {
    vpcId: vpcId ?? '',
    vpcCidr: read.text('vpcCidr', CIDR),
    subnetIds: read.requiredSet('subnetIds', SUBNET_ID),
    availabilityZones: read.requiredList('availabilityZones', ZONE),
    routeTableIds: read.list('routeTableIds', ROUTE_TABLE_ID),
    securityGroupIds: read.set('securityGroupIds', SECURITY_GROUP_ID),
    createEndpoints: readEndpoints(read),
  };
  const { length } = network.subnetIds;
  if (length > 0 && network.availabilityZones.length > 0 && network.availabilityZones.length !== length) {
    problems.add(
      `availabilityZones must have the zone of each of the ${length} subnetIds, in the same order; got ${network.availabilityZones.length}`,
    );
  }
  if (network.createEndpoints.includes('dynamodb') && network.routeTableIds.length !== length) {
    problems.add(
      `createEndpoints with dynamodb requires routeTableIds with the route table of each of the ${length} subnetIds, in the same order; got ${network.routeTableIds.length}`,
    );
  }
  return network;
}

function readEndpoints(read: ContextReader): readonly EndpointService[] {
  const named = read.set('createEndpoints', oneOf([...ENDPOINT_SERVICES, 'all']));
  return ENDPOINT_SERVICES.filter((service) => named.includes(service) || named.includes('all'));
}
