/** What both apps have in common: settings from the context, one stack, and a message that names all that is wrong. */
import { App } from 'aws-cdk-lib';
import cdkJson from '../cdk.json';
import { OmsCutoverStack } from '../lib/app/oms-cutover-stack';
import { readSettings } from '../lib/app/settings';
import { InvalidSettings } from '../lib/validation/problems';

export function runApp(prepare: (app: App) => void = () => {}): void {
  try {
    // The same flags whether the CDK command starts this or not: both ways give the same template.
    // And synthesized below or not at all: wrong settings leave nothing behind.
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
