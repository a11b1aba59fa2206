/** Shared by both apps: settings from the context, one stack, and a message that lists every problem. */
import { App } from 'aws-cdk-lib';
import cdkJson from '../cdk.json';
import { OmsCutoverStack } from '../lib/app/oms-cutover-stack';
import { readSettings } from '../lib/app/settings';
import { InvalidSettings } from '../lib/validation/problems';

export function runApp(prepare: (app: App) => void = () => {}): void {
  try {
    // The feature flags are the same whether the CDK command starts this or not, so that the template is the same.
    // Not synthesized at exit: with wrong settings nothing is written.
    const app = new App({ context: cdkJson.context, autoSynth: false });
    const settings = readSettings(app.node.getAllContext());
    new OmsCutoverStack(app, 'OmsCutover', { settings });
    prepare(app);
    app.synth();
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
