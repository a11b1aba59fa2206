/** What a template refers to a resource by, for the types that our templates refer to. */
import { CheckFailed } from '../../lambda/core/model/errors';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './sandbox';

export interface ResourceIdentity {
  /** What `Ref` gives: an ARN for topics and state machines, a URL for queues, a name for the rest. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The property that holds a resource's name: `TableName` of an `AWS::DynamoDB::Table`. */
export function nameProperty(type: string): string {
  return `${type.split('::').at(-1)}Name`;
}

/** Undefined for a type that is not supported: the caller knows what refers to it. */
export function identify(type: string, name: string): ResourceIdentity | undefined {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
  const byName = (Arn: string): ResourceIdentity => ({ ref: name, attributes: { Arn } });
  const byArn = (Arn: string): ResourceIdentity => ({ ref: Arn, attributes: { Arn } });
  switch (type) {
    case 'AWS::DynamoDB::Table':
      return byName(arn('dynamodb', `table/${name}`));
    case 'AWS::Lambda::Function':
      return byName(arn('lambda', `function:${name}`));
    case 'AWS::StepFunctions::StateMachine':
      return byArn(arn('states', `stateMachine:${name}`));
    case 'AWS::SNS::Topic':
      return { ref: arn('sns', name), attributes: { TopicArn: arn('sns', name) } };
    case 'AWS::SQS::Queue':
      return {
        ref: `https://sqs.${LOCAL_REGION}.amazonaws.com/${LOCAL_ACCOUNT}/${name}`,
        attributes: { Arn: arn('sqs', name) },
      };
    case 'AWS::IAM::Role':
      return byName(`arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`);
    case 'AWS::KMS::Key':
      return byName(arn('kms', `key/${name}`));
    case 'AWS::ApiGatewayV2::Api':
    case 'AWS::ApiGatewayV2::Integration':
      return { ref: name, attributes: {} };
    default:
      return undefined;
  }
}

/** The function's name in its ARN (with or without a version or alias), or the name itself. */
export function functionName(reference: string): string {
  const match = /^(?:arn:[^:]+:lambda:[^:]*:[^:]*:function:)?([A-Za-z0-9_-]+)(?::[A-Za-z0-9_$-]+)?$/.exec(reference);
  if (!match?.[1]) throw new CheckFailed(`${reference} is not the name or ARN of a Lambda function`);
  return match[1];
}
