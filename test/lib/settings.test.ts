import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import cdkJson from '../../cdk.json';
import { readSettings } from '../../lib/app/settings';
import { FIXTURES, messageOf } from './stacks';

const LEAST = { omsEndpoint: 'http://10.0.0.5:8089', projects: 'p_a,p_b' };
const VPC = {
  ...LEAST,
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
  availabilityZones: 'eu-central-1a,eu-central-1b',
};

describe('settings', () => {
  test('need an endpoint and projects; all else has a default', () => {
    expect(readSettings(LEAST)).toEqual({
      omsEndpoint: 'http://10.0.0.5:8089',
      projects: ['p_a', 'p_b'],
      notifyEmails: [],
      omsSecret: 'oms-cutover/oms',
    });
  });

  test('are all taken', () => {
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

  test('may be lists and numbers, as cdk.json can hold them', () => {
    expect(readSettings({ ...LEAST, projects: ['p_a', 'p_b'], scheduleMinutes: 10 })).toMatchObject({
      projects: ['p_a', 'p_b'],
      interval: Duration.minutes(10),
    });
  });

  test('take all endpoints at once', () => {
    const network = readSettings({
      ...VPC,
      routeTableIds: 'rtb-0a1b2c3d,rtb-0a1b2c3d',
      createEndpoints: 'all',
    }).network;
    expect(network?.createEndpoints).toEqual(['dynamodb', 'sns', 'secretsmanager']);
  });

  test("do not mind the CDK's own context", () => {
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

  test('refuses none at all with what is needed, why and an example', () => {
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
    ['a project twice', { projects: 'p_a,p_a' }, 'projects must name each only once; got "p_a" twice'],
    [
      'an address that is none',
      { notifyEmail: 'a@example.com,dba' },
      'notifyEmail must be an e-mail address, such as dba@example.com; got "dba"',
    ],
    ['an unknown api', { omsApi: '3' }, 'omsApi must be one of auto, 3.3, 4.1.1, such as auto; got "3"'],
    ['an unknown kind', { omsKind: 'copy' }, 'omsKind must be one of migration, sync'],
    ['a file that is not there', { omsEndpoint: 'https://oms', omsCa: 'no.pem' }, 'got "no.pem", which does not exist'],
    ['a certificate for plain HTTP', { omsCa: join(FIXTURES, 'ca.pem') }, 'omsCa means nothing without https'],
    [
      'a duration for a number',
      { scheduleMinutes: '5m' },
      'scheduleMinutes must be whole minutes between 1 minute and 1 day, as a number such as 5; got "5m"',
    ],
    [
      'a schedule of nothing',
      { scheduleMinutes: '0' },
      'scheduleMinutes must be whole minutes between 1 minute and 1 day, as a number such as 5; got "0"',
    ],
    [
      'an empty number',
      { retentionDays: '' },
      'retentionDays must be whole days between 1 day and 3650 days, as a number such as 90; got an empty value',
    ],
    [
      'a secret with a blank',
      { omsSecret: 'my secret' },
      'omsSecret must be the name or the ARN of a secret, such as oms-cutover/oms; got "my secret"',
    ],
    [
      'a runbook with an anchor of its own',
      { runbookUrl: 'https://wiki.example.com/runbook#top' },
      'runbookUrl must be the http or https address of a page, without fragment',
    ],
    ['a key that is no ARN', { encryptionKeyArn: 'alias/mine' }, 'encryptionKeyArn must be the ARN of a KMS key'],
    [
      'a setting that there is not',
      { omsEndpont: 'http://oms' },
      'no such setting: omsEndpont; there are omsEndpoint, projects, ',
    ],
    ['a setting with other capitals', { OmsKind: 'sync' }, 'no such setting: OmsKind; there are '],
    ['a setting with a hyphen', { 'retention-days': '9' }, 'no such setting: retention-days; there are '],
    [
      'parts of a VPC without the VPC',
      { subnetIds: 'subnet-0a1b2c3d' },
      'subnetIds means nothing without vpcId: give -c vpcId=vpc-0a1b2c3d too',
    ],
    [
      'a VPC without its subnets',
      { vpcId: 'vpc-0a1b2c3d' },
      '-c subnetIds is required: an id that begins with subnet-, such as subnet-0a1b2c3d',
    ],
    [
      'a subnet without its zone',
      { ...VPC, availabilityZones: 'eu-central-1a' },
      'availabilityZones must name one zone for each of the 2 subnetIds, in the same order; got 1',
    ],
    [
      'a gateway without route tables',
      { ...VPC, createEndpoints: 'dynamodb' },
      'routeTableIds must name the route table of each of the 2 subnetIds, in the same order, for createEndpoints with dynamodb; got 0',
    ],
    [
      'an endpoint that there is not',
      { ...VPC, createEndpoints: 's3' },
      'createEndpoints must be one of dynamodb, sns, secretsmanager, all',
    ],
  ])('refuses %s', (_what, context, expected) => {
    const message = refusal({ ...LEAST, ...context });
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2');
  });

  test('refuses all of them in one message', () => {
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

test('every setting stands in the documentation', () => {
  const page = readFileSync(join(__dirname, '../../docs/migration-monitor.md'), 'utf8');
  const names = /there are (.*)$/m.exec(messageOf(() => readSettings({ foo: 'bar' })))?.[1]?.split(', ') ?? [];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
