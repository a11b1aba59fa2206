import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import cdkJson from '../../cdk.json';
import { MigrationMonitor, type MigrationMonitorProps } from '../../lib';
import { OmsCutoverStack } from '../../lib/app/oms-cutover-stack';
import { readSettings } from '../../lib/app/settings';
import { PROJECTS_PER_SCHEDULE } from '../../lib/monitor/fleet-schedule';
import { ENDPOINT, messageOf, monitorWith, newStack } from './stacks';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `p_${String(i).padStart(12, '0')}`);

type Schedules = Readonly<Record<string, { readonly Properties: Record<string, unknown> }>>;

/** The input of each schedule, by logical id. */
function inputs(projects: readonly string[]): Map<string, { projects: string[]; intervalSeconds: number }> {
  const found = monitorWith({ projects }).template.findResources('AWS::Scheduler::Schedule') as Schedules;
  return new Map(
    Object.entries(found).map(([id, { Properties }]) => [
      id,
      JSON.parse((Properties.Target as { Input: string }).Input),
    ]),
  );
}

describe('the schedules of a fleet', () => {
  test.each([
    [1, 1],
    [PROJECTS_PER_SCHEDULE, 1],
    [PROJECTS_PER_SCHEDULE + 1, 2],
    [5 * PROJECTS_PER_SCHEDULE, 5],
  ])('for %d projects are %d, and poll each project once', (count, schedules) => {
    const projects = numbered(count);
    const found = [...inputs(projects).values()];
    expect(found).toHaveLength(schedules);
    expect(found.flatMap((input) => input.projects)).toEqual(projects);
    for (const input of found) expect(input.intervalSeconds).toBe(300);
  });

  test('are unchanged by a project appended to the list, except for the last one or a new one', () => {
    const before = inputs(numbered(2 * PROJECTS_PER_SCHEDULE - 1));
    const filled = inputs(numbered(2 * PROJECTS_PER_SCHEDULE));
    const added = inputs(numbered(2 * PROJECTS_PER_SCHEDULE + 1));
    const [first, second] = [...before.keys()];
    expect([...filled.keys()]).toEqual([first, second]);
    expect([...added.keys()].slice(0, 2)).toEqual([first, second]);
    expect(filled.get(String(first))).toEqual(before.get(String(first)));
    expect(added.get(String(second))).toEqual(filled.get(String(second)));
    expect(added.size).toBe(3);
  });

  test('share one group, one role and one dead-letter queue', () => {
    const { template } = monitorWith({ projects: numbered(3 * PROJECTS_PER_SCHEDULE) });
    const found = Object.values(template.findResources('AWS::Scheduler::Schedule') as Schedules);
    const shared = found.map(({ Properties }) => {
      const target = Properties.Target as { RoleArn: unknown; DeadLetterConfig: unknown; Arn: unknown };
      return JSON.stringify([Properties.GroupName, target.Arn, target.RoleArn, target.DeadLetterConfig]);
    });
    expect(found).toHaveLength(3);
    expect(new Set(shared).size).toBe(1);
  });

  test('stay within the payload limit of EventBridge Scheduler with ids of maximum length', () => {
    const longest = numbered(PROJECTS_PER_SCHEDULE).map((id) => id.padEnd(128, '\u{4e00}'));
    for (const [, input] of inputs(longest)) expect(Buffer.byteLength(JSON.stringify(input))).toBeLessThan(256 * 1024);
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
      Target: { Input: JSON.stringify({ projects: 'all', intervalSeconds: 300 }) },
    });
  });

  test('needs no more permissions than listed projects', () => {
    const { template } = monitorWith();
    expect(discovering().findResources('AWS::IAM::Policy')).toEqual(template.findResources('AWS::IAM::Policy'));
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
      Target: { Input: JSON.stringify({ projects: 'all', intervalSeconds: 300 }) },
    });
  });
});
