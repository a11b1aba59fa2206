/** The settings of the functions: their environment, read once, with every problem named at once. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { DEFAULTS } from './contract/defaults';
import { ENV } from './contract/environment';
import { API_CHOICES, PROJECT_KINDS } from './contract/oms';
import { LONGEST_TIMER_SECONDS } from './contract/values/duration';
import { omsEndpointProblem } from './contract/values/oms-endpoint';
import { oneOf, seconds, text } from './contract/values/schema';
import { read } from './core/model/fields';
import { dashboardPage } from './core/notifications/links';

/** An invocation has certainly ended this long after its timeout. */
const LEASE_BEYOND_TIMEOUT_SECONDS = 30;

const may = v.exactOptional;

const endpoint = v.pipe(
  text,
  v.check(
    (value) => omsEndpointProblem(value) === null,
    ({ input }) => `${ENV.omsEndpoint}: ${omsEndpointProblem(input)}`,
  ),
);

/** The PEM text in the file. */
const caFile = v.pipe(
  text,
  v.check(
    (path) => problemOfCa(path) === null,
    ({ input }) => `${ENV.omsCaFile}: ${problemOfCa(input)}`,
  ),
  v.transform((path) => readFileSync(path, 'utf8')),
);

function problemOfCa(path: string): string | null {
  try {
    const isPem = readFileSync(path, 'utf8').includes('-----BEGIN CERTIFICATE-----');
    return isPem ? null : `${path} holds no PEM certificate (-----BEGIN CERTIFICATE-----)`;
  } catch (error) {
    return `${path} cannot be read: ${(error as Error).message}`;
  }
}

const COUNT = 'a whole number above 0';
const count = v.pipe(v.string(COUNT), v.regex(/^[1-9]\d{0,6}$/, COUNT), v.transform(Number));

/** Other variables are AWS's own. */
const SHARED = {
  [ENV.tableName]: text,
  [ENV.topicArn]: text,
  [ENV.retentionDays]: may(count, String(DEFAULTS.retentionDays)),
  [ENV.functionTimeoutSeconds]: may(count, String(DEFAULTS.functionTimeoutSeconds)),
  [ENV.monitorName]: may(text, 'oms-cutover'),
  [ENV.dashboardName]: may(text),
  [ENV.region]: may(text),
  [ENV.chatTopicArn]: may(text),
  [ENV.eventBusName]: may(text),
};
const SharedSchema = v.object(SHARED);

/** What both functions do: store, and notify. */
function shared(env: v.InferOutput<typeof SharedSchema>) {
  return {
    tableName: env[ENV.tableName],
    topicArn: env[ENV.topicArn],
    retentionDays: env[ENV.retentionDays],
    /** Longer than the timeout of either function. */
    leaseMs: (env[ENV.functionTimeoutSeconds] + LEASE_BEYOND_TIMEOUT_SECONDS) * 1000,
    monitorName: env[ENV.monitorName],
    dashboardUrl: dashboardPage(env[ENV.region], env[ENV.dashboardName]),
    chatTopicArn: env[ENV.chatTopicArn],
    eventBusName: env[ENV.eventBusName],
  };
}

const CheckSchema = v.pipe(
  v.object({
    ...SHARED,
    [ENV.omsEndpoint]: endpoint,
    [ENV.omsSecretId]: text,
    [ENV.omsApi]: may(oneOf(API_CHOICES), 'auto'),
    [ENV.omsKind]: may(oneOf(PROJECT_KINDS), 'migration'),
    [ENV.omsCaFile]: may(caFile),
    [ENV.requestTimeoutSeconds]: may(
      v.pipe(count, seconds(1, LONGEST_TIMER_SECONDS)),
      String(DEFAULTS.requestTimeoutSeconds),
    ),
    [ENV.fleetSize]: may(count),
    [ENV.projectsFile]: may(text),
    [ENV.functionName]: may(text),
  }),
  v.transform((env) => ({
    ...shared(env),
    omsEndpoint: env[ENV.omsEndpoint],
    omsSecretId: env[ENV.omsSecretId],
    omsApi: env[ENV.omsApi],
    omsKind: env[ENV.omsKind],
    /** PEM text; undefined: the public certificate authorities only. */
    omsCa: env[ENV.omsCaFile],
    requestTimeoutMs: env[ENV.requestTimeoutSeconds] * 1000,
    /** Undefined: the schedule polls the projects that OMS lists. */
    fleetSize: env[ENV.fleetSize],
    projectsFile: env[ENV.projectsFile],
    functionName: env[ENV.functionName],
  })),
);
const CutoverSchema = v.pipe(
  v.object({ ...SHARED, [ENV.pipelineName]: text, [ENV.answersUrl]: text }),
  v.transform((env) => ({
    ...shared(env),
    pipeline: { name: env[ENV.pipelineName], answersUrl: env[ENV.answersUrl] },
  })),
);

/** Of both functions. */
export type SharedConfig = Readonly<ReturnType<typeof shared>>;
/** Of the check function. */
export type Config = Readonly<v.InferOutput<typeof CheckSchema>>;
/** Of the cutover function. */
export type CutoverConfig = Readonly<v.InferOutput<typeof CutoverSchema>>;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws InvalidInput that names every variable that is missing or malformed. */
export function readConfig(env: Environment): Config {
  return read(CheckSchema, set(env));
}

/** @throws InvalidInput that names every variable that is missing or malformed. */
export function readCutoverConfig(env: Environment): CutoverConfig {
  return read(CutoverSchema, set(env));
}

function set(env: Environment): Record<string, unknown> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}
