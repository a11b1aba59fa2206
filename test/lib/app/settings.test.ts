import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import cdkJson from '../../../cdk.json';
import { readSettings } from '../../../lib/app/settings';
import { FIXTURES, messageOf } from '../stacks';

const LEAST = { omsEndpoint: 'http://10.0.0.5:8089', projects: 'p_a,p_b' };
const VPC = {
  ...LEAST,
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
  availabilityZones: 'eu-central-1a,eu-central-1b',
};

describe('settings', () => {
  test('require an endpoint and projects; all others have a default', () => {
    expect(readSettings(LEAST)).toEqual({
      omsEndpoint: 'http://10.0.0.5:8089',
      projects: ['p_a', 'p_b'],
      notifyEmails: [],
      omsSecret: 'oms-cutover/oms',
    });
  });

  test('are all read', () => {
    const omsCa = join(FIXTURES, 'ca.pem');
    const settings = readSettings({
      omsEndpoint: 'https://oms.example.com',
      projects: ' p_a , np_b ',
      notifyEmail: 'a@example.com,b@example.com',
      omsSecret: 'team/oms',
      omsApi: '4.1.1',
      omsKind: 'sync',
      omsCa,
      scheduleMinutes: '15',
      requestTimeoutSeconds: '20',
      retentionDays: '30',
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      runbookUrl: 'https://wiki.example.com/runbook',
      vpcId: 'vpc-0a1b2c3d',
      subnetIds: 'subnet-0a1b2c3d',
      availabilityZones: 'eu-central-1a',
      routeTableIds: 'rtb-0a1b2c3d',
      securityGroupIds: 'sg-0a1b2c3d',
      createEndpoints: 'secretsmanager,dynamodb',
    });
    expect(settings).toEqual({
      omsEndpoint: 'https://oms.example.com',
      projects: ['p_a', 'np_b'],
      notifyEmails: ['a@example.com', 'b@example.com'],
      omsSecret: 'team/oms',
      omsApi: '4.1.1',
      omsKind: 'sync',
      omsCa,
      interval: Duration.minutes(15),
      requestTimeout: Duration.seconds(20),
      retention: Duration.days(30),
      encryptionKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      runbookUrl: 'https://wiki.example.com/runbook',
      network: {
        vpcId: 'vpc-0a1b2c3d',
        subnetIds: ['subnet-0a1b2c3d'],
        availabilityZones: ['eu-central-1a'],
        routeTableIds: ['rtb-0a1b2c3d'],
        securityGroupIds: ['sg-0a1b2c3d'],
        createEndpoints: ['dynamodb', 'secretsmanager'],
      },
    });
  });

  test('may be arrays and numbers in cdk.json', () => {
    expect(readSettings({ ...LEAST, projects: ['p_a', 'p_b'], scheduleMinutes: 10 })).toMatchObject({
      projects: ['p_a', 'p_b'],
      interval: Duration.minutes(10),
    });
  });

  test('accept "all" for createEndpoints', () => {
    const network = readSettings({
      ...VPC,
      routeTableIds: 'rtb-0a1b2c3d,rtb-0a1b2c3d',
      createEndpoints: 'all',
    }).network;
    expect(network?.createEndpoints).toEqual(['dynamodb', 'sns', 'secretsmanager']);
  });

  test('ignore the context keys of the CDK', () => {
    expect(
      readSettings({
        ...cdkJson.context,
        'aws:cdk:bundling-stacks': [],
        'availability-zones:account=1:region=x': ['a'],
        ...LEAST,
      }).projects,
    ).toHaveLength(2);
  });
});

