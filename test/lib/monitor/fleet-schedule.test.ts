import { join } from 'node:path';
import { App, Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import cdkJson from '../../../cdk.json';
import { projectsIn } from '../../../lambda/adapters/aws/projects-file';
import { MigrationMonitor, type MigrationMonitorProps } from '../../../lib';
import { OmsCutoverStack } from '../../../lib/app/oms-cutover-stack';
import { readSettings } from '../../../lib/app/settings';
import { ENDPOINT, messageOf, monitorWith, newStack } from '../stacks';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${String(i).padStart(12, '0')}`);

type Schedules = Readonly<Record<string, { readonly Properties: Record<string, unknown> }>>;

/** The only schedule. */
function scheduleOf(template: Template) {
  const [schedule, ...others] = Object.values(template.findResources('AWS::Scheduler::Schedule') as Schedules);
  expect(others).toEqual([]);
  const Properties = schedule?.Properties ?? {};
  const { Input } = Properties.Target as { Input: string };
  return { rate: Properties.ScheduleExpression, input: JSON.parse(Input) };
}

const turn = (of: number) => ({ at: '<aws.scheduler.scheduled-time>', of });

describe('the schedule of a fleet', () => {
  test('has up to 200 projects in its input, and polls them at once', () => {
    for (const projects of [numbered(1), numbered(200)]) {
      const { rate, input } = scheduleOf(monitorWith({ projects }).template);
      expect({ rate, input }).toEqual({ rate: 'rate(5 minutes)', input: { projects, intervalSeconds: 300 } });
    }
  });

  test.each([
    [1, 1, 1],
    [5, 1, 5],
    [7, 1, 7],
    [60, 1, 60],
    [61, 61, 1],
    [90, 2, 45],
    [1440, 24, 60],
  ])('polls more of them in turns: every %d minutes is every %d minutes in %d turns', (interval, rate, turns) => {
    const { template } = monitorWith({ projects: numbered(201), interval: Duration.minutes(interval) });
    const unit = rate === 1 ? 'minute' : 'minutes';
    expect(scheduleOf(template)).toEqual({
      rate: `rate(${rate} ${unit})`,
      input: { projects: 'listed', intervalSeconds: interval * 60, ...(turns === 1 ? {} : { turn: turn(turns) }) },
    });
  });

  test('deploys their ids beside the function, where the function reads them', () => {
    const { template, stack } = monitorWith({ projects: numbered(201) });
    const [layer] = Object.values(template.findResources('AWS::Lambda::LayerVersion'));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { PROJECTS_FILE: '/opt/oms-projects.json', FLEET_SIZE: '201' } },
    });
    const { directory } = (stack.node.root as App).synth();
    const file = join(directory, `asset.${layer?.Properties.Content.S3Key.replace('.zip', '')}`, 'oms-projects.json');
    expect(projectsIn(file)()).toEqual(numbered(201));
  });

  test('fits into a template with 100,000 projects of the longest ids', () => {
    const projects = numbered(100_000).map((id) => id.padEnd(128, 'x'));
    const { template } = monitorWith({ projects });
    expect(JSON.stringify(template.toJSON()).length).toBeLessThan(100_000);
    expect(Object.keys(template.toJSON().Resources).length).toBeLessThan(60);
  });

  test('lets the function start others only where one may be too few', () => {
    const own = (template: Template) =>
      Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => id.includes('Division'));
    expect(own(monitorWith({ projects: numbered(4_000) }).template)).toEqual([]);
    const { template } = monitorWith({ projects: numbered(4_001) });
    const [id = ''] = own(template);
    expect(template.findResources('AWS::IAM::Policy')[id]?.Properties.PolicyDocument.Statement).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [expect.stringContaining('CheckFunction'), 'Arn'] },
      },
    ]);
  });
});

/** A monitor with `discover`. */
function discovering(props: Partial<MigrationMonitorProps> = {}): Template {
  const stack = newStack();
  const credentials = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
  new MigrationMonitor(stack, 'Monitor', { omsEndpoint: ENDPOINT, credentials, discover: true, ...props });
  return Template.fromStack(stack);
}

describe('discovery', () => {
  test('has one schedule for all projects that OMS lists', () => {
    const template = discovering();
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 minute)',
      Target: { Input: JSON.stringify({ projects: 'all', intervalSeconds: 300, turn: turn(5) }) },
    });
  });

  test('needs one more permission than listed projects, for what one invocation cannot poll', () => {
    const { template } = monitorWith();
    const { ...policies } = discovering().findResources('AWS::IAM::Policy');
    for (const id of Object.keys(policies)) if (id.includes('Division')) delete policies[id];
    expect(Object.keys(discovering().findResources('AWS::IAM::Policy'))).toHaveLength(Object.keys(policies).length + 1);
    expect(policies).toEqual(template.findResources('AWS::IAM::Policy'));
  });

  test.each<[string, Partial<MigrationMonitorProps>, string]>([
    ['set together with projects', { projects: ['p_a'] }, 'projects and discover exclude each other: set one of them'],
    [
      'used with an API that cannot list projects',
      { api: '3.3' },
      'discover requires OMS 4.1.1 or later: api must not be 3.3',
    ],
    ['false without projects', { discover: false }, 'projects is required: the id of an OMS project'],
    [
      'written as a project id',
      { discover: false, projects: ['all'] },
      'projects must be ids; to poll every project that OMS lists, set discover',
    ],
  ])('refuses to be %s', (_what, props, expected) => {
    expect(messageOf(() => discovering(props))).toContain(expected);
  });
});

describe('the setting discover', () => {
  const LEAST = { omsEndpoint: ENDPOINT };

  test.each(['true', true])('replaces projects (%p)', (discover) => {
    expect(readSettings({ ...LEAST, discover })).toMatchObject({ discover: true });
    expect(readSettings({ ...LEAST, discover }).projects).toBeUndefined();
  });

  test('may be false, which requires projects', () => {
    expect(readSettings({ ...LEAST, projects: 'p_a', discover: 'false' })).toMatchObject({
      discover: false,
      projects: ['p_a'],
    });
  });

  test.each([
    ['another word', { discover: 'yes', projects: 'p_a' }, 'discover must be true or false; got "yes"'],
    ['projects beside it', { discover: 'true', projects: 'p_a' }, 'projects and discover exclude each other'],
    [
      'an API that cannot list projects',
      { discover: 'true', omsApi: '3.3' },
      'discover requires OMS 4.1.1 or later: omsApi must not be 3.3',
    ],
    ['no projects without it', { discover: 'false' }, '-c projects is required'],
  ])('refuses %s', (_what, context, expected) => {
    expect(messageOf(() => readSettings({ ...LEAST, ...context }))).toContain(expected);
  });

  test('sets the input of the schedule', () => {
    const stack = new OmsCutoverStack(new App({ context: cdkJson.context }), 'Test', {
      settings: readSettings({ ...LEAST, discover: 'true' }),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: { Input: JSON.stringify({ projects: 'all', intervalSeconds: 300, turn: turn(5) }) },
    });
  });
});
