/** Runs the static checks of the templates (test/templates) as part of test:engines. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface TemplateReport {
  readonly cfnLint: { readonly errors: number; readonly warnings: number };
  readonly problems: readonly string[];
}

export function checkTemplates(): Promise<TemplateReport> {
  const script = join(__dirname, '../templates/run.ts');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', script],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        try {
          const { cfnLint } = JSON.parse(stdout) as TemplateReport;
          const { errors, warnings } = cfnLint;
          resolve({ cfnLint: { errors, warnings }, problems: error === null ? [] : stderr.trim().split('\n') });
        } catch {
          reject(
            new Error(`the checks of the templates returned no result: ${stderr.slice(-2_000)}`, { cause: error }),
          );
        }
      },
    );
  });
}
