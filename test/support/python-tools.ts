/** Python programs that only CI's own checks need. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/**
 * The folder with the programs that a requirements.txt installs, in a virtual environment of its own below `.venv`: what the machine has
 * installed is another version. Made where it is missing or of other requirements. Throws where it cannot be installed.
 */
export function pythonTools(requirements: string): string {
  const venv = join(ROOT, '.venv', basename(dirname(requirements)));
  const bin = join(venv, 'bin');
  const installed = join(venv, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return bin;
  rmSync(venv, { recursive: true, force: true });
  // Standard output belongs to the result of whoever asks.
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: ['ignore', 2, 2] });
  run('python3', '-m', 'venv', venv);
  run(join(bin, 'pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', requirements);
  // Last, so that an installation that was cut short is made again.
  writeFileSync(installed, wanted);
  return bin;
}
