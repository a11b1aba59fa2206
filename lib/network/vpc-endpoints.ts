/** VPC endpoints for the AWS services that the function calls, in a VPC without internet access. */
import { Annotations } from 'aws-cdk-lib';
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
  /** Security groups of the function. */
  readonly callers: readonly ec2.ISecurityGroup[];
  /** Who else may connect to the interface endpoints. Undefined: the IPv4 range of the VPC. */
  readonly peers: readonly ec2.IPeer[] | undefined;
}

/**
 * An interface endpoint has private DNS: from then on it answers for its service in the whole VPC, and whoever its security group does not
 * admit has lost the service.
 */
export class EndpointsOfVpc extends Construct {
  /** Of the interface endpoints; undefined where there are none. */
  readonly securityGroup: ec2.SecurityGroup | undefined;

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
      description: 'oms-cutover: the AWS APIs',
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
    this.securityGroup = endpointGroup;
    for (const peer of props.peers ?? rangeOf(this, vpc))
      endpointGroup.addIngressRule(peer, ec2.Port.tcp(443), 'Other workloads of the VPC');
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

function rangeOf(scope: Construct, vpc: ec2.IVpc): readonly ec2.IPeer[] {
  let range: string;
  try {
    range = vpc.vpcCidrBlock;
  } catch {
    // A VPC that was imported without its range.
    Annotations.of(scope).addWarningV2(
      'oms-cutover:endpointsAdmitOnlyTheFunction',
      'createEndpoints creates interface endpoints that answer for their services in the whole VPC (private DNS), and they admit only the check function, because the range of this VPC is unknown: other workloads of the VPC lose these services. Set endpointPeers (settings of the app: -c vpcCidr=…).',
    );
    return [];
  }
  return [ec2.Peer.ipv4(range)];
}
