/** Deploys a synthesized stack to an engine as `cdk deploy` does: assets to the bootstrap bucket, the template to CloudFormation. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { REGION } from './aws-api';
import { type Engine, python } from './engine';
import { type Resource, withinLimits } from './limits';

export interface Deployment {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Physical ids of the created resources by logical id. */
  readonly resources: ReadonlyMap<string, string>;
  readonly template: Template;
  /** The cloud assembly. */
  readonly directory: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

const CLOUDFORMATION = '2010-05-15';

export async function deploy(engine: Engine, directory: string, stackName: string): Promise<Deployment> {
  const template = JSON.parse(readFileSync(join(directory, `${stackName}.template.json`), 'utf8')) as Template;
  await bootstrap(engine);
  await uploadAssets(engine, directory, stackName);
  const send = (Action: string, more: Record<string, string>) =>
    engine.api.query('cloudformation', CLOUDFORMATION, { Action, StackName: stackName, ...more });
  const file = `/${bucketOf(engine)}/${stackName}.template.json`;
  await engine.api.send('s3', file, { method: 'PUT', body: JSON.stringify(withinLimits(engine.name, template)) });
  await send('CreateStack', {
    TemplateURL: `https://s3.${REGION}.amazonaws.com${file}`,
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  });
  const description = await described(() => send('DescribeStacks', {}), `${stackName} in ${engine.name}`);
  const outputs = pairs(description, 'OutputKey', 'OutputValue');
  const listed = await send('DescribeStackResources', {});
  return {
    stackName,
    outputs: Object.fromEntries(outputs),
    resources: resourcesIn(listed),
    template,
    directory,
  };
}

const DEPLOYS_WITHIN_MS = 120_000;

async function described(describe: () => Promise<string>, what: string): Promise<string> {
  for (const endsAt = Date.now() + DEPLOYS_WITHIN_MS; Date.now() < endsAt; await pause(200)) {
    const answer = await describe();
    const status = textOf(answer, 'StackStatus');
    if (status === 'CREATE_COMPLETE') return answer;
    if (status !== 'CREATE_IN_PROGRESS')
      throw new Error(`${what} is ${status}: ${textOf(answer, 'StackStatusReason') ?? 'no reason given'}`);
  }
  throw new Error(`${what} was not created within two minutes`);
}

/** What a template needs of `cdk bootstrap`. */
async function bootstrap(engine: Engine): Promise<void> {
  const Name = '/cdk-bootstrap/hnb659fds/version';
  await engine.api.json('ssm', 'AmazonSSM.PutParameter', { Name, Value: '30', Type: 'String', Overwrite: true });
  await engine.api.send('s3', `/${bucketOf(engine)}`, { method: 'PUT' });
}

const bucketOf = ({ accountId }: Engine): string => `cdk-hnb659fds-assets-${accountId}-${REGION}`;

async function uploadAssets(engine: Engine, directory: string, stackName: string): Promise<void> {
  const { files } = JSON.parse(readFileSync(join(directory, `${stackName}.assets.json`), 'utf8')) as {
    files: Record<string, { source: { path: string; packaging: string } }>;
  };
  for (const [hash, { source }] of Object.entries(files)) {
    if (source.packaging !== 'zip') continue;
    const body = zipOf(join(directory, source.path));
    await engine.api.send('s3', `/${bucketOf(engine)}/${hash}.zip`, { method: 'PUT', body });
  }
}

/** With Python, because Node cannot write zip archives. */
export function zipOf(folder: string): Buffer {
  const file = `${folder}.${process.pid}.zip`;
  execFileSync(python(), ['-c', ZIP, file, folder]);
  const body = readFileSync(file);
  rmSync(file);
  return body;
}

const ZIP = 'import shutil, sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2])';

function resourcesIn(xml: string): Map<string, string> {
  return new Map(pairs(xml, 'LogicalResourceId', 'PhysicalResourceId').filter(([, id]) => id !== ''));
}

function pairs(xml: string, key: string, value: string): [string, string][] {
  return [...xml.matchAll(/<member>([\s\S]*?)<\/member>/g)]
    .map(([, member = '']) => [textOf(member, key), textOf(member, value)] as const)
    .filter((pair): pair is [string, string] => pair[0] !== undefined && pair[1] !== undefined);
}

function textOf(xml: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(xml)?.[1];
}
