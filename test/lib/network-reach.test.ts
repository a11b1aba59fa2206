/** What synthesis says of an address that the function will never reach: nothing else would, until every look has failed. */
import { Annotations, CfnParameter, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { MigrationMonitorProps } from '../../lib';
import { OmsCutoverStack } from '../../lib/app/oms-cutover-stack';
import { readSettings } from '../../lib/app/settings';
import { newMonitor, newStack } from './stacks';

/** As the constructs bear them: synthesis would print each on top. */
const warningsOf = (stack: Stack): string[] =>
  stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => `/${node.path}: ${data}`),
    );

function warned(props: Partial<MigrationMonitorProps> | ((stack: Stack) => Partial<MigrationMonitorProps>)): string[] {
  const stack = newStack();
  newMonitor(stack, typeof props === 'function' ? props(stack) : props);
  return warningsOf(stack);
}

const vpcOf = (stack: Stack): ec2.IVpc =>
  ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['eu-central-1a'],
    privateSubnetIds: ['subnet-a'],
    privateSubnetRouteTableIds: ['rtb-a'],
  });

const PRIVATE = [
  'http://10.0.0.5:8089',
  'http://172.16.0.1:8089',
  'http://172.31.255.255:8089',
  'https://192.168.1.20/oms',
  'http://100.64.0.1',
  'http://100.127.255.255',
  'http://169.254.1.1',
  'http://[fd00::5]:8089',
  'http://[fc00::1]',
  'http://[fe80::1]:8089',
  'http://[::ffff:10.0.0.5]:8089',
  'http://oms:8089',
  'http://OMS.local',
  'http://oms.local.:8089',
  'http://ip-10-0-0-5.eu-central-1.compute.internal:8089',
];

test.each(PRIVATE)('%s without a VPC is warned of, with what to set, as a prop and as a setting', (omsEndpoint) => {
  const [warning, ...others] = warned({ omsEndpoint });
  expect(others).toEqual([]);
  expect(warning).toMatch(/^\/Test\/Monitor: /);
  expect(warning).toContain(`${omsEndpoint} is in a private network`);
  for (const name of ['vpc', '-c vpcId=', '-c subnetIds=', '-c availabilityZones=']) expect(warning).toContain(name);
  expect(warning).toContain('[ack: oms-cutover:privateEndpointWithoutVpc]');
});

test.each(PRIVATE)('%s from a VPC is nothing to warn of', (omsEndpoint) => {
  expect(warned((stack) => ({ omsEndpoint, vpc: vpcOf(stack) }))).toEqual([]);
});

test.each([
  'https://oms.example.com',
  'http://203.0.113.7:8089',
  'http://172.15.0.1',
  'http://172.32.0.1',
  'http://100.63.0.1',
  'http://100.128.0.1',
  'http://192.169.0.1',
  'http://169.253.0.1',
  'http://11.0.0.1',
  'https://local.example.com',
  'https://internal.example.com',
  'https://mylocalhost.example.com',
  'https://10.example.com',
])('%s may be reached from anywhere, and is nothing to warn of', (omsEndpoint) => {
  expect(warned({ omsEndpoint })).toEqual([]);
});

test('an IPv6 address is warned of without a VPC, because Lambda has none of its own', () => {
  const omsEndpoint = 'http://[2001:db8::5]:8089';
  expect(warned({ omsEndpoint })).toEqual([expect.stringContaining('[ack: oms-cutover:ipv6EndpointWithoutVpc]')]);
  expect(warned((stack) => ({ omsEndpoint, vpc: vpcOf(stack) }))).toEqual([]);
});

const LOOPBACK = [
  'http://localhost:8089',
  'http://oms.localhost',
  'http://127.0.0.1:8089',
  'http://127.8.0.1',
  'http://0.0.0.0:8089',
  'http://[::1]:8089',
  'http://[::]:8089',
  'http://[::ffff:127.0.0.1]',
];

test.each(LOOPBACK)('%s is warned of with a VPC and without: there it is the function itself', (omsEndpoint) => {
  for (const props of [{ omsEndpoint }, (stack: Stack) => ({ omsEndpoint, vpc: vpcOf(stack) })]) {
    const [warning, ...others] = warned(props);
    expect(others).toEqual([]);
    expect(warning).toContain(`${omsEndpoint} is the function itself`);
    expect(warning).not.toContain('vpcId');
    expect(warning).toContain('[ack: oms-cutover:loopbackEndpoint]');
  }
});

test('an address that is only known at deployment is nothing to warn of', () => {
  expect(warned((stack) => ({ omsEndpoint: new CfnParameter(stack, 'Endpoint').valueAsString }))).toEqual([]);
  const host = (stack: Stack) => new CfnParameter(stack, 'Host').valueAsString;
  expect(warned((stack) => ({ omsEndpoint: `http://${host(stack)}:8089` }))).toEqual([]);
});

test('who knows better acknowledges it, and it is gone', () => {
  const stack = newStack();
  const monitor = newMonitor(stack, { omsEndpoint: 'http://10.0.0.5:8089' });
  Annotations.of(monitor).acknowledgeWarning('oms-cutover:privateEndpointWithoutVpc', 'a tunnel of ours');
  expect(warningsOf(stack)).toEqual([]);
});

describe('the app that is set by -c', () => {
  const LEAST = { omsEndpoint: 'http://10.0.0.5:8089', projects: 'p_a' };
  const NETWORK = { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d', availabilityZones: 'eu-central-1a' };
  const stackOf = (context: Record<string, string>) =>
    new OmsCutoverStack(newStack().node.root, 'OmsCutover', { settings: readSettings(context) });

  test('is warned of a private address without vpcId', () => {
    expect(warningsOf(stackOf(LEAST))).toEqual([expect.stringContaining('-c vpcId=')]);
  });

  test('is warned of nothing once the three settings are there that the warning names', () => {
    expect(warningsOf(stackOf({ ...LEAST, ...NETWORK }))).toEqual([]);
  });
});
