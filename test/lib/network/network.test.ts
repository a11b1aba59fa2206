import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { MigrationMonitorProps } from '../../../lib';
import { messageOf, monitorWith } from '../stacks';

const existingVpc = (stack: Stack): ec2.IVpc =>
  ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    privateSubnetIds: ['subnet-a', 'subnet-b'],
    privateSubnetRouteTableIds: ['rtb-a', 'rtb-b'],
  });

const inVpc = (props: Partial<MigrationMonitorProps> = {}) =>
  monitorWith((stack) => ({ vpc: existingVpc(stack), ...props }));

const outTo = (template: ReturnType<typeof monitorWith>['template']) =>
  Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap((group) =>
    (group.Properties.SecurityGroupEgress as Record<string, unknown>[]).map(
      (rule) => `${rule.IpProtocol} ${rule.CidrIp ?? rule.CidrIpv6} ${rule.FromPort}-${rule.ToPort}`,
    ),
  );

test('without a VPC there is no security group, endpoint or VPC configuration', () => {
  const { template } = monitorWith();
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
});

test('the function is in the private subnets of an existing VPC', () => {
  inVpc().template.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: { SubnetIds: ['subnet-a', 'subnet-b'], SecurityGroupIds: [Match.anyValue()] },
  });
});

test('the function is in the chosen subnets', () => {
  const { template } = monitorWith((stack) => {
    const vpc = existingVpc(stack);
    return { vpc, vpcSubnets: { subnets: vpc.privateSubnets.slice(1) } };
  });
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SubnetIds: ['subnet-b'] } });
});

test.each([
  ['http://10.0.0.5:8089', ['tcp 10.0.0.5/32 8089-8089', 'tcp 0.0.0.0/0 443-443']],
  ['http://10.0.0.5', ['tcp 10.0.0.5/32 80-80', 'tcp 0.0.0.0/0 443-443']],
  ['https://oms.example.com', ['tcp 0.0.0.0/0 443-443']],
  ['https://oms.example.com:8443/oms', ['tcp 0.0.0.0/0 8443-8443', 'tcp 0.0.0.0/0 443-443']],
  ['http://[fd00::5]:8089', ['tcp fd00::5/128 8089-8089', 'tcp 0.0.0.0/0 443-443']],
])('the security group allows outbound traffic to %s and to AWS only', (omsEndpoint, expected) => {
  const { template } = inVpc({ omsEndpoint });
  expect(outTo(template)).toEqual(expected);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
});

test.each([
  ['http://[fd00::5]:8089', true],
  ['http://10.0.0.5:8089', Match.absent()],
])('the function gets an IPv6 address only if OMS has one: %s', (omsEndpoint, allowed) => {
  inVpc({ omsEndpoint }).template.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: { Ipv6AllowedForDualStack: allowed },
  });
});

test('given security groups are used unmodified', () => {
  const { template } = monitorWith((stack) => ({
    vpc: existingVpc(stack),
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Ours', 'sg-0a1b2c3d')],
    createEndpoints: ['sns'],
  }));
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SecurityGroupIds: ['sg-0a1b2c3d'] } });
  template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
});

test('no VPC endpoint is created by default', () => {
  inVpc().template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
});

test('DynamoDB has a gateway endpoint in the route tables of the subnets', () => {
  const { template } = inVpc({ createEndpoints: ['dynamodb'] });
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Gateway',
    RouteTableIds: ['rtb-a', 'rtb-b'],
    ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.dynamodb']] },
  });
});

test('the other services have interface endpoints, for the function and the peers that are given', () => {
  const createEndpoints = ['dynamodb', 'sns', 'secretsmanager'] as const;
  const { stack, template } = inVpc({ createEndpoints, endpointPeers: [ec2.Peer.ipv4('10.1.0.0/16')] });
  const group = (path: string) => {
    const found = stack.node
      .findAll()
      .find(({ node }) => node.path === `Test/Monitor/Network/${path}`) as ec2.SecurityGroup;
    return stack.resolve(found.securityGroupId);
  };
  template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, 2);
  for (const service of ['.sns', '.secretsmanager']) {
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      SubnetIds: ['subnet-a', 'subnet-b'],
      SecurityGroupIds: [group('Endpoints/SecurityGroup')],
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, service]] },
    });
  }
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        Description: 'Check function',
        SourceSecurityGroupId: group('SecurityGroup'),
      },
      OTHERS('10.1.0.0/16'),
    ],
  });
});

const OTHERS = (range: unknown) => ({
  IpProtocol: 'tcp',
  FromPort: 443,
  ToPort: 443,
  Description: 'Other workloads of the VPC',
  CidrIp: range,
});
const UNKNOWN_RANGE = Match.stringLikeRegexp(
  'they admit only the check function, because the range of this VPC is unknown',
);

test('interface endpoints admit the range of the VPC, in which they take over the names of their services', () => {
  const created = monitorWith((stack) => ({ vpc: new ec2.Vpc(stack, 'Vpc') as ec2.IVpc, createEndpoints: ['sns'] }));
  const vpcId = created.stack.resolve((created.stack.node.findChild('Vpc') as ec2.Vpc).vpcId).Ref;
  created.template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: Match.arrayWith([OTHERS({ 'Fn::GetAtt': [vpcId, 'CidrBlock'] })]),
  });
  Annotations.fromStack(created.stack).hasNoWarning('*', UNKNOWN_RANGE);
  expect(created.monitor.endpointSecurityGroup).toBeDefined();
});

test('synthesis warns of interface endpoints that cut off other workloads, where the range of the VPC is unknown', () => {
  Annotations.fromStack(inVpc({ createEndpoints: ['sns'] }).stack).hasWarning('*', UNKNOWN_RANGE);
  Annotations.fromStack(inVpc({ createEndpoints: ['dynamodb'] }).stack).hasNoWarning('*', UNKNOWN_RANGE);
  const given = inVpc({ createEndpoints: ['sns'], endpointPeers: [] });
  Annotations.fromStack(given.stack).hasNoWarning('*', UNKNOWN_RANGE);
});

test('refuses peers of endpoints that are not created', () => {
  expect(messageOf(() => inVpc({ endpointPeers: [] }))).toContain('endpointPeers requires createEndpoints');
});

test('the schedule follows the network: its first invocation needs the endpoints', () => {
  const { template } = inVpc({ createEndpoints: ['dynamodb', 'sns'] });
  const endpoints = Object.keys(template.findResources('AWS::EC2::VPCEndpoint'));
  const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
  expect(schedule?.DependsOn).toEqual(expect.arrayContaining(endpoints));
});

test('refuses an endpoint that is resolved at deployment without security groups: its port is unknown', () => {
  const message = messageOf(() =>
    monitorWith((stack) => ({
      vpc: existingVpc(stack),
      omsEndpoint: new CfnParameter(stack, 'Endpoint').valueAsString,
    })),
  );
  expect(message).toContain('securityGroups is required if omsEndpoint is resolved at deployment');
});

test('accepts an endpoint that is resolved at deployment without a VPC', () => {
  const { template } = monitorWith((stack) => ({ omsEndpoint: new CfnParameter(stack, 'Endpoint').valueAsString }));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { OMS_ENDPOINT: { Ref: 'Endpoint' } } },
  });
});

test('refuses an empty list of security groups', () => {
  expect(messageOf(() => inVpc({ securityGroups: [] }))).toContain('securityGroups must have at least one group');
});
