/** The Lambda function: polls OMS, stores, judges and notifies, for the schedule (many projects), waits and cutovers (one project). */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as destinations from 'aws-cdk-lib/aws-lambda-destinations';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/contract/environment';
import type { ApiChoice, ProjectKind } from '../../lambda/contract/oms';
import type { CheckNetwork } from '../network/check-network';
import { CHECK_TIMEOUT } from '../wait/leg';
import { CA_FILE_IN_FUNCTION, CaLayer } from './ca-layer';
import { CheckRole } from './check-role';
import { isListed } from './fleet-schedule';
import { type SharedResources, sharedEnvironment, tracingOf } from './function-role';
import { handlerBundle } from './handler-bundle';
import { PROJECTS_FILE_IN_FUNCTION, ProjectsLayer } from './projects-layer';

/** Measured on Node 20, AWS SDK included: up to 106 MiB for single polls, 164 MiB for 300 projects. Lambda assigns CPU in proportion. */
const MEMORY_MB = 256;

export interface CheckFunctionProps {
  readonly shared: SharedResources;
  readonly credentials: secretsmanager.ISecret;
  readonly failures: sqs.IQueue;
  readonly omsEndpoint: string;
  readonly api: ApiChoice;
  readonly kind: ProjectKind;
  readonly omsCa: string | undefined;
  readonly requestTimeout: Duration;
  /** Of asynchronous events. */
  readonly maxEventAge: Duration;
  readonly network: CheckNetwork | undefined;
  /** The projects of the schedule; undefined if OMS lists them. */
  readonly projects: readonly string[] | undefined;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export class CheckFunction extends Construct {
  readonly function: lambda.Function;
  private readonly role: CheckRole;

  constructor(scope: Construct, id: string, props: CheckFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    const { shared, credentials, failures, network } = props;
    const inVpc = network !== undefined;
    this.role = new CheckRole(this, 'Role', { ...shared, credentials, failures, logGroup, inVpc });
    this.function = new lambda.Function(this, 'Function', {
      description: 'Polls OMS projects, stores their state and notifies changes',
      code: handlerBundle('check'),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: CHECK_TIMEOUT,
      // CheckRole has all of its permissions; no construct may add to them.
      role: this.role.withoutPolicyUpdates(),
      logGroup,
      tracing: tracingOf(shared),
      environment: environment(props),
      onFailure: new destinations.SqsDestination(failures),
      maxEventAge: props.maxEventAge,
      retryAttempts: 2,
      layers: [
        ...(props.omsCa === undefined ? [] : [new CaLayer(this, 'OmsCa', props.omsCa)]),
        ...(isListed(props.projects) ? [new ProjectsLayer(this, 'Projects', props.projects)] : []),
      ],
      ...network?.placement,
    });
  }

  /** A turn of a large fleet is divided among invocations that the first one starts. A policy of its own, because it names the function. */
  allowDivision(): void {
    new iam.Policy(this, 'Division', {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
      ],
    });
  }
}

function environment(props: CheckFunctionProps): Record<string, string> {
  return {
    ...sharedEnvironment(props.shared),
    [ENV.omsEndpoint]: props.omsEndpoint,
    [ENV.omsSecretId]: idOf(props.credentials),
    [ENV.omsApi]: props.api,
    [ENV.omsKind]: props.kind,
    ...(props.omsCa === undefined ? {} : { [ENV.omsCaFile]: CA_FILE_IN_FUNCTION }),
    [ENV.requestTimeoutSeconds]: String(props.requestTimeout.toSeconds()),
    ...(props.projects === undefined ? {} : { [ENV.fleetSize]: String(props.projects.length) }),
    ...(isListed(props.projects) ? { [ENV.projectsFile]: PROJECTS_FILE_IN_FUNCTION } : {}),
  };
}

/**
 * The complete ARN, or the name. A partial ARN is not safe: in `…:secret:prod/oms-secret` Secrets Manager takes `-secret` for the suffix of
 * a complete one, and finds no such secret.
 */
function idOf({ secretFullArn, secretName }: secretsmanager.ISecret): string {
  return secretFullArn ?? secretName;
}
