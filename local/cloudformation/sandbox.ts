/** Keeps a run on this machine: whatever the environment says, no AWS client can find credentials or a way to the real AWS. */
import { devNull } from 'node:os';

export type Env = Record<string, string | undefined>;

/** Loopback addresses of what is embedded. A service that is not named here answers nobody. */
export interface EmbeddedEndpoints {
  readonly dynamodb?: string;
  readonly sns?: string;
  readonly secretsManager?: string;
}

/** Port 9 is the discard service, which nothing runs: a call that we forgot to embed fails at once instead of reaching AWS. */
const NOWHERE = 'http://127.0.0.1:9';

export const LOCAL_REGION = 'us-east-1';
export const LOCAL_ACCOUNT = '000000000000';

/** Everything to set; the names are those of the SDKs' service-specific endpoints. */
function sandboxSettings(endpoints: EmbeddedEndpoints): Env {
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    // An empty value means the file in the home directory: only a file with nothing in it keeps that one out.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb ?? NOWHERE,
    AWS_ENDPOINT_URL_SNS: endpoints.sns ?? NOWHERE,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager ?? NOWHERE,
    // The SDK's advice on the Node version is for whoever deploys, not for whoever watches a demo.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NO_PROXY: '*',
    no_proxy: '*',
  };
}

/**
 * Changes `env` (usually `process.env`, the only one that AWS clients read) in place. Every inherited AWS_* goes, also the ones not
 * known yet: AWS_IGNORE_CONFIGURED_ENDPOINT_URLS alone would send each call to the real AWS. There is no way back on purpose: clients
 * made in the sandbox may read their settings late.
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

/** The same for a child process: a copy without any AWS setting, so that a synth needs and finds no account. */
export function withoutAws(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(aws|cdk)_/i.test(name)));
}
