import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { MigrationMonitorProps } from '../../lib';
import { messageOf, monitorWith } from './stacks';

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

test('without a VPC there is nothing of one', () => {
  const { template } = monitorWith();
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
});

test('the function goes into the private subnets of a VPC that is there already', () => {
  inVpc().template.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: { SubnetIds: ['subnet-a', 'subnet-b'], SecurityGroupIds: [Match.anyValue()] },
  });
});

test('the function goes into the subnets that are chosen', () => {
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
])('the security group lets out to %s and to AWS, and nowhere else', (omsEndpoint, expected) => {
  const { template } = inVpc({ omsEndpoint });
  expect(outTo(template)).toEqual(expected);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
});

test.each([
  ['http://[fd00::5]:8089', true],
  ['http://10.0.0.5:8089', Match.absent()],
])('the function gets an IPv6 address where OMS has one: %s', (omsEndpoint, allowed) => {
  inVpc({ omsEndpoint }).template.hasResourceProperties('AWS::Lambda::Function', {
    VpcConfig: { Ipv6AllowedForDualStack: allowed },
  });
});

test('security groups that are given are used as they are', () => {
  const { template } = monitorWith((stack) => ({
    vpc: existingVpc(stack),
    securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Ours', 'sg-0a1b2c3d')],
    createEndpoints: ['sns'],
  }));
  template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SecurityGroupIds: ['sg-0a1b2c3d'] } });
  template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
});

test('no endpoint is made that nobody asked for', () => {
  inVpc().template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
});

test('DynamoDB is reached through a gateway in the route tables of the subnets', () => {
  const { template } = inVpc({ createEndpoints: ['dynamodb'] });
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Gateway',
    RouteTableIds: ['rtb-a', 'rtb-b'],
    ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.dynamodb']] },
  });
});

test('the other services are reached through interfaces that only the function may call', () => {
  const { stack, template } = inVpc({ createEndpoints: ['dynamodb', 'sns', 'secretsmanager'] });
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
    ],
  });
});

test('refuses to open a port that it cannot know yet', () => {
  const message = messageOf(() =>
    monitorWith((stack) => ({
      vpc: existingVpc(stack),
      omsEndpoint: new CfnParameter(stack, 'Endpoint').valueAsString,
    })),
  );
  expect(message).toContain('securityGroups is required where omsEndpoint is only known at deployment');
});

test('takes an endpoint that is only known at deployment where no port has to be opened for it', () => {
  const { template } = monitorWith((stack) => ({ omsEndpoint: new CfnParameter(stack, 'Endpoint').valueAsString }));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { OMS_ENDPOINT: { Ref: 'Endpoint' } } },
  });
});

test('refuses an empty list of security groups', () => {
  expect(messageOf(() => inVpc({ securityGroups: [] }))).toContain('securityGroups must name at least one group');
});
