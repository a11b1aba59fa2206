/** Where a state machine logs to. */
import type { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface MachineLogProps {
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export class MachineLogs extends logs.LogGroup {
  constructor(scope: Construct, id: string, props: MachineLogProps) {
    super(scope, id, { retention: props.logRetention, removalPolicy: props.removalPolicy });
  }
}
