/** The app in a process of its own, without account, credentials and network. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../../local/cloudformation/synthesize';

const ROOT = join(__dirname, '../../..');
/** Every setting that can be combined. */
const SETTINGS = {
  omsEndpoint: 'https://oms.example.com:8089',
  projects: 'p_a,p_b',
  notifyEmail: 'a@example.com',
  omsCa: 'test/lib/fixtures/ca.pem',
  omsSecret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:team/oms',
  encryptionKeyArn: 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  vpcId: 'vpc-0a1b2c3d',
  subnetIds: 'subnet-0a1b2c3d',
  availabilityZones: 'eu-central-1a',
  routeTableIds: 'rtb-0a1b2c3d',
  securityGroupIds: 'sg-0a1b2c3d',
  createEndpoints: 'all',
};

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'oms-cutover-app-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** With validation by CloudFormation's rules, which the other tests skip. */
const ENV = () => ({
  PATH: process.env.PATH ?? '',
  HOME: home,
  CDK_DISABLE_VERSION_CHECK: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const template = (outdir: string) => JSON.parse(readFileSync(join(home, outdir, 'OmsCutover.template.json'), 'utf8'));

test('the stack has its outputs, and needs no context lookup', async () => {
  await synthesize({ context: SETTINGS, outdir: join(home, 'laptop') });
  expect(Object.keys(template('laptop').Outputs)).toEqual([
    'TableName',
    'TopicArn',
    'CheckFunctionName',
    'WaitMachineArn',
    'LegMachineArn',
    'FailuresUrl',
  ]);
  expect(JSON.parse(readFileSync(join(home, 'laptop', 'manifest.json'), 'utf8')).missing).toBeUndefined();
  expect(readdirSync(join(home, 'laptop')).filter((name) => name.startsWith('asset.'))).toHaveLength(2);
});

test('the pinned CDK command synthesizes the same stack, valid by CloudFormation and cdk-nag rules', () => {
  const flags = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { status, stderr } = spawnSync(
    join(ROOT, 'node_modules/.bin/cdk'),
    ['synth', '--quiet', '--no-notices', '-o', join(home, 'cdk'), ...flags],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: ENV(),
    },
  );
  expect({ status, stderr }).toMatchObject({ status: 0 });
  // The command adds metadata about assets and constructs.
  const withoutMetadata = (outdir: string) =>
    Object.entries(template(outdir).Resources as Record<string, { Type: string; Properties: unknown }>)
      .filter(([, { Type }]) => Type !== 'AWS::CDK::Metadata')
      .map(([id, { Type, Properties }]) => ({ id, Type, Properties }));
  expect(withoutMetadata('cdk')).toEqual(withoutMetadata('laptop'));
  expect(existsSync(join(ROOT, 'cdk.context.json'))).toBe(false);
});

test('refuses to synthesize without its settings: one message, no stack trace, no output', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...ENV(), CDK_OUTDIR: join(home, 'none'), CDK_CONTEXT_JSON: JSON.stringify({ projects: 'a/b' }) },
  });
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([
    'oms-cutover cannot be synthesized: 2 problems',
    expect.stringContaining('-c omsEndpoint is required'),
    expect.stringContaining('got "a/b"'),
  ]);
  expect(readdirSync(join(home, 'none'))).toEqual([]);
});
