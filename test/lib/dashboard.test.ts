import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import cdkJson from '../../cdk.json';
import { MigrationMonitor } from '../../lib';
import { dashboardUrl } from '../../lib/alarms/dashboard';
import { ENDPOINT, monitorWith, type Synthesized } from './stacks';

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

/** The dashboard's body, with every reference in it as text. */
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

test('says first what is to be seen, then what is wrong, then how far everything is', () => {
  const widgets = widgetsOf(monitorWith({ runbookUrl: 'https://wiki.example.com/runbook' }));
  expect(widgets.map(({ type, properties }) => properties.title ?? type)).toEqual([
    'text',
    'Alarms',
    'Full copy done',
    'Target behind the source',
    'Looks at OMS',
    'Not told yet, and not moving',
    'The check function',
    'Waits',
  ]);
  expect(widgets[0]?.properties.markdown).toContain('https://wiki.example.com/runbook');
});

test('shows every alarm', () => {
  const synthesized = plain;
  expect(titled(widgetsOf(synthesized), 'Alarms').properties.alarms).toHaveLength(synthesized.monitor.alarms.length);
});

test('draws one line a project where there are few, whichever there are when somebody looks', () => {
  const discovering = () => {
    const stack = new Stack(new App({ context: cdkJson.context }), 'Test');
    const credentials = secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
    new MigrationMonitor(stack, 'Monitor', { omsEndpoint: ENDPOINT, discover: true, credentials });
    return { template: Template.fromStack(stack) };
  };
  for (const synthesized of [plain, discovering()]) {
    const [[line]] = titled(widgetsOf(synthesized), 'Full copy done').properties.metrics as [[{ expression: string }]];
    expect(line.expression).toMatch(
      /^SEARCH\('\{"oms-cutover",service,project\} service="ref-Monitor" MetricName="Progress"', 'Maximum', 300\)$/,
    );
  }
});

test('draws the extremes where there are many', () => {
  const projects = Array.from({ length: 21 }, (_, i) => `p_${i}`);
  const { metrics } = titled(widgetsOf(monitorWith({ projects })), 'Target behind the source').properties;
  expect(metrics).toHaveLength(2);
  expect(JSON.stringify(metrics)).not.toContain('SEARCH');
});

test('draws the thresholds of every importance into the lag', () => {
  const { annotations } = titled(widgetsOf(plain), 'Target behind the source').properties;
  expect(annotations?.horizontal.map(({ value }) => value)).toEqual([30, 300, 900]);
});

test('fits its widgets into the width of a page', () => {
  for (const { x, width } of widgetsOf(plain)) expect(x + width).toBeLessThanOrEqual(24);
});

test('has a name of its own in each region, because dashboards belong to the account', () => {
  const { template } = plain;
  template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-Monitor-', { Ref: 'AWS::Region' }]] },
  });
});

test.each([
  ['eu-central-1', 'https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/x'],
  ['cn-north-1', 'https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/x'],
  ['us-gov-west-1', 'https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/x'],
])('has its address in the console of %s', (region, url) => {
  expect(dashboardUrl(new Stack(new App(), 'Test', { env: { region, account: '111122223333' } }), 'x')).toBe(url);
});