describe('bad settings', () => {
  const refusal = (context: Record<string, unknown>) => messageOf(() => readSettings(context));

  test('lists the required settings, each with an example, if none is given', () => {
    expect(refusal({}).split('\n')).toEqual([
      'oms-cutover cannot be synthesized: 2 problems',
      '  - -c omsEndpoint is required: the http or https address of the OMS console, without user, query or fragment, such as http://10.0.0.5:8089',
      expect.stringMatching(/^ {2}- -c projects is required: .* such as p_4gmn25m4rvwg$/),
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'an empty endpoint',
      { omsEndpoint: '' },
      'omsEndpoint must be the http or https address of the OMS console, without user, query or fragment, such as http://10.0.0.5:8089; got an empty value',
    ],
    ['an endpoint without http', { omsEndpoint: 'ftp://oms' }, 'got "ftp://oms"'],
    ['a password in the endpoint, without showing it', { omsEndpoint: 'http://a:hunter2@oms' }, 'may hold a password'],
    ['an empty project between two commas', { projects: 'p_a,,p_b' }, 'projects must be the id of an OMS project'],
    ['a project that leaves its path segment', { projects: '../p_a' }, 'got "../p_a"'],
    ['a project twice', { projects: 'p_a,p_a' }, 'projects must not repeat a value; got "p_a" twice'],
    [
      'an invalid e-mail address',
      { notifyEmail: 'a@example.com,dba' },
      'notifyEmail must be an e-mail address, such as dba@example.com; got "dba"',
    ],
    ['an unknown api', { omsApi: '3' }, 'omsApi must be one of auto, 3.3, 4.1.1, such as auto; got "3"'],
    ['an unknown kind', { omsKind: 'copy' }, 'omsKind must be one of migration, sync'],
    [
      'a file that does not exist',
      { omsEndpoint: 'https://oms', omsCa: 'no.pem' },
      'got "no.pem", which does not exist',
    ],
    ['a certificate for plain HTTP', { omsCa: join(FIXTURES, 'ca.pem') }, 'omsCa requires an https omsEndpoint'],
    [
      'a number with a unit',
      { scheduleMinutes: '5m' },
      'scheduleMinutes must be whole minutes between 1 minute and 1 day, as a number such as 5; got "5m"',
    ],
    [
      'a schedule of 0 minutes',
      { scheduleMinutes: '0' },
      'scheduleMinutes must be whole minutes between 1 minute and 1 day, as a number such as 5; got "0"',
    ],
    [
      'an empty number',
      { retentionDays: '' },
      'retentionDays must be whole days between 1 day and 3650 days, as a number such as 90; got an empty value',
    ],
    [
      'a secret name with a space',
      { omsSecret: 'my secret' },
      'omsSecret must be the name or the ARN of a secret, such as oms-cutover/oms; got "my secret"',
    ],
    [
      'a runbook URL with a fragment',
      { runbookUrl: 'https://wiki.example.com/runbook#top' },
      'runbookUrl must be the http or https address of a page, without fragment',
    ],
    ['a key that is no ARN', { encryptionKeyArn: 'alias/mine' }, 'encryptionKeyArn must be the ARN of a KMS key'],
    [
      'an unknown setting',
      { omsEndpont: 'http://oms' },
      'unknown setting: omsEndpont; valid settings are omsEndpoint, projects, ',
    ],
    ['a setting with other capitals', { OmsKind: 'sync' }, 'unknown setting: OmsKind; valid settings are '],
    ['a setting with a hyphen', { 'retention-days': '9' }, 'unknown setting: retention-days; valid settings are '],
    [
      'parts of a VPC without the VPC',
      { subnetIds: 'subnet-0a1b2c3d' },
      'subnetIds requires vpcId, such as -c vpcId=vpc-0a1b2c3d',
    ],
    [
      'a VPC without its subnets',
      { vpcId: 'vpc-0a1b2c3d' },
      '-c subnetIds is required: an id that begins with subnet-, such as subnet-0a1b2c3d',
    ],
    [
      'a subnet without its zone',
      { ...VPC, availabilityZones: 'eu-central-1a' },
      'availabilityZones must have the zone of each of the 2 subnetIds, in the same order; got 1',
    ],
    [
      'a gateway endpoint without route tables',
      { ...VPC, createEndpoints: 'dynamodb' },
      'createEndpoints with dynamodb requires routeTableIds with the route table of each of the 2 subnetIds, in the same order; got 0',
    ],
    [
      'an unknown VPC endpoint',
      { ...VPC, createEndpoints: 's3' },
      'createEndpoints must be one of dynamodb, sns, secretsmanager, all',
    ],
  ])('refuses %s', (_what, context, expected) => {
    const message = refusal({ ...LEAST, ...context });
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2');
  });

  test('lists every problem in one error', () => {
    const message = refusal({
      omsEndpoint: 'oms',
      projects: 'a/b,p_a',
      notifyEmail: 'x',
      scheduleMinutes: '5m',
      vpcId: '1',
      foo: 'bar',
    });
    expect(message.split('\n')[0]).toBe('oms-cutover cannot be synthesized: 8 problems');
    for (const name of [
      'foo',
      'omsEndpoint',
      'projects',
      'notifyEmail',
      'scheduleMinutes',
      'vpcId',
      'subnetIds',
      'availabilityZones',
    ]) {
      expect(message).toContain(name);
    }
  });
});
