/**
 * Says at synthesis that the function will never reach an address. It would deploy all the same, and every look would fail until somebody
 * reads why.
 *
 * Warnings and no errors: what a name leads to is a guess, and the same stack is played on a laptop, where OMS is simulated on the loopback.
 */
import { BlockList, isIP } from 'node:net';
import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** This machine, whichever that is. */
const ITSELF = blockList(['0.0.0.0/8', '127.0.0.0/8', '::/128', '::1/128']);
/** Not routed on the internet: RFC 1918, RFC 6598 (carriers' NAT), link-local, and RFC 4193 (unique local). */
const PRIVATE = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  'fe80::/10',
  'fc00::/7',
]);

/** @param omsEndpoint one that was found good already. */
export function warnOfReach(monitor: Construct, omsEndpoint: string, inVpc: boolean): void {
  if (Token.isUnresolved(omsEndpoint)) return;
  const host = hostOf(omsEndpoint);
  const reach = reachOf(host);
  if (reach === 'itself') {
    Annotations.of(monitor).addWarningV2(
      'oms-cutover:loopbackEndpoint',
      `omsEndpoint ${omsEndpoint} is the function itself once it runs in AWS, and no OMS answers there: give the address that the OMS console has in its network.`,
    );
  } else if (reach === 'private' && !inVpc) {
    Annotations.of(monitor).addWarningV2(
      'oms-cutover:privateEndpointWithoutVpc',
      `omsEndpoint ${omsEndpoint} is in a private network, and a Lambda function without a VPC does not reach it: give vpc (in the app's settings -c vpcId=…, -c subnetIds=… and -c availabilityZones=…), see "A private network" in docs/migration-monitor.md.`,
    );
  } else if (isIP(host) === 6 && !inVpc) {
    Annotations.of(monitor).addWarningV2(
      'oms-cutover:ipv6EndpointWithoutVpc',
      `omsEndpoint ${omsEndpoint} is an IPv6 address, and a Lambda function without a VPC has none to reach it from: give vpc with dual-stack subnets, or the IPv4 address of OMS.`,
    );
  }
}

function reachOf(host: string): 'itself' | 'private' | 'anywhere' {
  const family = isIP(host);
  if (family !== 0) {
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (ITSELF.check(host, type)) return 'itself';
    return PRIVATE.check(host, type) ? 'private' : 'anywhere';
  }
  if (/(^|\.)localhost$/.test(host)) return 'itself';
  return !host.includes('.') || /\.(local|internal)$/.test(host) ? 'private' : 'anywhere';
}

/** Without the brackets of IPv6, and without the dot that may end a name. */
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
