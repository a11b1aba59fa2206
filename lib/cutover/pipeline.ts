/**
 * From "nearly there" to switched: a state machine with your own steps in the right places, that never switches while a write could be
 * lost, and never leaves writes stopped without saying so. docs/cutover-pipeline.md has the picture.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { deployedName } from '../monitor/deployed-name';
import { Leg, WAIT } from '../wait/leg';
import { MachineLogs } from '../wait/machine-logs';
import { CutoverDefinition } from './definition';
import { CutoverEndRule } from './end-rule';
import type { CutoverPipelineProps } from './props';
import { CutoverRole } from './role';
import { checkCutoverProps } from './validation';

export type { CutoverApprovalOptions, CutoverPipelineProps, CutoverReadyOptions } from './props';

export class CutoverPipeline extends Construct {
  /** Start it with `{ "projectId": "p_…" }`. */
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: CutoverPipelineProps) {
    super(scope, id);
    checkCutoverProps(this.node.path, props);
    const { monitor } = props;
    const logging = {
      logRetention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    };
    const machineLogs = new MachineLogs(this, 'Logs', logging);
    // Each round also asks whether somebody has cancelled the cutover: a monitor's own leg knows of none, and is over only when the goal is
    // met, which may take days.
    const { machine: leg } = new Leg(this, 'ReadyLeg', {
      checkFunction: monitor.checkFunction,
      round: { cutover: { action: 'poll', writes: 'GO_ON', wait: WAIT } },
      ...logging,
    });
    this.stateMachine = new sfn.StateMachine(this, 'Machine', {
      comment: 'Cuts over from the source of an OMS migration to its target. Input: {"projectId": "p_…"}.',
      definitionBody: sfn.DefinitionBody.fromChainable(new CutoverDefinition(this, props, { leg }).start),
      // Your steps add what they need to it.
      role: new CutoverRole(this, 'Role', leg),
      tracingEnabled: true,
      logs: { destination: machineLogs, level: sfn.LogLevel.ALL, includeExecutionData: true },
    });
    new CutoverEndRule(this, 'End', {
      stateMachine: this.stateMachine,
      checkFunction: monitor.checkFunction,
      name: deployedName(this),
      topic: monitor.alarmTopic,
      runbookUrl: monitor.runbookUrl,
    });
  }
}
