/** The cutover as a state machine with your steps in it. docs/cutover-pipeline.md has the picture. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { deployedName } from '../alarms/deployed-name';
import { Leg, WAIT } from '../wait/leg';
import { acknowledgeExecutions, executionsOf, MachineRole, traced, vendedLogs } from '../wait/state-machine';
import { AnswersApi } from './answers-api';
import { CutoverAlarms } from './cutover-alarms';
import { CutoverFunction } from './cutover-function';
import { CutoverDefinition } from './definition';
import { EndEvents } from './end-events';
import type { CutoverPipelineProps } from './props';
import { CutoverResume } from './resume';
import { CutoverSteps } from './steps';
import type { RunStep } from './tasks';
import { checkCutoverProps } from './validation';
import { DefinitionVersion } from './version';
import { CutoverWatchdog } from './watchdog';

export type { CutoverApprovalOptions, CutoverPipelineProps, CutoverReadyOptions } from './props';

/**
 * Waits until the migration is ready and approved, stops writes, waits until every write has arrived on the target, and switches. It never
 * switches while a write could be lost. A failure until then resumes writes and ends in `CutoverRolledBack`; a later one runs `rollback`, or
 * ends in `CutoverNeedsOperator`.
 *
 * @throws InvalidSettings at synthesis, with every invalid prop
 */
export class CutoverPipeline extends Construct {
  /** Start it with `{ "projectId": "p_…" }`, and with `"rehearse": true` for a rehearsal. */
  readonly stateMachine: sfn.StateMachine;
  /** Keeps the records of the cutovers. */
  readonly cutoverFunction: lambda.IFunction;
  /** Where operators answer: `--url` of `oms-cutover approve` and `reject`. */
  readonly approvalUrl: string;
  /** Each has a section of the same title in docs/runbook.md. */
  readonly alarms: readonly cloudwatch.IAlarm[];
  private readonly answers: AnswersApi;
  /** Runs `resumeWrites`. Started by itself; manually with `{ "project": "p_…", "run": "…" }`. */
  readonly resumeMachine: sfn.StateMachine;
  /** Runs your other steps, one for each execution. Started by the pipeline. */
  readonly stepsMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: CutoverPipelineProps) {
    super(scope, id);
    checkCutoverProps(this, props);
    const { monitor } = props;
    const logging = {
      logRetention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };
    const { tracing } = monitor.shared;
    const destination = vendedLogs(this, 'states', logging);
    const name = deployedName(this);
    const place = { name, topic: monitor.alarmTopic, runbookUrl: monitor.runbookUrl };
    const ends = new EndEvents(this, 'End', place);
    this.answers = new AnswersApi(this, 'Answers', { name, ...logging });
    this.approvalUrl = this.answers.url;
    this.cutoverFunction = new CutoverFunction(this, 'Record', {
      shared: monitor.shared,
      pipelineName: name,
      answersUrl: this.answers.url,
      reservedConcurrency: props.reservedConcurrency,
      ...logging,
    }).function;
    this.answers.deliver(this.cutoverFunction);
    const functions = { checkFunction: monitor.checkFunction, cutoverFunction: this.cutoverFunction };
    // Each round also checks whether the cutover was cancelled, which the monitor's own leg does not: the wait may take days.
    const { machine: leg } = new Leg(this, 'ReadyLeg', {
      checkFunction: monitor.checkFunction,
      round: { cutover: { action: 'poll', writes: 'GO_ON', wait: WAIT } },
      tracing,
      ...logging,
    });
    this.resumeMachine = new CutoverResume(this, 'Resume', {
      functions,
      resumeWrites: props.resumeWrites,
      tracing,
      ...logging,
    }).machine;
    const version = new DefinitionVersion();
    this.stepsMachine = new CutoverSteps(this, 'Steps', {
      functions,
      steps: stepsOf(props),
      fencePath: props.fencePath,
      version: version.text,
      tracing,
      ...logging,
    }).machine;
    const machines = { leg, resume: this.resumeMachine, steps: this.stepsMachine };
    const machine = new sfn.StateMachine(this, 'Machine', {
      comment: 'Cuts over from the source of an OMS migration to its target. Input: {"projectId": "p_…"}.',
      definitionBody: sfn.DefinitionBody.fromChainable(
        new CutoverDefinition(this, props, version.text, { ...functions, ...machines }).start,
      ),
      // Not withoutPolicyUpdates: the tasks that run other machines add their permissions to it.
      role: roleOf(this, Object.values(machines), tracing),
      tracingEnabled: tracing,
      logs: { destination, level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    this.stateMachine = traced(machine, tracing);
    version.covers(this.stateMachine, this.stepsMachine);
    ends.deliver(this.stateMachine, this.resumeMachine);
    const watchdog = new CutoverWatchdog(this, 'Watchdog', {
      ...place,
      ...logging,
      pipeline: this.stateMachine,
      resumeMachine: this.resumeMachine,
      table: monitor.table,
      tracing,
    });
    const { stateMachine, stepsMachine, resumeMachine, cutoverFunction } = this;
    const alarms = { ...place, stateMachine, stepsMachine, resumeMachine, leg, cutoverFunction };
    this.alarms = [ends.alarm, watchdog.alarm, ...new CutoverAlarms(this, 'Alarms', alarms).all];
  }

  /** Allows an identity of this account to approve, reject and cancel this pipeline's cutovers, and nothing else. The receipt names the identity. */
  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return this.answers.grant(grantee);
  }

  /**
   * Denies `states:RedriveExecution` on the executions of this pipeline. A redrive continues a cutover that has ended; what it can still do is
   * refused, but a new cutover is always the better choice.
   */
  denyRedrive(grantee: iam.IGrantable): void {
    const machines = [this.stateMachine, this.stepsMachine, this.resumeMachine];
    grantee.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        actions: ['states:RedriveExecution'],
        resources: machines.map((machine) => executionsOf(this, machine)),
      }),
    );
  }
}

function stepsOf(props: CutoverPipelineProps): Partial<Record<RunStep, sfn.IChainable>> {
  const { stopWrites, switchTraffic, verify, switchover, rollback } = props;
  return {
    stopWrites,
    switchTraffic,
    ...(verify === undefined ? {} : { verify }),
    ...(switchover === undefined || switchover === 'operator' ? {} : { switchover }),
    ...(rollback === undefined ? {} : { rollback }),
  };
}

/** The tasks that run other machines add their permissions; their wildcards are acknowledged here. */
function roleOf(scope: Construct, machines: readonly sfn.IStateMachine[], tracing: boolean): MachineRole {
  const role = new MachineRole(scope, 'Role', tracing);
  for (const machine of machines) acknowledgeExecutions(role, machine, '*');
  return role;
}
