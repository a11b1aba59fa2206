/** The resources of a synthesized stack that can run locally, as plain values. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CheckFailed } from '../../lambda/core/model/errors';
import type { Definition } from '../step-functions/definition';
import { type Assembly, readAssembly } from './assembly';
import { Intrinsics } from './intrinsics';
import type { ResourceIdentity } from './resource-identity';
import { LOCAL_REGION } from './sandbox';
import type { TableDefinition } from './table-definition';

export interface StackFunction {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the bundle. */
  readonly codeDirectory: string;
  /** `index.handler`: the module in it, and its export. */
  readonly handler: string;
  readonly timeoutSeconds: number;
}

export interface StackMachine {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly definition: Definition;
}

export interface StackSchedule {
  readonly logicalId: string;
  readonly expression: string;
  /** Of a `rate(…)`; undefined for the other kinds. */
  readonly intervalSeconds: number | undefined;
  readonly targetArn: string;
  readonly input: unknown;
}

/** An EventBridge rule. */
export interface StackRule {
  readonly logicalId: string;
  readonly pattern: unknown;
  readonly targetArns: readonly string[];
}

/** A route of an HTTP API to a function. */
export interface StackRoute {
  /** `POST /answer` */
  readonly routeKey: string;
  /** As in the URLs that the template composes. */
  readonly host: string;
  readonly isSigned: boolean;
  readonly functionArn: string;
}

export interface StackTopic {
  readonly logicalId: string;
  readonly arn: string;
}

export interface StackSubscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface StackModel {
  readonly name: string;
  readonly tables: readonly TableDefinition[];
  readonly functions: readonly StackFunction[];
  readonly machines: readonly StackMachine[];
  readonly schedules: readonly StackSchedule[];
  readonly rules: readonly StackRule[];
  readonly routes: readonly StackRoute[];
  readonly topics: readonly StackTopic[];
  readonly subscriptions: readonly StackSubscription[];
  /** The value of a stack output. */
  output(name: string): string;
}

/** A resource with its intrinsic functions resolved. The synth has validated the properties. */
interface Resolved {
  readonly logicalId: string;
  readonly ref: string;
  readonly arn: string;
  readonly properties: Properties;
}

type Properties = Readonly<Record<string, unknown>>;

const INDEXES = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'];

export function readStack(directory: string, stackName?: string): StackModel {
  const assembly = readAssembly(directory, stackName);
  const intrinsics = new Intrinsics(assembly.template, assembly.stackName);
  const all = (type: string): Resolved[] =>
    Object.entries(assembly.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, { Properties: raw = {} }]) => {
        const used = Object.fromEntries(Object.entries(raw).filter(([key]) => USED[type]?.includes(key)));
        const { ref, attributes }: ResourceIdentity = isReferable(type)
          ? intrinsics.identity(logicalId, logicalId)
          : { ref: logicalId, attributes: {} };
        const properties = intrinsics.resolve(used, logicalId) as Properties;
        return { logicalId, ref, arn: attributes.Arn ?? ref, properties };
      });
  return {
    name: assembly.stackName,
    tables: all('AWS::DynamoDB::Table').map(table),
    functions: all('AWS::Lambda::Function').map((resource) => lambdaFunction(resource, assembly)),
    machines: all('AWS::StepFunctions::StateMachine').map(machine),
    schedules: all('AWS::Scheduler::Schedule').map(schedule),
    rules: all('AWS::Events::Rule').map(rule),
    routes: routes(all('AWS::ApiGatewayV2::Route'), all('AWS::ApiGatewayV2::Integration')),
    topics: all('AWS::SNS::Topic').map(({ logicalId, ref }) => ({ logicalId, arn: ref })),
    subscriptions: all('AWS::SNS::Subscription').map(({ properties }) => ({
      topicArn: String(properties.TopicArn),
      protocol: String(properties.Protocol),
      endpoint: String(properties.Endpoint),
    })),
    output(name) {
      const output = assembly.template.Outputs?.[name];
      if (!output) throw new CheckFailed(`${assembly.stackName} has no output ${name}`);
      return String(intrinsics.resolve(output.Value, `the output ${name}`));
    },
  };
}

/** Only these properties are resolved: the others (roles, networks, alarms) may refer to what a local stack does not have. */
const USED: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['KeySchema', 'AttributeDefinitions', 'BillingMode', ...INDEXES],
  'AWS::Lambda::Function': ['Environment', 'Handler', 'Timeout'],
  'AWS::StepFunctions::StateMachine': ['DefinitionString'],
  'AWS::Scheduler::Schedule': ['ScheduleExpression', 'Target'],
  'AWS::Events::Rule': ['EventPattern', 'Targets'],
  'AWS::ApiGatewayV2::Route': ['ApiId', 'RouteKey', 'AuthorizationType', 'Target'],
  'AWS::ApiGatewayV2::Integration': ['IntegrationUri'],
  'AWS::SNS::Topic': [],
  'AWS::SNS::Subscription': ['TopicArn', 'Protocol', 'Endpoint'],
};

