/**
 * The Lambda function that keeps the records of a pipeline's cutovers. It is not the check function: it has no network to OMS and no password,
 * and neither slow polls nor the concurrency that they use delay it.
 */
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment';
import { FunctionRole, type SharedResources, sharedEnvironment, tracingOf } from '../monitor/function-role';
import { handlerBundle } from '../monitor/handler-bundle';

/** Shorter than the timeout of the tasks that invoke it: nothing is written after the state machine has given up on it. */
const TIMEOUT = Duration.seconds(50);

export interface CutoverFunctionProps {
  readonly shared: SharedResources;
  readonly pipelineName: string;
  readonly answersUrl: string;
  readonly reservedConcurrency: number | undefined;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export class CutoverFunction extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: CutoverFunctionProps) {
    super(scope, id);
    const { shared, reservedConcurrency } = props;
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const role = new FunctionRole(this, 'Role', { ...shared, logGroup });
    this.function = new lambda.Function(this, 'Function', {
      description: 'Keeps the records of cutovers and their approvals',
      code: handlerBundle('cutover'),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: TIMEOUT,
      // FunctionRole has all of its permissions; no construct may add to them.
      role: role.withoutPolicyUpdates(),
      logGroup,
      tracing: tracingOf(shared),
      environment: {
        ...sharedEnvironment(shared),
        [ENV.pipelineName]: props.pipelineName,
        [ENV.answersUrl]: props.answersUrl,
      },
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
    });
  }
}
