/**
 * Warns at synthesis of an OMS address that the function cannot reach: the stack would deploy, and every poll would fail.
 *
 * Warnings, not errors: the address of a host name is a guess, and a local run of the same stack has its OMS on the loopback interface.
 */
import { BlockList, isIP } from 'node:net';
import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The machine itself. */
const LOOPBACK = blockList(['0.0.0.0/8', '127.0.0.0/8', '::/128', '::1/128']);
/** Not routed on the internet: RFC 1918, RFC 6598 (carrier-grade NAT), link-local, and RFC 4193 (unique local). */
const PRIVATE = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fe80::/10',
  'fc00::/7',
]);

/** @param omsEndpoint a validated URL, or a token. */
export function warnIfUnreachable(monitor: Construct, omsEndpoint: string, inVpc: boolean): void {
  if (Token.isUnresolved(omsEndpoint)) return;
  const host = hostOf(omsEndpoint);
  const reach = reachOf(host);
  if (reach === 'loopback') {
    Annotations.of(monitor).addWarningV2(
      'oms-cutover:loopbackEndpoint',
      `omsEndpoint ${omsEndpoint} is a loopback address: in AWS it is the function itself, where no OMS answers. Set the address of the OMS console in its network.`,
    );
  } else if (reach === 'private' && !inVpc) {
    Annotations.of(monitor).addWarningV2(
      'oms-cutover:privateEndpointWithoutVpc',
      `omsEndpoint ${omsEndpoint} is a private address, which a Lambda function outside a VPC cannot reach. Set vpc (settings of the app: -c vpcId=… -c subnetIds=… -c availabilityZones=…): see "Private network" in docs/migration-monitor.md.`,
    );
  } else if (isIP(host) === 6 && !inVpc) {
    Annotations.of(monitor).addWarningV2(
      'oms-cutover:ipv6EndpointWithoutVpc',
      `omsEndpoint ${omsEndpoint} is an IPv6 address, which a Lambda function outside a VPC cannot reach. Set vpc with dual-stack subnets, or the IPv4 address of OMS.`,
    );
  }
}

function reachOf(host: string): 'loopback' | 'private' | 'public' {
  const family = isIP(host);
  if (family !== 0) {
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (LOOPBACK.check(host, type)) return 'loopback';
    return PRIVATE.check(host, type) ? 'private' : 'public';
  }
  if (/(^|\.)localhost$/.test(host)) return 'loopback';
  return !host.includes('.') || /\.(local|internal)$/.test(host) ? 'private' : 'public';
}

/** The host name, without the brackets of IPv6 and without a final dot. */
export function hostOf(endpoint: string): string {
  return new URL(endpoint).hostname.replace(/^\[|\]$|\.$/g, '');
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
