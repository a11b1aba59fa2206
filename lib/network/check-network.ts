/** The check function in a VPC: its security group and the VPC endpoints it needs. */

import { isIP } from 'node:net';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { hostOf } from './network-reach';
import { type EndpointService, EndpointsOfVpc } from './vpc-endpoints';

const HTTPS = 443;

export interface CheckNetworkProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
  readonly securityGroups: readonly ec2.ISecurityGroup[] | undefined;
  readonly createEndpoints: readonly EndpointService[];
  readonly endpointPeers: readonly ec2.IPeer[] | undefined;
  readonly omsEndpoint: string;
}

export class CheckNetwork extends Construct {
  /** Props of the function. */
  readonly placement: Pick<lambda.FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups' | 'ipv6AllowedForDualStack'>;

  /** Of the interface endpoints. */
  readonly endpointGroup: ec2.SecurityGroup | undefined;

  constructor(scope: Construct, id: string, props: CheckNetworkProps) {
    super(scope, id);
    const { vpc, vpcSubnets } = props;
    const securityGroups = [...(props.securityGroups ?? [this.newGroup(props)])];
    this.placement = {
      vpc,
      securityGroups,
      ...(vpcSubnets === undefined ? {} : { vpcSubnets }),
      // Lambda gives the function an IPv6 address only with this flag, even in dual-stack subnets.
      ...(isIP(hostOf(props.omsEndpoint)) === 6 ? { ipv6AllowedForDualStack: true } : {}),
    };
    this.endpointGroup = new EndpointsOfVpc(this, 'Endpoints', {
      vpc,
      vpcSubnets,
      services: props.createEndpoints,
      callers: securityGroups,
      peers: props.endpointPeers,
    }).securityGroup;
  }

  /** Allows outbound traffic to OMS and to the AWS APIs only, and no inbound traffic. */
  private newGroup(props: CheckNetworkProps): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'oms-cutover: out to OMS and to the AWS APIs',
      allowAllOutbound: false,
    });
    const oms = omsAddress(props.omsEndpoint);
    group.addEgressRule(oms.peer, ec2.Port.tcp(oms.port), 'OMS');
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(HTTPS), 'AWS APIs');
    return group;
  }
}

/** An IP address is the only peer; the address of a host name may change. */
function omsAddress(endpoint: string): { readonly peer: ec2.IPeer; readonly port: number } {
  const url = new URL(endpoint);
  const host = hostOf(endpoint);
  const port = url.port === '' ? (url.protocol === 'https:' ? HTTPS : 80) : Number(url.port);
  const family = isIP(host);
  if (family === 4) return { peer: ec2.Peer.ipv4(`${host}/32`), port };
  if (family === 6) return { peer: ec2.Peer.ipv6(`${host}/128`), port };
  return { peer: ec2.Peer.anyIpv4(), port };
}
