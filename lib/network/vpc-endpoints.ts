/** VPC endpoints for the AWS services that the function calls, in a VPC without internet access. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

/**
 * The services that the function calls. DynamoDB has a gateway endpoint (free, in the route tables), the others have interface endpoints
 * (billed per hour and zone). Logs and traces need none: the Lambda service sends them outside the VPC.
 */
export const ENDPOINT_SERVICES = ['dynamodb', 'sns', 'secretsmanager'] as const;
/** A service for the prop `createEndpoints`. */
export type EndpointService = (typeof ENDPOINT_SERVICES)[number];

const INTERFACES = {
  sns: { id: 'Sns', service: ec2.InterfaceVpcEndpointAwsService.SNS },
  secretsmanager: { id: 'SecretsManager', service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER },
} as const;

export interface EndpointsOfVpcProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
  readonly services: readonly EndpointService[];
  /** Security groups that may connect to the interface endpoints. */
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
    const endpointGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'oms-cutover: the AWS APIs, for the check function only',
      allowAllOutbound: false,
    });
    // Ingress rules on our group only: security groups given as props are not modified.
    for (const caller of props.callers) {
      endpointGroup.addIngressRule(
        ec2.Peer.securityGroupId(caller.securityGroupId),
        ec2.Port.tcp(443),
        'Check function',
      );
    }
    for (const name of interfaces) {
      new ec2.InterfaceVpcEndpoint(this, INTERFACES[name].id, {
        vpc,
        service: INTERFACES[name].service,
        securityGroups: [endpointGroup],
        open: false,
        ...(vpcSubnets === undefined ? {} : { subnets: vpcSubnets }),
      });
    }
  }
}
