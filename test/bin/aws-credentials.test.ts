/** AWS credentials that a command on a deployed table cannot have: one line that names the profile, its file, what failed and what to run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, newFolder, run } from '../support/command-line';
import { sideBySide } from './support/side-by-side';

interface Case {
  readonly env: Readonly<Record<string, string>>;
  readonly config?: string;
  readonly credentials?: string;
  /** Without its beginning. */
  readonly says: string | RegExp;
}

const SSO_SESSION = '[sso-session corp]\nsso_start_url=https://x\nsso_region=x\n';
const BOTH_KEYS = 'aws_access_key_id=AKIAEXAMPLE\naws_secret_access_key=example\n';
const EXPIRED = JSON.stringify({
  Version: 1,
  AccessKeyId: 'AKIAEXAMPLE',
  SecretAccessKey: 'example',
  Expiration: '2020-01-01T00:00:00Z',
});

const CASES: Readonly<Record<string, Case>> = {
  'a misspelt profile, and suggests the right one': {
    env: { AWS_PROFILE: 'prodd' },
    config: '[profile prod]\nregion=x\n[sso-session corp]\n',
    says: 'AWS_PROFILE: there is no profile prodd in config or credentials; did you mean prod?',
  },
  'a profile that is like none there, and names those': {
    env: { AWS_PROFILE: 'other' },
    config: '[default]\n[profile "night shift"]\n[sso-session corp]\n',
    says: 'AWS_PROFILE: there is no profile other in config or credentials; profiles there: default, night shift',
  },
  'a profile where there are no files': {
    env: { AWS_PROFILE: 'prod', AWS_CONFIG_FILE: 'none' },
    says: 'AWS_PROFILE: there is no profile prod in none or credentials; run aws configure --profile prod',
  },
  'an expired SSO session': {
    env: { AWS_PROFILE: 'dba' },
    config: `[profile dba]\nsso_session=corp\nsso_account_id=1\nsso_role_name=r\n${SSO_SESSION}`,
    says: 'the SSO session of profile dba in config has expired, or was never begun: run aws sso login --profile dba',
  },
  'an expired SSO session in the older form': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\nsso_start_url=https://x\nsso_region=x\nsso_account_id=1\nsso_role_name=r\n',
    says: 'the SSO session of profile dba in config has expired, or was never begun: run aws sso login --profile dba',
  },
  'an SSO profile that is incomplete': {
    env: { AWS_PROFILE: 'dba' },
    config: `[profile dba]\nsso_session=corp\n${SSO_SESSION}`,
    says: /^SSO of profile dba in config gave none: .*"sso_account_id"/,
  },
  'an expired login session': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\nlogin_session=arn:aws:iam::1:user/a\n',
    says: 'the login session of profile dba in config has expired, or was never begun: run aws login --profile dba',
  },
  'a credential_process that fails, with what it said and without its arguments': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\ncredential_process=echo "token expired" >&2; exit 3 # --password hunter2\n',
    says: 'credential_process of profile dba in config failed: it said "token expired"; run it in a terminal',
  },
  'a credential_process that fails silently': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\ncredential_process=exit 3\n',
    says: 'credential_process of profile dba in config failed: it ended with an error and said nothing; run it in a terminal',
  },
  'a credential_process that gives no JSON': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\ncredential_process=echo hello\n',
    says: 'credential_process of profile dba in config failed: returned invalid JSON; run it in a terminal',
  },
  'a credential_process of the default profile that gives expired credentials': {
    env: {},
    config: `[default]\ncredential_process=echo '${EXPIRED}'\n`,
    says: 'credential_process of profile default in config failed: returned expired credentials; run it in a terminal',
  },
  'a role whose source_profile is misspelt': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=bse\n[profile base]\n',
    says: 'source_profile of profile dba in config: there is no profile bse in config or credentials; did you mean base?',
  },
  'a role whose source_profile has an expired SSO session, and names the profile to log in with': {
    env: { AWS_PROFILE: 'dba' },
    config: `[profile dba]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=base\n[profile base]\nsso_session=corp\nsso_account_id=1\nsso_role_name=r\n${SSO_SESSION}`,
    says: /^profile dba in config uses source_profile base: the SSO session of profile base in config .* run aws sso login --profile base$/,
  },
  'a role that needs an MFA code': {
    env: { AWS_PROFILE: 'dba' },
    config: `[profile dba]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=base\nmfa_serial=arn:aws:iam::1:mfa/a\n[profile base]\n${BOTH_KEYS}`,
    says: /^profile dba in config needs an MFA code, .* run aws configure export-credentials --profile dba, /,
  },
  'a web identity without its token': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\nrole_arn=arn:aws:iam::1:role/x\nweb_identity_token_file=nowhere\n',
    says: /^web_identity_token_file of profile dba in config cannot be used: ENOENT: .* 'nowhere'$/,
  },
  'a profile with half of its keys': {
    env: { AWS_PROFILE: 'dba' },
    credentials: '[dba]\naws_access_key_id = AKIAEXAMPLE\n',
    says: 'profile dba in credentials has no aws_secret_access_key',
  },
  'a profile without credentials': {
    env: { AWS_PROFILE: 'dba' },
    config: '[profile dba]\nregion = eu-central-1\n',
    says: /^profile dba in config has none: .* run aws configure --profile dba$/,
  },
  'half of the keys in the environment': {
    env: { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' },
    says: /^AWS_SECRET_ACCESS_KEY is not set beside the other of /,
  },
  'a profile in the variable that only the AWS command reads': {
    env: { AWS_DEFAULT_PROFILE: 'dba' },
    config: '[profile dba]\n',
    says: 'AWS_DEFAULT_PROFILE is not read here: set AWS_PROFILE=dba',
  },
};

const STATUS = ['status', '--run', 'x', '--table', 'T', '--region', 'eu-central-1'];

async function expectRefused(
  { env, config = '', credentials = '', says }: Case,
  args = STATUS,
  who = '--table T',
): Promise<void> {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'config'), config);
  writeFileSync(join(cwd, 'credentials'), credentials);
  const files = { AWS_CONFIG_FILE: 'config', AWS_SHARED_CREDENTIALS_FILE: 'credentials' };
  const { status, stdout, stderr } = await run(args, {
    cwd,
    env: { HOME: cwd, AWS_EC2_METADATA_DISABLED: 'true', ...files, ...env },
  });
  const beginning = `oms-cutover: ${who} needs AWS credentials: `;
  expect({ status, stdout, beginning: stderr.slice(0, beginning.length) }).toEqual({
    status: 2,
    stdout: '',
    beginning,
  });
  const said = stderr.slice(beginning.length).replace(/\n$/, '');
  if (typeof says === 'string') expect(said).toBe(says);
  else expect(said).toMatch(says);
  expect(said).not.toContain('\n');
}

sideBySide({
  ...Object.fromEntries(Object.entries(CASES).map(([what, each]) => [`refuses ${what}`, () => expectRefused(each)])),

  'refuses an answer by its address in the same words': async () => {
    const url = 'https://x.execute-api.eu-central-1.example.com/answer';
    const answer = ['approve', '--project', 'p_x', '--run', 'x', '--url', url];
    const says = 'AWS_PROFILE: there is no profile prodd in config or credentials; did you mean prod?';
    await expectRefused({ env: { AWS_PROFILE: 'prodd' }, config: '[profile prod]\n', says }, answer, 'an answer');
  },
});

afterAll(cleanUp);