const isReferable = (type: string): boolean =>
  !['AWS::Scheduler::Schedule', 'AWS::Events::Rule', 'AWS::SNS::Subscription', 'AWS::ApiGatewayV2::Route'].includes(
    type,
  );

function table({ logicalId, ref, properties }: Resolved): TableDefinition {
  const unsupported = [
    ...(properties.BillingMode === 'PAY_PER_REQUEST' ? [] : ['provisioned capacity']),
    ...INDEXES.filter((name) => name in properties),
  ];
  if (unsupported.length > 0)
    throw new CheckFailed(`the table ${logicalId} has ${unsupported.join(' and ')}, which is not supported here`);
  return {
    name: ref,
    keySchema: properties.KeySchema as TableDefinition['keySchema'],
    attributes: properties.AttributeDefinitions as TableDefinition['attributes'],
  };
}

function lambdaFunction({ logicalId, ref, arn, properties }: Resolved, assembly: Assembly): StackFunction {
  const code = assembly.template.Resources[logicalId]?.Properties?.Code as { readonly S3Key?: unknown } | undefined;
  if (typeof code?.S3Key !== 'string')
    throw new CheckFailed(`the function ${logicalId} has its code in the template; expected an asset`);
  const environment = properties.Environment as { Variables?: Record<string, string> } | undefined;
  const folders = layerFolders(logicalId, assembly);
  const variables = Object.entries(environment?.Variables ?? {});
  return {
    logicalId,
    name: ref,
    arn,
    environment: Object.fromEntries(variables.map(([name, value]) => [name, unpacked(value, folders)])),
    codeDirectory: assembly.assetPath(code.S3Key),
    handler: String(properties.Handler),
    // Lambda's default.
    timeoutSeconds: Number(properties.Timeout ?? 3),
  };
}

function layerFolders(logicalId: string, assembly: Assembly): readonly string[] {
  const { template } = assembly;
  const layers = (template.Resources[logicalId]?.Properties?.Layers ?? []) as readonly { readonly Ref?: string }[];
  return layers.flatMap(({ Ref = '' }) => {
    const content = template.Resources[Ref]?.Properties?.Content as { readonly S3Key?: unknown } | undefined;
    return typeof content?.S3Key === 'string' ? [assembly.assetPath(content.S3Key)] : [];
  });
}

/** Lambda unpacks layers into /opt; here each stays in the folder of its asset. */
function unpacked(value: string, folders: readonly string[]): string {
  if (!value.startsWith('/opt/')) return value;
  const files = folders.map((folder) => join(folder, value.slice('/opt/'.length)));
  return files.find((file) => existsSync(file)) ?? value;
}

function machine({ logicalId, arn, properties }: Resolved): StackMachine {
  const { DefinitionString: definition } = properties;
  if (typeof definition !== 'string')
    throw new CheckFailed(
      `the state machine ${logicalId} has no DefinitionString; other definitions are not supported`,
    );
  try {
    return { logicalId, name: arn.slice(arn.lastIndexOf(':') + 1), arn, definition: JSON.parse(definition) };
  } catch (error) {
    throw new CheckFailed(`the definition of the state machine ${logicalId} is not JSON`, error);
  }
}

function schedule({ logicalId, properties }: Resolved): StackSchedule {
  const expression = String(properties.ScheduleExpression);
  const target = properties.Target as { Arn: string; Input?: string };
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  const unitSeconds = { minute: 60, hour: 3_600, day: 86_400 }[rate?.[2] ?? ''];
  return {
    logicalId,
    expression,
    intervalSeconds: rate && unitSeconds ? Number(rate[1]) * unitSeconds : undefined,
    targetArn: target.Arn,
    input: target.Input === undefined ? {} : JSON.parse(target.Input),
  };
}

function routes(found: readonly Resolved[], integrations: readonly Resolved[]): StackRoute[] {
  return found.map(({ logicalId, properties }) => {
    const integration = integrations.find(({ ref }) => properties.Target === `integrations/${ref}`);
    if (integration === undefined)
      throw new CheckFailed(`the route ${logicalId} has no integration in the template; others are not supported here`);
    return {
      routeKey: String(properties.RouteKey),
      host: `${properties.ApiId}.execute-api.${LOCAL_REGION}.amazonaws.com`,
      isSigned: properties.AuthorizationType === 'AWS_IAM',
      functionArn: String(integration.properties.IntegrationUri),
    };
  });
}

function rule({ logicalId, properties }: Resolved): StackRule {
  const targets = (properties.Targets ?? []) as readonly { readonly Arn: string }[];
  return { logicalId, pattern: properties.EventPattern, targetArns: targets.map(({ Arn }) => Arn) };
}
