/** An example as an app of its own, started as in its cdk.json, without account and network. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readStack, type StackModel } from '../../local/cloudformation/template';
import { type ExampleRun, type Play, runExample } from './support-run-example';

export const EXAMPLES = join(__dirname, '../../examples');

const validate = require('asl-validator') as (definition: unknown) => { isValid: boolean; errorsText(): string };
const execute = promisify(execFile);

export interface Example {
  readonly model: () => StackModel;
  /** Runs the synthesized stack against a simulated OMS; a scenario is a name or a file beside this one. */
  play(play: Play): Promise<ExampleRun>;
}

/** Synthesizes an example once (with `validated` also by CloudFormation's rules), and runs the common tests and its own. */
export function describeExample(name: string, tests: (example: Example) => void, { validated = false } = {}): void {
  describe(`examples/${name}`, () => {
    let directory = '';
    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), `example-${name}-`));
      await synthesizeExample(name, directory, validated);
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    const model = () => readStack(directory);

    test('it is synthesized, and its state machines are valid', () => {
      expect(model().machines.length).toBeGreaterThan(0);
      for (const { definition } of model().machines) {
        const { isValid, errorsText } = validate(definition);
        expect(isValid ? '' : errorsText()).toBe('');
      }
    });

    tests({
      model,
      play: (play) => runExample(directory, play),
    });
  });
}

/** What the CDK command runs, `npx tsx app.ts` in the folder of the example, without the start-up time of npx. */
export async function synthesizeExample(name: string, outdir: string, validated: boolean): Promise<void> {
  const folder = join(EXAMPLES, name);
  const { app } = JSON.parse(readFileSync(join(folder, 'cdk.json'), 'utf8')) as { app: string };
  const [, file] = /^npx tsx (\S+)$/.exec(app) ?? [];
  if (file === undefined)
    throw new Error(`examples/${name}/cdk.json has the app "${app}"; expected npx tsx and a file`);
  await execute(process.execPath, ['--import', 'tsx', file], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: outdir, CDK_OUTDIR: outdir, CDK_VALIDATION: String(validated) },
  });
}
