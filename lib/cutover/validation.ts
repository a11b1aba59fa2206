/** Validates the props of CutoverPipeline before any resource is created. */
import { Duration, Token } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { Problems, type Rule, show } from '../validation/problems';
import { durationBetween, PROJECT_ID } from '../validation/rules';
import { isPath } from '../wait/json-path';
import type { CutoverApprovalOptions, CutoverPipelineProps, CutoverReadyOptions } from './props';
import { problemsOfStep } from './step-checks';

const between = (least: Duration, most: Duration, example: string) => durationBetween(least, most, 'seconds', example);
const READY_TIMEOUT = between(Duration.seconds(1), Duration.days(364), 'Duration.days(30)');
const MAX_LAG = between(Duration.seconds(0), Duration.days(1), 'Duration.seconds(30)');
const HOLD = between(Duration.seconds(0), Duration.days(1), 'Duration.seconds(60)');
/** After a week the evidence of an approval request is obsolete. */
const APPROVAL_TIMEOUT = between(Duration.seconds(1), Duration.days(7), 'Duration.hours(4)');
const STOP_WRITES_TIMEOUT = between(Duration.seconds(10), Duration.hours(1), 'Duration.minutes(2)');
const DRAIN_TIMEOUT = between(Duration.seconds(10), Duration.hours(1), 'Duration.minutes(5)');
const SWITCHOVER_TIMEOUT = between(Duration.minutes(1), Duration.hours(12), 'Duration.minutes(30)');
const MARGIN = between(Duration.seconds(0), Duration.hours(1), 'Duration.seconds(10)');
const FENCE_PATH: Rule<string> = {
  expected: 'the field names that lead to the time in the output of stopWrites, separated by dots',
  example: 'Payload.writesStoppedAt',
  accepts: (path) => /^[^.$\s[\]]+(\.[^.$\s[\]]+)*$/.test(path),
};

/** Two: the end of one cutover does not wait for a command of another. */
const RESERVED: Rule<number> = {
  expected: 'a whole number, 2 or more',
  example: '5',
  accepts: (value) => Number.isSafeInteger(value) && value >= 2,
};

const STEP: Rule<unknown> = {
  expected: 'a state, or a chain of states',
  example: 'new tasks.LambdaInvoke(…)',
  accepts: isChainable,
  shown: (value) => (typeof value === 'object' && value !== null ? 'another object' : show(value)),
};
const SWITCHOVER: Rule<unknown> = {
  ...STEP,
  expected: `"operator", ${STEP.expected}`,
  accepts: (value) => value === 'operator' || isChainable(value),
};

function isChainable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'startState' in value && 'endStates' in value;
}

const STEPS = ['stopWrites', 'switchTraffic', 'resumeWrites', 'verify', 'rollback'] as const;

const PROPS: Readonly<Record<keyof CutoverPipelineProps, true>> = {
  monitor: true,
  projectId: true,
  stopWrites: true,
  switchTraffic: true,
  resumeWrites: true,
  verify: true,
  switchover: true,
  switchoverTimeout: true,
  rollback: true,
  approval: true,
  ready: true,
  drainTimeout: true,
  stopWritesTimeout: true,
  margin: true,
  fencePath: true,
  rehearse: true,
  reservedConcurrency: true,
  logRetention: true,
  removalPolicy: true,
};
const READY: Readonly<Record<keyof CutoverReadyOptions, true>> = {
  maxLag: true,
  hold: true,
  timeout: true,
  verification: true,
};
const APPROVAL: Readonly<Record<keyof CutoverApprovalOptions, true>> = { timeout: true };

/** Repeats what the compiler checks, for JavaScript: a misspelled `aproval` would skip the approval. */
export function checkCutoverProps(scope: Construct, props: CutoverPipelineProps): void {
  const problems = new Problems();
  const { projectId, ready, approval } = props;
  problems.names('CutoverPipeline', props, PROPS);
  problems.names('ready', ready, READY);
  problems.names('approval', approval, APPROVAL);
  problems.flag('rehearse', props.rehearse);
  problems.flag('ready.verification', ready?.verification);
  for (const name of ['stopWrites', 'switchTraffic', 'resumeWrites'] as const)
    if (props[name] === undefined) problems.missing(name, STEP);
  for (const name of STEPS) problems.check<unknown>(name, props[name], STEP);
  problems.check<unknown>('switchover', props.switchover, SWITCHOVER);
  if (isPath(projectId) && (sfn.JsonPath.isEncodedJsonPath(String(projectId)) || !Token.isUnresolved(projectId)))
    problems.add(
      `projectId must be a project id, not a path: to set it per execution, omit the prop and give "projectId" in the input; got ${show(projectId)}`,
    );
  else problems.check('projectId', projectId, PROJECT_ID);
  problems.check('ready.maxLag', ready?.maxLag, MAX_LAG);
  problems.check('ready.hold', ready?.hold, HOLD);
  problems.check('ready.timeout', ready?.timeout, READY_TIMEOUT);
  problems.check('approval.timeout', approval?.timeout, APPROVAL_TIMEOUT);
  problems.check('stopWritesTimeout', props.stopWritesTimeout, STOP_WRITES_TIMEOUT);
  problems.check('drainTimeout', props.drainTimeout, DRAIN_TIMEOUT);
  problems.check('switchoverTimeout', props.switchoverTimeout, SWITCHOVER_TIMEOUT);
  if (props.switchover === undefined && props.switchoverTimeout !== undefined)
    problems.add('switchoverTimeout requires switchover');
  problems.check('margin', props.margin, MARGIN);
  problems.check('reservedConcurrency', props.reservedConcurrency, RESERVED);
  problems.check('fencePath', props.fencePath, FENCE_PATH);
  for (const name of [...STEPS, 'switchover'] as const) {
    const step = props[name];
    if (step !== undefined && step !== 'operator' && isChainable(step))
      for (const problem of problemsOfStep(name, step, scope)) problems.add(problem);
  }
  problems.throwIfAny(scope.node.path);
}
