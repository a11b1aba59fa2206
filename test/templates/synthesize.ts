/** Synthesizes every variant, the app and every example into template files. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import cdkJson from '../../cdk.json';
import { synthesize } from '../../local/cloudformation/synthesize';
import { EXAMPLES, synthesizeExample } from '../examples/support-example';
import { addVariant } from './variants';

/** One of each partition. */
export const REGIONS = ['eu-central-1', 'cn-north-1', 'us-gov-west-1'] as const;

/** Into the folder, as `<variant>.template.json`. Without a region the templates are region-agnostic. */
export function synthesizeVariants(folder: string, names: readonly string[], region?: string): void {
  const app = new App({ context: cdkJson.context, outdir: folder });
  const props = region === undefined ? {} : { env: { account: '111122223333', region } };
  for (const name of names) addVariant(app, name, props);
  app.synth();
}

/** Into the folder, as OmsCutover.template.json. */
export async function synthesizeApp(folder: string): Promise<void> {
  const context = { omsEndpoint: 'https://oms.example.com', projects: 'p_a', notifyEmail: 'dba@example.com' };
  await synthesize({ context, outdir: folder });
}

export async function synthesizeExamples(folder: string): Promise<void> {
  const names = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of names) {
    const outdir = join(folder, name);
    mkdirSync(outdir, { recursive: true });
    await synthesizeExample(name, outdir, false);
  }
}
