/** The ways from a VPC without internet access to the AWS services that the function calls. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/**
 * What the function itself calls. DynamoDB is reached through a gateway (free, in the route tables), the others through interfaces (billed by
 * the hour and zone). Its logs and traces need none: Lambda takes them out by itself, not through the VPC.
 */
export const ENDPOINT_SERVICES = ['dynamodb', 'sns', 'secretsmanager'] as const;
export type EndpointService = (typeof ENDPOINT_SERVICES)[number];

const INTERFACES = {
  sns: { id: 'Sns', service: ec2.InterfaceVpcEndpointAwsService.SNS },
  secretsmanager: { id: 'SecretsManager', service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER },
} as const;

export interface EndpointsOfVpcProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
  readonly services: readonly EndpointService[];
  /** Who may call the interfaces. */
  readonly callers: readonly ec2.ISecurityGroup[];
}

export class EndpointsOfVpc extends Construct {
  constructor(scope: Construct, id: string, props: EndpointsOfVpcProps) {
    super(scope, id);
    const { vpc, vpcSubnets } = props;
    if (props.services.includes('dynamodb')) {
      new ec2.GatewayVpcEndpoint(this, 'DynamoDb', {
        vpc,
        service: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
        ...(vpcSubnets === undefined ? {} : { subnets: [vpcSubnets] }),
      });
    }
    const interfaces = props.services.filter((service) => service !== 'dynamodb');
    if (interfaces.length === 0) return;
    const door = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'oms-cutover: the AWS APIs, for the check function only',
      allowAllOutbound: false,
    });
    // Only the door's own rules change: a security group that was handed in is left as it is.
    for (const caller of props.callers) {
      door.addIngressRule(ec2.Peer.securityGroupId(caller.securityGroupId), ec2.Port.tcp(443), 'Check function');
    }
    for (const name of interfaces) {
      new ec2.InterfaceVpcEndpoint(this, INTERFACES[name].id, {
        vpc,
        service: INTERFACES[name].service,
        securityGroups: [door],
        open: false,
        ...(vpcSubnets === undefined ? {} : { subnets: vpcSubnets }),
      });
    }
  }
}
