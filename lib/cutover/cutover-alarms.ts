/** A pipeline's alarms: on its state machines and on its function. The alarm on ends that were not processed is in end-events.ts. */
import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type AlarmPlace, type AlarmRule, alarmOf } from '../alarms/alarm';
import { legRules } from '../alarms/alarms';
import { BAD_ENDS, machineRules } from '../alarms/machine-alarms';
import { OkNotices } from '../alarms/ok-notices';

/** The shortest of AWS's own metrics: writes may be stopped. */
const PERIOD = Duration.minutes(1);

export interface CutoverAlarmsProps extends AlarmPlace {
  readonly stateMachine: sfn.IStateMachine;
  readonly stepsMachine: sfn.IStateMachine;
  readonly resumeMachine: sfn.IStateMachine;
  readonly leg: sfn.IStateMachine;
  readonly cutoverFunction: lambda.IFunction;
}

export class CutoverAlarms extends Construct {
  readonly all: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: CutoverAlarmsProps) {
    super(scope, id);
    this.all = rules(props).map((rule) => alarmOf(this, rule, props));
    new OkNotices(this, 'Ok', props);
  }
}

function rules({
  stateMachine,
  stepsMachine,
  resumeMachine,
  leg,
  cutoverFunction,
}: CutoverAlarmsProps): readonly AlarmRule[] {
  // Lambda publishes no data without invocations.
  const missing = cloudwatch.TreatMissingData.NOT_BREACHING;
  return [
    ...machineRules({
      machine: stateMachine,
      subject: 'cutover',
      ends: BAD_ENDS,
      impact: 'A cutover ended without switching. Writes may be stopped.',
      firstAction: 'follow the e-mail of the cutover; without one, check whether the source accepts writes.',
      period: PERIOD,
      delayed: 'Cutovers are delayed, also while writes are stopped.',
    }),
    ...machineRules({
      machine: resumeMachine,
      subject: 'cutover-resume',
      ends: BAD_ENDS,
      impact:
        'Writes of a cutover could not be resumed, or a person asked for what is not possible. Writes may be stopped.',
      firstAction: 'read how the execution of the resume machine ended, and check whether the source accepts writes.',
      period: PERIOD,
      delayed: 'Stopped writes are resumed later.',
    }),
    ...Object.entries({ cutover: stateMachine, steps: stepsMachine, resume: resumeMachine }).map(([name, machine]) => ({
      section: 'cutover-redriven',
      suffix: `cutover-redriven-${name}`,
      isEvent: true,
      impact:
        'An execution of a cutover was redriven. The steps of a cutover that has ended are refused, but a step that was running when it ended may run again.',
      firstAction: 'stop that execution, and check which database the applications write to.',
      metric: machine.metric('ExecutionsRedriven', { period: PERIOD, statistic: 'Sum' }),
      threshold: 1,
      missing,
    })),
    ...legRules(leg),
    {
      section: 'cutover-function-errors',
      impact:
        'The cutover function fails for a reason of its own. Cutovers cannot record what they do, and resume writes.',
      firstAction: 'search the log of the cutover function for CheckFailed, InvalidInput and "Task timed out".',
      metric: cutoverFunction.metricErrors({ period: PERIOD }),
      threshold: 1,
      outOf: [2, 3],
      missing,
    },
    {
      section: 'cutover-function-throttles',
      impact:
        'Lambda throttles the cutover function. Cutovers and approvals are delayed, also while writes are stopped.',
      firstAction: 'check which function uses the concurrency of the account.',
      metric: cutoverFunction.metricThrottles({ period: PERIOD }),
      threshold: 1,
      missing,
    },
  ];
}
