/** What a deployed resource is called: what CloudFormation would put where a template refers to it, for the types that we run or pass by. */
import { CheckFailed } from '../../lambda/core/model/errors';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../services/sandbox';

export interface ResourceIdentity {
  /** What `Ref` gives: an ARN for topics, state machines and secrets, an address for queues, a name for the rest. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where the name of a resource stands, where the template gives one. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Lambda::LayerVersion': 'LayerName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::Events::EventBus': 'Name',
  'AWS::KMS::Key': 'Name',
};

export function nameProperty(type: string): string | undefined {
  return NAME_PROPERTY[type];
}

/** Undefined for a type that we do not know: the caller says who refers to it. */
export function identify(type: string, name: string): ResourceIdentity | undefined {
  const at = (service: string, resource: string) => `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
  const named = (arn: string, more: Readonly<Record<string, string>> = {}): ResourceIdentity => ({
    ref: name,
    attributes: { Arn: arn, ...more },
  });
  switch (type) {
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return named(at('dynamodb', `table/${name}`));
    case 'AWS::Lambda::Function':
      return named(at('lambda', `function:${name}`));
    case 'AWS::Lambda::LayerVersion':
      return { ref: at('lambda', `layer:${name}:1`), attributes: { LayerVersionArn: at('lambda', `layer:${name}:1`) } };
    case 'AWS::StepFunctions::StateMachine': {
      const arn = at('states', `stateMachine:${name}`);
      return { ref: arn, attributes: { Arn: arn, Name: name } };
    }
    case 'AWS::SNS::Topic':
      return { ref: at('sns', name), attributes: { TopicArn: at('sns', name), TopicName: name } };
    case 'AWS::SQS::Queue':
      return {
        ref: `https://sqs.${LOCAL_REGION}.amazonaws.com/${LOCAL_ACCOUNT}/${name}`,
        attributes: { Arn: at('sqs', name), QueueName: name },
      };
    case 'AWS::SecretsManager::Secret':
      return {
        ref: at('secretsmanager', `secret:${name}-local0`),
        attributes: { Id: at('secretsmanager', `secret:${name}-local0`) },
      };
    case 'AWS::IAM::Role':
      return named(`arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`);
    case 'AWS::Logs::LogGroup':
      return named(at('logs', `log-group:${name}:*`));
    case 'AWS::Scheduler::ScheduleGroup':
      return named(at('scheduler', `schedule-group/${name}`));
    case 'AWS::Events::EventBus':
      return named(at('events', `event-bus/${name}`), { Name: name });
    case 'AWS::KMS::Key':
      return named(at('kms', `key/${name}`));
    default:
      return undefined;
  }
}

/** The name that a function's ARN (with or without a version or alias behind it) or plain name stands for. */
export function functionName(reference: string): string {
  const match = /^(?:arn:[^:]+:lambda:[^:]*:[^:]*:function:)?([A-Za-z0-9_-]+)(?::[A-Za-z0-9_$-]+)?$/.exec(reference);
  if (!match?.[1]) throw new CheckFailed(`${reference} names no function`);
  return match[1];
}
