/**
 * What a monitor costs in a month without waits, by service: `npm run bench:monthly`, JSON on standard output, `--markdown` for the table of
 * docs/performance.md. Prices of us-east-1 in 2026, free allowances left out. What is counted comes from the synthesized template, from items and log
 * lines as the code makes them, and from the metrics that it emits; nothing is typed but the prices.
 */
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { packed } from '../lambda/adapters/dynamodb/stored-items';
import { DEFAULT_WAIT_SETTINGS } from '../lambda/contract/defaults';
import { MAX_PROJECTS_APART, METRICS } from '../lambda/contract/metrics';
import { derive } from '../lambda/core/check/derive';
import type { ProjectState } from '../lambda/core/model/project-state';
import { MigrationMonitor } from '../lib';
import { ENDPOINT, newStack } from '../test/lib/stacks';
import { ok } from '../test/support/values/observations';
import { itemBytes, readUnits, writeUnits } from './wait/pollers/item-size';

const HOURS = 730;
const INTERVAL_SECONDS = 300;
const ROUNDS = (HOURS * 3600) / INTERVAL_SECONDS;
const RETENTION_MONTHS = 3;

const PRICES = {
  metric: 0.3,
  alarm: 0.1,
  dashboard: 3,
  secret: 0.4,
  secretCalls: 0.05 / 10_000,
  invocation: 0.2 / 1_000_000,
  gigabyteSecond: 0.0000133334,
  writeUnit: 0.625 / 1_000_000,
  readUnit: 0.125 / 1_000_000,
  storedGigabyte: 0.25,
  logGigabyte: 0.5,
  trace: 5 / 1_000_000,
  scheduled: 1 / 1_000_000,
} as const;

/** At 256 MB: what a check takes of the CPU, and an invocation before and after its checks. */
const CHECK_SECONDS = 0.025;
const INVOCATION_SECONDS = 0.15;
/** With its credentials the function reads the secret again after this time. */
const SECRET_CACHE_SECONDS = 300;
/** What Lambda itself logs of an invocation: START, END and REPORT. */
const PLATFORM_LOG_BYTES = 400;
const LOG_LINE_BYTES = 700;
const METRIC_LINE_BYTES = 450;

/** Metrics of the monitor, all but Progress and Lag where those are by project; where all projects have one importance. */
function metricsOf(projects: number): number {
  const { namespace: _n, monitor: _m, project: _p, progress: _pr, lag: _l, lagOf: _of, ...ofMonitor } = METRICS;
  const byImportance = 1;
  const shown = projects <= MAX_PROJECTS_APART ? projects : 2;
  return Object.keys(ofMonitor).length + byImportance + shown;
}

/** Before: all nine for the monitor, and for each project of a small fleet. */
function metricsBefore(projects: number): number {
  const each = 9;
  return projects <= MAX_PROJECTS_APART ? each * (projects + 1) : each;
}

function stateAfterPolls() {
  let state: ProjectState | undefined;
  let snapshot: object = {};
  for (let i = 0; i < 60; i += 1) {
    const observation = ok(1_800_000_000_000 + i * INTERVAL_SECONDS * 1000, {
      fullMigrationProgress: Math.floor(i / 2),
    });
    const derivation = derive(state, observation, {
      project: 'p_4gmn25m4rvwg',
      checkId: `0f3c2a9d1b7e4c5${i}`,
      looker: 'schedule',
      waitId: null,
      question: { goal: { type: 'FINISHED' }, settings: DEFAULT_WAIT_SETTINGS, firstPoll: false, deadlineAt: null },
      scheduleIntervalSeconds: INTERVAL_SECONDS,
    });
    state = derivation.projectState;
    snapshot = derivation.snapshot;
  }
  const key = { pk: 'p_4gmn25m4rvwg', sk: 'STATE' };
  return {
    stateBytes: itemBytes({ ...key, ...packed(state as ProjectState) }),
    snapshotBytes: itemBytes({ ...key, ...snapshot }),
  };
}

function bill(projects: number) {
  const stack = newStack();
  const credentials = Secret.fromSecretNameV2(stack, 'Secret', 'oms-cutover/oms');
  const ids = Array.from({ length: projects }, (_, i) => `p_${i}`);
  new MigrationMonitor(stack, 'Monitor', { omsEndpoint: ENDPOINT, credentials, projects: ids });
  const template = Template.fromStack(stack);
  const count = (type: string) => Object.keys(template.findResources(type)).length;
  const [check] = Object.values(template.findResources('AWS::Lambda::Function'));
  // Lambda traces the first request of each second: every round.
  const traces = check?.Properties.TracingConfig?.Mode === 'Active' ? ROUNDS : 0;
  const checks = projects * ROUNDS;
  const { stateBytes, snapshotBytes } = stateAfterPolls();
  const isApart = projects <= MAX_PROJECTS_APART;
  const metricLines = ROUNDS + (isApart ? checks : 0);
  const logBytes = ROUNDS * PLATFORM_LOG_BYTES + checks * LOG_LINE_BYTES + metricLines * METRIC_LINE_BYTES;
  const dollars = {
    'CloudWatch metrics': metricsOf(projects) * PRICES.metric,
    'CloudWatch alarms and dashboard': count('AWS::CloudWatch::Alarm') * PRICES.alarm + PRICES.dashboard,
    'CloudWatch logs': (logBytes / 1e9) * PRICES.logGigabyte,
    'DynamoDB requests':
      checks * (writeUnits(stateBytes) + writeUnits(snapshotBytes)) * PRICES.writeUnit +
      checks * readUnits(stateBytes) * PRICES.readUnit,
    'DynamoDB storage': ((checks * RETENTION_MONTHS * snapshotBytes) / 1e9) * PRICES.storedGigabyte,
    Lambda:
      ROUNDS * PRICES.invocation +
      (ROUNDS * INVOCATION_SECONDS + checks * CHECK_SECONDS) * 0.25 * PRICES.gigabyteSecond,
    'Secrets Manager': PRICES.secret + ((HOURS * 3600) / SECRET_CACHE_SECONDS) * PRICES.secretCalls,
    'EventBridge Scheduler and X-Ray': ROUNDS * PRICES.scheduled + traces * PRICES.trace,
  };
  const total = Object.values(dollars).reduce((sum, each) => sum + each, 0);
  const before = metricsBefore(projects) * PRICES.metric;
  return { projects, dollars, total, metrics: metricsOf(projects), metricsBeforeDollars: before };
}

function markdown(bills: readonly ReturnType<typeof bill>[]): string {
  const row = (name: string, cells: readonly string[]) => `| ${name} | ${cells.join(' | ')} |`;
  const money = (value: number) => (value < 0.005 ? '< $0.01' : `$${value.toFixed(2)}`);
  const names = Object.keys(bills[0]?.dollars ?? {}) as (keyof ReturnType<typeof bill>['dollars'])[];
  return [
    row(
      'a month, without waits',
      bills.map(({ projects }) => (projects === 1 ? '1 project' : `${projects} projects`)),
    ),
    row(
      '---',
      bills.map(() => '---:'),
    ),
    ...names.map((name) =>
      row(
        name,
        bills.map(({ dollars }) => money(dollars[name])),
      ),
    ),
    row(
      '**total**',
      bills.map(({ total }) => `**${money(total)}**`),
    ),
    row(
      'CloudWatch metrics before',
      bills.map(({ metricsBeforeDollars }) => money(metricsBeforeDollars)),
    ),
  ].join('\n');
}

const bills = [1, 20, 200].map(bill);
console.log(process.argv.includes('--markdown') ? markdown(bills) : JSON.stringify(bills));
