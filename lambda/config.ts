/** The function's settings: read once, unknown to typed, every problem at once. */
import { readFileSync } from 'node:fs';
import { DEFAULTS } from './contract/defaults';
import { ENV } from './contract/environment';
import { API_CHOICES, type ApiChoice, PROJECT_KINDS, type ProjectKind } from './contract/oms';
import { omsEndpointProblem } from './contract/oms-endpoint';
import { InvalidInput } from './core/model/errors';

export interface Config {
  readonly tableName: string;
  readonly topicArn: string;
  readonly omsEndpoint: string;
  readonly omsSecretId: string;
  readonly omsApi: ApiChoice;
  readonly omsKind: ProjectKind;
  /** PEM text; absent: the public authorities only. */
  readonly omsCa?: string;
  readonly requestTimeoutMs: number;
  readonly retentionDays: number;
  /** Longer than the function's own time-out. */
  readonly leaseMs: number;
  readonly monitorName: string;
  readonly dashboardUrl?: string;
  readonly chatTopicArn?: string;
  readonly eventBusName?: string;
  /** Absent: the schedule looks at whatever OMS lists. */
  readonly fleetSize?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws InvalidInput that names every variable that is missing or malformed. */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') problems.push(`${name} is ${value === undefined ? 'required' : 'empty'}`);
    return value ?? '';
  };
  const omsEndpoint = text(ENV.omsEndpoint);
  const endpointProblem = omsEndpoint === '' ? null : omsEndpointProblem(omsEndpoint);
  if (endpointProblem !== null) problems.push(`${ENV.omsEndpoint}: ${endpointProblem}`);
  const omsCa = readCa(env[ENV.omsCaFile], problems);
  const functionTimeoutSeconds = readCount(env, ENV.functionTimeoutSeconds, 180, problems);
  const optional = <K extends 'dashboardUrl' | 'chatTopicArn' | 'eventBusName'>(
    key: K,
  ): { readonly [P in K]?: string } => {
    const value = env[ENV[key]];
    return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });
  };
  const config: Config = {
    tableName: text(ENV.tableName),
    topicArn: text(ENV.topicArn),
    omsEndpoint,
    omsSecretId: text(ENV.omsSecretId),
    omsApi: readChoice(env, ENV.omsApi, API_CHOICES, 'auto', problems),
    omsKind: readChoice(env, ENV.omsKind, PROJECT_KINDS, 'migration', problems),
    ...(omsCa === null ? {} : { omsCa }),
    requestTimeoutMs: readCount(env, ENV.requestTimeoutSeconds, DEFAULTS.requestTimeoutSeconds, problems) * 1000,
    retentionDays: readCount(env, ENV.retentionDays, DEFAULTS.retentionDays, problems),
    leaseMs: (functionTimeoutSeconds + LEASE_BEYOND_TIMEOUT_SECONDS) * 1000,
    monitorName: env[ENV.monitorName] ?? 'oms-cutover',
    ...optional('dashboardUrl'),
    ...optional('chatTopicArn'),
    ...optional('eventBusName'),
    ...(env[ENV.fleetSize] === undefined ? {} : { fleetSize: readCount(env, ENV.fleetSize, 1, problems) }),
  };
  if (problems.length > 0) throw new InvalidInput(problems);
  return config;
}

/** An invocation is dead for certain so long after its time-out. */
const LEASE_BEYOND_TIMEOUT_SECONDS = 30;

function readChoice<T extends string>(
  env: Environment,
  name: string,
  choices: readonly T[],
  otherwise: T,
  problems: string[],
): T {
  const value = env[name];
  if (value === undefined || value === '') return otherwise;
  const choice = choices.find((one) => one === value);
  if (choice === undefined) problems.push(`${name} must be one of ${choices.join(', ')}, got "${value}"`);
  return choice ?? otherwise;
}

function readCount(env: Environment, name: string, otherwise: number, problems: string[]): number {
  const value = env[name];
  if (value === undefined) return otherwise;
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  problems.push(`${name} must be a whole number above 0, got "${value}"`);
  return otherwise;
}

function readCa(path: string | undefined, problems: string[]): string | null {
  if (path === undefined || path === '') return null;
  try {
    const pem = readFileSync(path, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
    problems.push(`${ENV.omsCaFile}: ${path} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`);
  } catch (error) {
    problems.push(`${ENV.omsCaFile}: ${path} cannot be read: ${(error as Error).message}`);
  }
  return null;
}
