/** Warnings at synthesis about an OMS address that the function cannot reach. Otherwise only failing polls would show it. */
import { Annotations, CfnParameter, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { MigrationMonitorProps } from '../../../lib';
import { OmsCutoverStack } from '../../../lib/app/oms-cutover-stack';
import { readSettings } from '../../../lib/app/settings';
import { newMonitor, newStack } from '../stacks';

/** From the metadata of the constructs: synthesis would print them. */
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

test.each(PRIVATE)('%s without a VPC causes a warning that names the props and the settings to set', (omsEndpoint) => {
  const [warning, ...others] = warned({ omsEndpoint });
  expect(others).toEqual([]);
  expect(warning).toMatch(/^\/Test\/Monitor: /);
  expect(warning).toContain(`${omsEndpoint} is a private address`);
  for (const name of ['vpc', '-c vpcId=', '-c subnetIds=', '-c availabilityZones=']) expect(warning).toContain(name);
  expect(warning).toContain('[ack: oms-cutover:privateEndpointWithoutVpc]');
});

test.each(PRIVATE)('%s with a VPC causes no warning', (omsEndpoint) => {
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
])('%s may be public, and causes no warning', (omsEndpoint) => {
  expect(warned({ omsEndpoint })).toEqual([]);
});

test('an IPv6 address without a VPC causes a warning: Lambda outside a VPC has no IPv6', () => {
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

test.each(LOOPBACK)('%s causes a warning with and without a VPC: it is the function itself', (omsEndpoint) => {
  for (const props of [{ omsEndpoint }, (stack: Stack) => ({ omsEndpoint, vpc: vpcOf(stack) })]) {
    const [warning, ...others] = warned(props);
    expect(others).toEqual([]);
    expect(warning).toContain(`${omsEndpoint} is a loopback address`);
    expect(warning).not.toContain('vpcId');
    expect(warning).toContain('[ack: oms-cutover:loopbackEndpoint]');
  }
});

test('an address that is resolved at deployment causes no warning', () => {
  expect(warned((stack) => ({ omsEndpoint: new CfnParameter(stack, 'Endpoint').valueAsString }))).toEqual([]);
  const host = (stack: Stack) => new CfnParameter(stack, 'Host').valueAsString;
  expect(warned((stack) => ({ omsEndpoint: `http://${host(stack)}:8089` }))).toEqual([]);
});

test('an acknowledged warning is not shown', () => {
  const stack = newStack();
  const monitor = newMonitor(stack, { omsEndpoint: 'http://10.0.0.5:8089' });
  Annotations.of(monitor).acknowledgeWarning('oms-cutover:privateEndpointWithoutVpc', 'a tunnel of ours');
  expect(warningsOf(stack)).toEqual([]);
});

describe('the app with settings from -c', () => {
  const LEAST = { omsEndpoint: 'http://10.0.0.5:8089', projects: 'p_a' };
  const NETWORK = { vpcId: 'vpc-0a1b2c3d', subnetIds: 'subnet-0a1b2c3d', availabilityZones: 'eu-central-1a' };
  const stackOf = (context: Record<string, string>) =>
    new OmsCutoverStack(newStack().node.root, 'OmsCutover', { settings: readSettings(context) });

  test('warns of a private address without vpcId', () => {
    expect(warningsOf(stackOf(LEAST))).toEqual([expect.stringContaining('-c vpcId=')]);
  });

  test('does not warn with the three settings that the warning names', () => {
    expect(warningsOf(stackOf({ ...LEAST, ...NETWORK }))).toEqual([]);
  });
});
