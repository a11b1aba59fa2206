/** The AWS client of a command; and why it has no credentials, for the person who has to fix it: the profile, its file, what failed, what to run. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { nearest } from '../../lambda/contract/values/nearest';
import { InvalidInput } from '../../lambda/core/model/errors';
import { short } from './flags';

type Env = Readonly<Record<string, string | undefined>>;

interface Profile {
  readonly name: string;
  /** Where it is, for messages. */
  readonly file: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** @param who what needs it, for messages. @throws InvalidInput without a region, or without credentials. */
export async function openDynamoDb(who: string, region: string | undefined): Promise<DynamoDBClient> {
  const { env } = process;
  const profile = profileProblem(env);
  if (profile !== null) throw new InvalidInput([`${who} needs AWS credentials: ${profile}`]);
  const attempts: string[] = [];
  const ignored = () => {};
  const debug = (text: unknown) => attempts.push(String(text));
  const logger = { debug, info: ignored, warn: ignored, error: ignored };
  const client = new DynamoDBClient(region === undefined ? { logger } : { region, logger });
  await client.config.region().catch(() => {
    throw new InvalidInput([`${who} needs a region: give --region, or set AWS_REGION`]);
  });
  await client.config.credentials().catch((error: unknown) => {
    throw new InvalidInput([`${who} needs AWS credentials: ${credentialsProblem(error, attempts, env)}`]);
  });
  return client;
}

/** A setting that names a missing profile. The AWS client would go on to the role of the machine, which may be another account's. */
function profileProblem(env: Env): string | null {
  const name = env.AWS_PROFILE;
  return name === undefined || name === '' || profilesOf(env).has(name) ? null : `AWS_PROFILE: ${missing(name, env)}`;
}

/** @param attempts what the AWS client logged: why each source of credentials gave none. */
function credentialsProblem(error: unknown, attempts: readonly string[], env: Env): string {
  const own = env.AWS_PROFILE === undefined || env.AWS_PROFILE === '' ? 'default' : env.AWS_PROFILE;
  const profile = profilesOf(env).get(own);
  if (own === 'default') {
    const [half] = KEY_VARIABLES.filter((name) => (env[name] ?? '') === '');
    if (half !== undefined && KEY_VARIABLES.some((name) => (env[name] ?? '') !== ''))
      return `${half} is not set beside the other of ${KEY_VARIABLES.join(' and ')}`;
    const ignored = env.AWS_DEFAULT_PROFILE;
    if (profile === undefined && ignored !== undefined)
      return `AWS_DEFAULT_PROFILE is not read here: set AWS_PROFILE=${short(ignored)}`;
  }
  if (profile === undefined) return `none were found: set AWS_PROFILE, or ${KEY_VARIABLES.join(' and ')}`;
  return problemOf(profile, error instanceof Error ? error.message : String(error), attempts, env);
}

const KEY_VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
const KEYS = ['aws_access_key_id', 'aws_secret_access_key'];

function problemOf(profile: Profile, said: string, attempts: readonly string[], env: Env): string {
  const { name, file, settings } = profile;
  const here = `profile ${name} in ${file}`;
  const { source_profile: source, mfa_serial, web_identity_token_file: tokenFile } = settings;
  if (settings.role_arn !== undefined && tokenFile === undefined) {
    if (mfa_serial !== undefined && said.includes('multi-factor'))
      return `${here} needs an MFA code, which this command cannot ask for: run aws configure export-credentials --profile ${name}, and set the keys that it prints instead of AWS_PROFILE`;
    const base = source === undefined || source === name ? undefined : profilesOf(env).get(source);
    if (source !== undefined && source !== name && base === undefined)
      return `source_profile of ${here}: ${missing(source, env)}`;
    // An error of STS is about the role; without one the profile below it has no credentials.
    if (base !== undefined && !said.includes(settings.role_arn) && !/sts:|AssumeRole/.test(said))
      return `${here} uses source_profile ${base.name}: ${problemOf(base, said, attempts, env)}`;
    return `the role of ${here} cannot be assumed: ${said}`;
  }
  if (tokenFile !== undefined) return `web_identity_token_file of ${here} cannot be used: ${said}`;
  if (settings.credential_process !== undefined)
    return `credential_process of ${here} failed: ${failureOfProcess(attempts) ?? said}; run it in a terminal`;
  if (settings.sso_session !== undefined || settings.sso_start_url !== undefined)
    return /sso login|expired|token/i.test(said)
      ? `the SSO session of ${here} has expired, or was never begun: run aws sso login --profile ${name}`
      : `SSO of ${here} gave none: ${said}`;
  if (settings.login_session !== undefined)
    return `the login session of ${here} has expired, or was never begun: run aws login --profile ${name}`;
  const [half] = KEYS.filter((key) => (settings[key] ?? '') === '');
  if (half !== undefined && KEYS.some((key) => key in settings)) return `${here} has no ${half}`;
  return `${here} has none: neither keys nor SSO, a role or a credential_process; run aws configure --profile ${name}`;
}

/** Without the command itself, whose arguments may be secrets. */
function failureOfProcess(attempts: readonly string[]): string | undefined {
  const attempt = attempts.find((text) => /Command failed:|credential_process re|credential_process did/.test(text));
  if (attempt === undefined) return undefined;
  const [first = '', ...output] = attempt.trim().split('\n');
  if (!first.includes('Command failed:')) return /credential_process (.*?)\.?$/.exec(first)?.[1];
  const said = output.map((line) => line.trim()).filter((line) => line !== '');
  return said.length === 0 ? 'it ended with an error and said nothing' : `it said "${said.join(' ').slice(0, 200)}"`;
}

function missing(name: string, env: Env): string {
  const [known, files] = [[...profilesOf(env).keys()], filesOf(env).join(' or ')];
  const meant = nearest(name, known);
  const instead =
    meant !== undefined
      ? `did you mean ${meant}?`
      : known.length === 0
        ? `run aws configure --profile ${short(name)}`
        : `profiles there: ${known.join(', ')}`;
  return `there is no profile ${short(name)} in ${files}; ${instead}`;
}

function filesOf(env: Env): readonly [config: string, credentials: string] {
  const folder = join(homedir(), '.aws');
  return [
    env.AWS_CONFIG_FILE ?? join(folder, 'config'),
    env.AWS_SHARED_CREDENTIALS_FILE ?? join(folder, 'credentials'),
  ];
}

/** The profiles of both files; where a profile is in both, its settings are together, under the file that has its keys. */
function profilesOf(env: Env): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const file of filesOf(env)) {
    let settings: Record<string, string> = {};
    for (const line of linesOf(file)) {
      const name = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/.exec(line)?.[1];
      const [, key, value = ''] = /^([^\s#;=]+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (name !== undefined) {
        settings = { ...profiles.get(name)?.settings };
        if (!/^(sso-session|services)\s/.test(name)) profiles.set(name, { name, file, settings });
      } else if (key !== undefined) settings[key] = value.trim();
    }
  }
  return profiles;
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
