/** The cutover as a state machine with your steps in it. docs/cutover-pipeline.md has the picture. */
import { ArnFormat, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { deployedName } from '../alarms/deployed-name';
import { Leg, WAIT } from '../wait/leg';
import { MachineRole, traced, vendedLogs } from '../wait/state-machine';
import { AnswersApi } from './answers-api';
import { CutoverAlarms } from './cutover-alarms';
import { CutoverFunction } from './cutover-function';
import { CutoverDefinition } from './definition';
import { EndEvents } from './end-events';
import type { CutoverPipelineProps } from './props';
import { checkCutoverProps } from './validation';

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

  constructor(scope: Construct, id: string, props: CutoverPipelineProps) {
    super(scope, id);
    checkCutoverProps(this.node.path, props);
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
      failures: ends.deadLetters,
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
    const machine = new sfn.StateMachine(this, 'Machine', {
      comment: 'Cuts over from the source of an OMS migration to its target. Input: {"projectId": "p_…"}.',
      definitionBody: sfn.DefinitionBody.fromChainable(new CutoverDefinition(this, props, functions, { leg }).start),
      // Not withoutPolicyUpdates: your steps add their permissions to it.
      role: roleOf(this, leg, tracing),
      tracingEnabled: tracing,
      logs: { destination, level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    this.stateMachine = traced(machine, tracing);
    ends.deliver(this.stateMachine, this.cutoverFunction);
    const { stateMachine, cutoverFunction } = this;
    this.alarms = [
      ends.alarm,
      ...new CutoverAlarms(this, 'Alarms', { ...place, stateMachine, leg, cutoverFunction }).all,
    ];
  }

  /** Allows an identity of this account to approve, reject and cancel this pipeline's cutovers, and nothing else. The receipt names the identity. */
  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return this.answers.grant(grantee);
  }
}

/** The task that runs legs adds its permissions; their wildcard is acknowledged here. */
function roleOf(scope: Construct, leg: sfn.IStateMachine, tracing: boolean): MachineRole {
  const role = new MachineRole(scope, 'Role', tracing);
  const stack = Stack.of(role);
  const name = stack.splitArn(leg.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
  // The form that cdk-nag uses in the id of a finding.
  const shown = (value: string, pseudo: string) => (Token.isUnresolved(value) ? `<AWS::${pseudo}>` : value);
  const { partition, region, account } = stack;
  const prefix = `arn:${shown(partition, 'Partition')}:states:${shown(region, 'Region')}:${shown(account, 'AccountId')}`;
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${prefix}:execution:${JSON.stringify(stack.resolve(name))}*]`,
    reason: "Executions are named when they start; the wildcard covers those of the pipeline's leg.",
  });
  return role;
}
