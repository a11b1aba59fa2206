/** The stored templates of the last release, and what an update from them would replace or remove. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeApp, synthesizeVariants } from './synthesize';

const ROOT = join(__dirname, '../..');
/** The stack of the app, and variants that together have every resource of a monitor and of a pipeline; each with the folder of its assembly. */
const ASSEMBLIES = { OmsCutover: 'app', Least: 'variants', LargestPipeline: 'variants' } as const;
export type ReleasedStack = keyof typeof ASSEMBLIES;
export const RELEASED_STACKS = Object.keys(ASSEMBLIES) as ReleasedStack[];

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Description?: string;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** Types that can be replaced. Every other type counts as holding state: items, messages, subscriptions, running executions. */
const HOLDS_NOTHING = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::VPCEndpoint',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
]);

/** Long, different in every release, and never a cause of replacement. */
const WITHOUT = new Set(['Code', 'DefinitionString', 'DashboardBody']);

/** A name set by the template: CloudFormation cannot create a second resource of the same name before it deletes the first. */
function nameOf({ Type, Properties }: Resource): unknown {
  if (Type === 'AWS::CloudWatch::Alarm') return Properties?.AlarmName;
  if (Type === 'AWS::CloudWatch::Dashboard') return Properties?.DashboardName;
  return undefined;
}

/** Synthesizes the current stacks. */
export async function synthesizeStacks(folder: string): Promise<void> {
  const variants = RELEASED_STACKS.filter((name) => ASSEMBLIES[name] === 'variants');
  synthesizeVariants(join(folder, 'variants'), variants);
  await synthesizeApp(join(folder, 'app'));
}

export function currentTemplate(folder: string, stack: ReleasedStack): Template {
  return readTemplate(join(folder, ASSEMBLIES[stack], `${stack}.template.json`));
}

export function releasedTemplate(stack: ReleasedStack): Template {
  return readTemplate(releasedFile(stack));
}

export function releasedFile(stack: ReleasedStack): string {
  return join(ROOT, `test/fixtures/released/${stack}.json`);
}

function readTemplate(file: string): Template {
  return JSON.parse(readFileSync(file, 'utf8')) as Template;
}

/** The stored part of a template. */
export function kept(template: Template, version: string): Template {
  const resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    const { Type, DeletionPolicy, Properties = {} } = resource;
    const name = nameOf(resource);
    if (name === undefined && HOLDS_NOTHING.has(Type)) return [];
    const properties = Object.entries(Properties).filter(([key, value]) =>
      name === undefined ? !WITHOUT.has(key) : value === name,
    );
    const policy = DeletionPolicy === undefined ? {} : { DeletionPolicy };
    return [[id, { Type, ...policy, Properties: Object.fromEntries(properties) }] as const];
  });
  return {
    Description: `oms-cutover ${version}: what an update must not replace`,
    Resources: Object.fromEntries(resources),
  };
}

/** What CloudFormation would replace or remove according to the CDK command, and names that would still be in use. */
export function lostByUpdate(folder: string, stack: ReleasedStack, released: Template): string[] {
  const current = currentTemplate(folder, stack);
  const lost = predicted(join(folder, ASSEMBLIES[stack]), stack, released).filter(({ id, becomes }) => {
    const resource = released.Resources[id];
    if (becomes === 'replace' && keepsFormerLogs(current.Resources[id])) return false;
    return resource === undefined || nameOf(resource) === undefined;
  });
  return [...lost.map(({ id, becomes }) => `${id}: ${becomes}`), ...namesMoved(released, current)];
}

/** The former group and its logs stay: only new lines go to the new one. */
function keepsFormerLogs(resource: Resource | undefined): boolean {
  return resource?.Type === 'AWS::Logs::LogGroup' && resource.UpdateReplacePolicy === 'Retain';
}

interface Loss {
  readonly id: string;
  readonly becomes: string;
}

function predicted(assembly: string, stack: string, released: Template): Loss[] {
  const home = mkdtempSync(join(tmpdir(), 'oms-cutover-diff-'));
  try {
    const file = join(home, 'released.json');
    writeFileSync(file, JSON.stringify(released));
    const args = ['diff', '--app', assembly, '--template', file, '--no-color', '--no-notices', stack];
    const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin/cdk'), args, {
      cwd: home,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home, CDK_DISABLE_VERSION_CHECK: '1', AWS_EC2_METADATA_DISABLED: 'true' },
    });
    const said = `${stdout}${stderr}`;
    if (status !== 0 || !said.includes(`Stack ${stack}`)) throw new Error(`cdk diff ended with ${status}: ${said}`);
    return [...said.matchAll(/^\[[-~]\] AWS::\S+ .*?(\w+) (replace|may be replaced|destroy|orphan)$/gm)].map(
      ([, id = '', becomes = '']) => ({ id, becomes }),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function namesMoved(released: Template, current: Template): string[] {
  const names = (template: Template) =>
    Object.entries(template.Resources).flatMap(([id, resource]) => {
      const name = nameOf(resource);
      return name === undefined ? [] : [{ id, name: JSON.stringify(name) }];
    });
  return names(released).flatMap(({ id, name }) => {
    const bearer = names(current).find((one) => one.name === name);
    return bearer === undefined || bearer.id === id ? [] : [`${id}: its name ${name} moves to ${bearer.id}`];
  });
}
