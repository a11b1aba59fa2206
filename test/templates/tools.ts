/** Runs cfn-lint and checkov over templates, and returns their findings in one form. */
import { execFile } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import type { Finding } from './findings';

interface Exit {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without any configuration of the user. */
function run(program: string, args: readonly string[], cwd: string): Promise<Exit> {
  const env = { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8' };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number') resolve({ status, stdout, stderr });
      else reject(new Error(`${basename(program)} could not be run`, { cause: error }));
    });
  });
}

function parsed<T>(program: string, { status, stdout, stderr }: Exit): T {
  try {
    return JSON.parse(stdout) as T;
  } catch (cause) {
    throw new Error(`${program} ended with ${status} and no result: ${stderr.trim().slice(-2000)}`, { cause });
  }
}

interface LintMatch {
  readonly Rule: { readonly Id: string };
  readonly Level: 'Error' | 'Warning' | 'Informational';
  readonly Message: string;
  readonly Filename: string;
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

/** With informational rules, and each template for each region. */
export async function cfnLint(bin: string, files: readonly string[], regions: readonly string[]): Promise<Finding[]> {
  const args = ['--format', 'json', '--include-checks', 'I', '--regions', ...regions, '--', ...files];
  const exit = await run(join(bin, 'cfn-lint'), args, dirname(files[0] ?? '.'));
  // Bits: 2 errors, 4 warnings, 8 informational. Any other bit is a failure of the tool.
  if ((exit.status & ~14) !== 0) throw new Error(`cfn-lint ended with ${exit.status}: ${exit.stderr}${exit.stdout}`);
  return parsed<LintMatch[]>('cfn-lint', exit).map((match) => ({
    rule: match.Rule.Id,
    isError: match.Level === 'Error',
    on: (match.Location.Path ?? []).join('/'),
    template: match.Filename,
    message: match.Message,
  }));
}

interface CheckovReport {
  readonly summary: { readonly parsing_errors: number; readonly resource_count: number };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly resource: string;
      readonly file_path: string;
    }[];
  };
}

/** Checks every template in the folder, offline. Throws if a resource was skipped. */
export async function checkov(bin: string, folder: string, resources: number): Promise<Finding[]> {
  const args = ['--directory', folder, '--framework', 'cloudformation', '--skip-download'];
  const exit = await run(join(bin, 'checkov'), [...args, '--quiet', '--compact', '--output', 'json'], folder);
  const { summary, results } = parsed<CheckovReport>('checkov', exit);
  if (summary.parsing_errors !== 0 || summary.resource_count !== resources)
    throw new Error(`checkov checked ${summary.resource_count} of ${resources} resources`);
  return results.failed_checks.map((check) => ({
    rule: check.check_id,
    isError: true,
    on: check.resource,
    template: check.file_path,
    message: check.check_name,
  }));
}
