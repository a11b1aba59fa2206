/** Synthesizes the two stacks that are deployed, as for AWS: that of the app, and app.ts. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { SCHEDULED_PROJECT } from './scenarios';

export const STACKS = { app: 'OmsCutover', cutovers: 'Cutovers' } as const;
export const SECRET_NAME = 'oms-cutover/oms';

export interface Assemblies {
  /** Port of the OMS that both stacks poll. */
  readonly omsPort: number;
  readonly app: string;
  readonly cutovers: string;
}

export function synthesize(folder: string, omsPort: number): Assemblies {
  const run = (file: string, name: string): string => {
    const directory = join(folder, name);
    const context = {
      omsEndpoint: `http://127.0.0.1:${omsPort}`,
      projects: SCHEDULED_PROJECT,
      notifyEmail: 'dba@example.com',
    };
    execFileSync(process.execPath, ['--import', 'tsx', file], {
      cwd: join(__dirname, '../../..'),
      env: {
        PATH: process.env.PATH ?? '',
        CDK_OUTDIR: directory,
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: 'false',
      },
      // Ignored: the warning that OMS is on loopback.
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return directory;
  };
  return { omsPort, app: run('bin/app.ts', STACKS.app), cutovers: run('test/engines/scene/app.ts', STACKS.cutovers) };
}
