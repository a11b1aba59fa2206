import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import cdkJson from '../../../cdk.json';
import { ENDPOINT, FIXTURES, messageOf, monitorWith, newMonitor } from '../stacks';

const HTTPS = 'https://oms.example.com:8089';
const pem = (name: string) => join(FIXTURES, `${name}.pem`);

test('the certificates of a private authority are at the path that the function gets', () => {
  const { template } = monitorWith({ omsEndpoint: HTTPS, omsCa: pem('ca') });
  const [layer] = Object.keys(template.findResources('AWS::Lambda::LayerVersion'));
  template.hasResourceProperties('AWS::Lambda::Function', {
    Layers: [{ Ref: layer }],
    Environment: { Variables: { OMS_CA_FILE: '/opt/oms-ca.pem' } },
  });
});

test('the layer has the PEM file and no other file of its folder', () => {
  const app = new App({ context: cdkJson.context });
  newMonitor(new Stack(app, 'Test'), { omsEndpoint: HTTPS, omsCa: pem('ca') });
  const assembly = app.synth();
  const assets = JSON.parse(readFileSync(join(assembly.directory, 'Test.assets.json'), 'utf8')) as {
    files: Record<string, { displayName: string; source: { path: string } }>;
  };
  const layer = Object.values(assets.files).find(({ displayName }) => displayName.includes('OmsCa'));
  const folder = join(assembly.directory, String(layer?.source.path));
  expect(readFileSync(join(folder, 'oms-ca.pem'), 'utf8')).toBe(readFileSync(pem('ca'), 'utf8'));
  expect(readdirSync(folder)).toEqual(['oms-ca.pem']);
  // Lambda runs as another user.
  expect(statSync(join(folder, 'oms-ca.pem')).mode & 0o444).toBe(0o444);
});

test('without omsCa there is no layer and no path', () => {
  const { template } = monitorWith({ omsEndpoint: HTTPS });
  template.resourceCountIs('AWS::Lambda::LayerVersion', 0);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Layers: Match.absent(),
    Environment: { Variables: { OMS_CA_FILE: Match.absent() } },
  });
});

test.each([
  ['is not there', 'nowhere', 'which does not exist'],
  ['holds no certificate', 'empty', 'which holds no certificate'],
  ['holds a damaged certificate', 'damaged', 'which holds a damaged certificate'],
  ['would deploy a private key', 'ca-with-key', 'which holds a private key'],
])('refuses a file that %s', (_what, name, expected) => {
  expect(messageOf(() => monitorWith({ omsEndpoint: HTTPS, omsCa: pem(name) }))).toContain(expected);
});

test('refuses a folder', () => {
  expect(messageOf(() => monitorWith({ omsEndpoint: HTTPS, omsCa: FIXTURES }))).toContain('which cannot be read');
});

test('refuses omsCa for plain HTTP, which has no certificate', () => {
  expect(messageOf(() => monitorWith({ omsCa: pem('ca') }))).toContain(
    `omsCa requires an https omsEndpoint; got "${ENDPOINT}"`,
  );
});
