/** Advice that can be followed on the platform on which it is given. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitCommandLine } from '../../cli/commands/simulate';
import { sharedFileWarning } from '../../cli/input/connection';

const folder = mkdtempSync(join(tmpdir(), 'shared-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWithMode(mode: number) {
  const file = join(folder, 'oms.json');
  writeFileSync(file, '{}');
  chmodSync(file, mode);
  return statSync(file);
}

const OWNER = statSync(folder).uid;
const on = (platform: NodeJS.Platform, uid = OWNER) => ({ platform, getuid: () => uid });

describe('a credentials file that other users can read', () => {
  test.each(['644', '640', '604', '666'])('with mode %s is warned of, with the command to run', (mode) => {
    for (const platform of ['linux', 'darwin'] as const)
      expect(sharedFileWarning('oms.json', fileWithMode(Number.parseInt(mode, 8)), on(platform))).toBe(
        'other users of this machine can read oms.json; run chmod 600 oms.json',
      );
  });

  test('is not warned of on Windows, where the mode says nothing about other users and there is no chmod', () => {
    expect(sharedFileWarning('oms.json', fileWithMode(0o666), { platform: 'win32' })).toBeNull();
  });

  test('of its own user alone is not warned of', () => {
    expect(sharedFileWarning('oms.json', fileWithMode(0o600), on('linux'))).toBeNull();
  });

  test('of another user is not to be changed, which would fail, but copied; root changes it', () => {
    const stats = fileWithMode(0o644);
    const advice = 'which belongs to another user; use a copy of your own with mode 600';
    expect(sharedFileWarning('oms.json', stats, on('linux', OWNER + 1))).toContain(advice);
    expect(sharedFileWarning('oms.json', stats, on('linux', 0))).toContain('run chmod 600 oms.json');
  });

  test("is not warned of where it is a device or a pipe, whose mode is not the user's", () => {
    expect(sharedFileWarning('/dev/stdin', statSync('/dev/null'), on('linux'))).toBeNull();
  });

  test.each(['my file', "o'brien", '-rf', '$HOME', 'a;b', 'ключ'])('named %s is quoted for the shell', (name) => {
    const warning = sharedFileWarning(name, fileWithMode(0o644), on('linux')) ?? '';
    const words = warning.split('run chmod 600 ')[1] ?? '';
    const [path] = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' }).split('\n');
    expect(path).toBe(name.startsWith('-') ? `./${name}` : name);
  });
});

test('the command that a simulator prints can be pasted into the usual shell of the platform', () => {
  expect(waitCommandLine('--project p_demo', 'linux')).toBe(
    'OMS_USERNAME=oms OMS_PASSWORD=oms-demo npm start -- wait --project p_demo',
  );
  expect(waitCommandLine('--project p_demo', 'win32')).toBe(
    "$env:OMS_USERNAME='oms'; $env:OMS_PASSWORD='oms-demo'; node dist/oms-cutover.js wait --project p_demo",
  );
});
