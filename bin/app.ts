/** The CDK app: `npx cdk deploy -c omsEndpoint=… -c projects=p_a,p_b -c notifyEmail=…`. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import cdkJson from '../cdk.json';
import { OmsCutoverStack } from '../lib/oms-cutover-stack';
import { InvalidSettings } from '../lib/problems';
import { readSettings } from '../lib/settings';

function main(): void {
  // The same flags whether the CDK command starts this or not: both ways give the same template.
  // And synthesized below or not at all: wrong settings leave nothing behind.
  const app = new App({ context: cdkJson.context, autoSynth: false });
  const settings = readSettings(app.node.getAllContext());
  new OmsCutoverStack(app, 'OmsCutover', { settings });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

try {
  main();
} catch (error) {
  if (!(error instanceof InvalidSettings)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
