/** The functions in an engine: those of a deployed stack, and relays, which forward their events to this process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGION } from './aws-api';
import { type Deployment, zipOf } from './deployment';
import type { Engine } from './engine';
import { type FunctionSettings, QUIET } from './lambda-function';

const FUNCTIONS = '/2015-03-31/functions';

export interface DeployedFunction extends FunctionSettings {
  readonly name: string;
  readonly role: string;
}

/** With the settings from the engine, as CloudFormation set them. */
export async function functionsOf(
  engine: Engine,
  { template, resources, directory }: Deployment,
): Promise<DeployedFunction[]> {
  const own = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return await Promise.all(
    own.map(async ([logicalId, { Properties = {} }]) => {
      const name = String(resources.get(logicalId));
      const path = `${FUNCTIONS}/${name}`;
      const { Configuration } = JSON.parse(await engine.api.send('lambda', path, { method: 'GET' })) as GetFunction;
      const { S3Key } = Properties.Code as { S3Key: string };
      return {
        name,
        role: Configuration.Role,
        file: join(directory, `asset.${S3Key.replace('.zip', '')}`, 'index.js'),
        timeoutSeconds: Configuration.Timeout,
        env: {
          ...Configuration.Environment.Variables,
          AWS_REGION: REGION,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_ENDPOINT_URL: engine.api.endpoint,
          ...QUIET,
        },
      };
    }),
  );
}

interface GetFunction {
  readonly Configuration: {
    readonly Role: string;
    readonly Timeout: number;
    readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  };
}

/** Functions that forward their events to `<url>/<function>`. */
export class Relays {
  private readonly engine: Engine;
  private readonly url: string;
  private readonly zip: string;

  constructor(engine: Engine, url: string, folder: string) {
    this.engine = engine;
    this.url = url;
    const code = join(folder, `${engine.name}-relay`);
    mkdirSync(code, { recursive: true });
    writeFileSync(join(code, 'index.js'), RELAY);
    this.zip = zipOf(code).toString('base64');
  }

  async create(name: string, role: string): Promise<void> {
    const settings = { Runtime: 'nodejs22.x', Role: role, Handler: 'index.handler', Timeout: 60 };
    const body = { FunctionName: name, ...settings, Code: { ZipFile: this.zip }, Environment: this.environment(name) };
    await this.engine.api.send('lambda', FUNCTIONS, { method: 'POST', body: JSON.stringify(body) });
  }

  /** Replaces the code of a deployed function by a relay. */
  async replace(name: string): Promise<void> {
    const put = (path: string, body: object) =>
      this.engine.api.send('lambda', `${FUNCTIONS}/${name}/${path}`, { method: 'PUT', body: JSON.stringify(body) });
    await put('code', { ZipFile: this.zip });
    await put('configuration', { Environment: this.environment(name) });
  }

  private environment(name: string): object {
    return { Variables: { RELAY_URL: `${this.url}/${name}` } };
  }
}

const RELAY = `exports.handler = async (event) => {
  const response = await fetch(process.env.RELAY_URL, { method: 'POST', body: JSON.stringify(event) });
  const answer = await response.json();
  if (!response.headers.has('x-function-error')) return answer;
  throw Object.assign(new Error(answer.errorMessage), { name: answer.errorType });
};
`;
