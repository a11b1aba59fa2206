/** All permissions of the check function. */
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { FunctionRole, type FunctionRoleProps } from './function-role';

export interface CheckRoleProps extends FunctionRoleProps {
  readonly credentials: secretsmanager.ISecret;
  readonly inVpc: boolean;
}

export class CheckRole extends FunctionRole {
  constructor(scope: Construct, id: string, props: CheckRoleProps) {
    super(scope, id, props);
    // The doctor reports who is subscribed.
    this.allow(['sns:ListSubscriptionsByTopic'], props.topic.topicArn);
    this.allow(['secretsmanager:GetSecretValue'], arnOf(props.credentials));
    if (props.inVpc) {
      this.allow(
        [
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:UnassignPrivateIpAddresses',
        ],
        '*',
      );
    }
    props.credentials.encryptionKey?.grantDecrypt(this);
  }
}

/** The six-character suffix that Secrets Manager appends is unknown for a secret that is referenced by name. */
function arnOf(secret: secretsmanager.ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}
