/** Keeps a run on this machine: no AWS client can find credentials or reach AWS, regardless of the environment. */
import { devNull } from 'node:os';

export type Env = Record<string, string | undefined>;

/** Loopback addresses of the embedded services. Requests to all others fail. */
export interface EmbeddedEndpoints {
  readonly dynamodb?: string;
  readonly sns?: string;
  readonly secretsManager?: string;
}

/** Port 9, the discard service, is never open: a call to a service that is not embedded fails at once. */
const NOWHERE = 'http://127.0.0.1:9';

export const LOCAL_REGION = 'us-east-1';
export const LOCAL_ACCOUNT = '000000000000';
/** Of every access key. */
export const LOCAL_SECRET = 'local';

/** The names are those of the SDKs' service-specific endpoints. */
function sandboxSettings(endpoints: EmbeddedEndpoints): Env {
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: LOCAL_SECRET,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    // An empty value would mean the file in the home directory.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb ?? NOWHERE,
    AWS_ENDPOINT_URL_SNS: endpoints.sns ?? NOWHERE,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager ?? NOWHERE,
    // On Node 20 the SDK prints a notice about its support.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NO_PROXY: '*',
    no_proxy: '*',
  };
}

/**
 * Changes `env` (usually `process.env`, the only one that AWS clients read) in place. Removes every inherited AWS_* variable, known or not:
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS alone would send each call to AWS. This cannot be undone, because clients may read their settings late.
 */
export function enterSandbox(env: Env, endpoints: EmbeddedEndpoints = {}): void {
  const settings = sandboxSettings(endpoints);
  for (const name of Object.keys(env)) {
    const isOurs = Object.hasOwn(settings, name);
    if (/^aws_/i.test(name) && !isOurs) delete env[name];
    if (/^(https?|all)_proxy$/i.test(name) || name === 'NODE_USE_ENV_PROXY') delete env[name];
  }
  Object.assign(env, settings);
}

/** For a child process: a copy without AWS settings, so that a synth finds no account. */
export function withoutAws(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(aws|cdk)_/i.test(name)));
}
