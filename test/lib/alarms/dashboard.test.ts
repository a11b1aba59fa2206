import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import cdkJson from '../../../cdk.json';
import { MigrationMonitor } from '../../../lib';
import { ENDPOINT, monitorWith, type Synthesized } from '../stacks';

const plain = monitorWith();

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly x: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: string[];
    readonly metrics?: unknown[][];
    readonly annotations?: { readonly horizontal: { readonly value: number }[] };
  };
}

/** The body of the dashboard, with `ref` in place of each reference. */
function widgetsOf({ template }: Pick<Synthesized, 'template'>): Widget[] {
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard')) as [
    { Properties: { DashboardBody: { 'Fn::Join': [string, unknown[]] } } },
  ];
  const text = Properties.DashboardBody['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : 'ref'))
    .join('');
  return (JSON.parse(text) as { widgets: Widget[] }).widgets;
}

const titled = (widgets: readonly Widget[], title: string): Widget => {
  const found = widgets.find(({ properties }) => properties.title === title);
  if (found === undefined) throw new Error(`no widget ${title}`);
  return found;
};

test('shows an introduction, the alarms, progress and lag, and then the health of the monitoring', () => {
  const widgets = widgetsOf(monitorWith({ runbookUrl: 'https://wiki.example.com/runbook' }));
  expect(widgets.map(({ type, properties }) => properties.title ?? type)).toEqual([
    'text',
    'Alarms',
    'Full copy progress',
    'Replication lag',
    'Polls of OMS',
    'Pending notifications and stalled projects',
    'Check function',
    'Waits',
  ]);
  expect(widgets[0]?.properties.markdown).toContain('https://wiki.example.com/runbook');
});

test('shows every alarm', () => {
  const synthesized = plain;
  expect(titled(widgetsOf(synthesized), 'Alarms').properties.alarms).toHaveLength(synthesized.monitor.alarms.length);
});

test('draws one line per project for a small fleet, for the projects that exist when it is opened', () => {
  const discovering = () => {
    const stack = new Stack(new App({ context: cdkJson.context }), 'Test');
    const credentials = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
    new MigrationMonitor(stack, 'Monitor', { omsEndpoint: ENDPOINT, discover: true, credentials });
    return { template: Template.fromStack(stack) };
  };
  for (const synthesized of [plain, discovering()]) {
    const [[line]] = titled(widgetsOf(synthesized), 'Full copy progress').properties.metrics as [
      [{ expression: string }],
    ];
    expect(line.expression).toMatch(
      /^SEARCH\('\{"oms-cutover",service,project\} service="ref-Monitor" MetricName="Progress"', 'Maximum', 300\)$/,
    );
  }
});

test('draws the lowest and the highest value of a large fleet', () => {
  const projects = Array.from({ length: 21 }, (_, i) => `p_${i}`);
  const { metrics } = titled(widgetsOf(monitorWith({ projects })), 'Replication lag').properties;
  expect(metrics).toHaveLength(2);
  expect(JSON.stringify(metrics)).not.toContain('SEARCH');
});

test('draws the threshold of each importance into the lag', () => {
  const { annotations } = titled(widgetsOf(plain), 'Replication lag').properties;
  expect(annotations?.horizontal.map(({ value }) => value)).toEqual([30, 300, 900]);
});

test('keeps its widgets within the width of a dashboard', () => {
  for (const { x, width } of widgetsOf(plain)) expect(x + width).toBeLessThanOrEqual(24);
});

test('has a different name in each region, because dashboard names are unique in the account', () => {
  const { template } = plain;
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-Monitor-', { Ref: 'AWS::Region' }]] },
  });
});
