/** What a person can get wrong: one line that says what was wrong and what is expected, exit status 2, and nothing touched. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ACCOUNT, cleanUp, newFolder, type RunOptions, run } from '../support/command-line';
import { sideBySide } from './support/side-by-side';

const NOBODY = 'http://127.0.0.1:9';
const GOOD = ['--endpoint', NOBODY, '--project', 'p_x'];

interface Case extends RunOptions {
  readonly args: readonly string[];
  /** The line, without its beginning. */
  readonly says: RegExp;
  /** Files to lay into the working directory. */
  readonly files?: Readonly<Record<string, string>>;
}

const CASES: Readonly<Record<string, Case>> = {
  'an unknown command': {
    args: ['migrate'],
    says: /^unknown command "migrate"; valid commands are demo, wait, check, history, /,
  },
  'an unknown command that would reach into the terminal': {
    args: ['\u001b[2Jx\ny'],
    says: /^unknown command " \[2Jx y"; valid/,
  },
  'a command with transposed letters, and suggests the right one': {
    args: ['histroy', '--project', 'p_x'],
    says: /^unknown command "histroy"; did you mean history\? See --help$/,
  },
  'an incomplete command, and suggests the right one': {
    args: ['sim'],
    says: /^unknown command "sim"; did you mean simulate\? /,
  },
  'a flag with an extra letter, and suggests the right one': {
    args: ['wait', ...GOOD, '--max-intervall', '5m'],
    says: /^unknown flag --max-intervall; did you mean --max-interval\? See wait --help$/,
  },
  'a flag with a missing letter and its value joined, and suggests the right one': {
    args: ['wait', '--endpont=http://127.0.0.1:9'],
    says: /^unknown flag --endpont; did you mean --endpoint\? /,
  },
  'a flag of one letter, and suggests the right one': {
    args: ['history', '-p', 'p_x'],
    says: /^unknown flag -p; did you mean --project\? /,
  },
  'an unknown flag': {
    args: ['wait', ...GOOD, '--nope'],
    says: /^unknown flag --nope; wait takes --endpoint, --credentials-file, /,
  },
  'a flag of another command': {
    args: ['history', '--project', 'p_x', '--endpoint', NOBODY],
    says: /^unknown flag --endpoint; history takes /,
  },
  'a user name with a colon, which Basic authentication cannot hold': {
    args: ['check', ...GOOD],
    env: { OMS_USERNAME: 'a:b', OMS_PASSWORD: 'c' },
    says: /^the OMS user name must not contain a colon$/,
  },
  'a data directory where none can be created': {
    args: ['check', ...GOOD, '--data-dir', '/proc/nope'],
    says: /^data directory \/proc\/nope cannot be used \(ENOENT\); expected a folder that can be created and is writable$/,
  },
  'all projects where one is meant': {
    args: ['wait', '--endpoint', NOBODY, '--project', 'all'],
    says: /^--project all is only for check; name one project here$/,
  },
  'a fence on a day that does not exist': {
    args: ['wait', ...GOOD, '--until', 'drained', '--writes-stopped-at', '2026-02-30T00:00:00Z'],
    says: /^--writes-stopped-at must be an ISO 8601 time .*, got "2026-02-30T00:00:00Z"$/,
  },
  'a fence that is now, read on the source': {
    args: ['wait', ...GOOD, '--until', 'drained', '--writes-stopped-at', 'now', '--margin', '0s'],
    says: /^--margin 0s is for a time that was read on the source; now is the time of this machine$/,
  },
  'a table without a region': {
    args: ['status', '--run', 'x', '--table', 'T'],
    env: { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
    says: /^--table T needs a region: give --region, or set AWS_REGION$/,
  },
  'a table without credentials': {
    args: ['status', '--run', 'x', '--table', 'T', '--region', 'eu-central-1'],
    env: { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' },
    says: /^--table T needs AWS credentials: none were found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY$/,
  },
  'an unexpected argument': { args: ['check', ...GOOD, 'now'], says: /^unexpected argument "now"; check takes / },
  'the value of a flag that npm took, and says how to pass flags': {
    args: ['wait', NOBODY, 'p_x'],
    env: { npm_lifecycle_event: 'start' },
    says: /^unexpected argument "http:\/\/127\.0\.0\.1:9"; flags after "npm start" need "--" before them: npm start -- wait …$/,
  },
  'required flags that npm took, and says how to pass them': {
    args: ['check'],
    env: { npm_lifecycle_event: 'start', npm_config_endpoint: NOBODY, npm_config_project: 'p_x' },
    says: /^npm took --endpoint, --project as its own; flags after "npm start" need "--" before them: npm start -- check …$/,
  },
  'the value of a flag that npm took without a command, and says how to pass flags': {
    args: ['failure'],
    env: { npm_lifecycle_event: 'start', npm_config_scenario: 'true' },
    says: /^unknown command "failure"; flags after "npm start" need "--" before them: npm start -- demo …$/,
  },
  'a missing required flag under npm in the usual words': {
    args: ['history'],
    env: { npm_lifecycle_event: 'start' },
    says: /^--project is required: the project id shown /,
  },
  'a flag without its value': {
    args: ['wait', '--project', 'p_x', '--endpoint'],
    says: /^--endpoint needs a value: --endpoint URL, the OMS console/,
  },
  'a flag whose value is another flag': {
    args: ['wait', '--project', '--json'],
    says: /^--project needs a value: --project ID, /,
  },
  'a switch with a value': { args: ['wait', ...GOOD, '--json=yes'], says: /^--json takes no value/ },
  'a flag given twice': {
    args: ['wait', ...GOOD, '--project', 'p_y'],
    says: /^--project is given 2 times; give it once$/,
  },
  'no endpoint and no project, both named': {
    args: ['wait'],
    says: /^--endpoint is required: .* such as http:\/\/10\.0\.0\.5:8089; --project is required: .* such as p_4w3oc0k1x2y4$/,
  },
  'an endpoint that is not a URL': {
    args: ['wait', '--endpoint', 'oms', '--project', 'p_x'],
    says: /^the OMS endpoint "oms" is not a URL; expected /,
  },
  'an endpoint without its scheme': {
    args: ['check', '--endpoint', 'localhost:8089', '--project', 'p_x'],
    says: /^the OMS endpoint "localhost:8089" does not begin with http:\/\/ or https:\/\//,
  },
  'an endpoint of several lines': {
    args: ['wait', '--endpoint', 'a\nb', '--project', 'p_x'],
    says: /^the OMS endpoint "a b" is not a URL/,
  },
  'a project id with a slash': {
    args: ['wait', '--endpoint', NOBODY, '--project', 'p/x'],
    says: /^project id "p\/x" holds "\/"; expected /,
  },
  'a project id that is a path segment': {
    args: ['wait', '--endpoint', NOBODY, '--project', '..'],
    says: /^project id "\.\." holds a step in a path; expected /,
  },
  'a project id with control characters': {
    args: ['check', '--endpoint', NOBODY, '--project', 'p\n\u001b[2J'],
    says: /^project id "p\\u000a\\u001b\[2J" holds a control character; expected /,
  },
  'a project id of 10,000 characters': {
    args: ['history', '--project', 'x'.repeat(10_000)],
    says: /^project id "x{39}…" is 10000 characters long, 128 at most are allowed; expected /,
  },
  'an empty project id': { args: ['history', '--project', ''], says: /^--project is empty: / },
  'a duration with an unknown unit': {
    args: ['wait', ...GOOD, '--timeout', '5x'],
    says: /^--timeout must be a duration such as 30s, 5m, 1h30m or 3d, got "5x"$/,
  },
  'a negative duration': {
    args: ['wait', ...GOOD, '--timeout', '-5s'],
    says: /^--timeout needs a value: --timeout D, /,
  },
  'a negative duration, joined': {
    args: ['wait', ...GOOD, '--timeout=-5s'],
    says: /^--timeout must be a duration .*, got "-5s"$/,
  },
  'a deadline of more than 364 days': {
    args: ['wait', ...GOOD, '--timeout', '365d'],
    says: /^--timeout must be 364d or less, got "365d"$/,
  },
  'a request timeout longer than a timer can be': {
    args: ['check', ...GOOD, '--request-timeout', '25d'],
    says: /^--request-timeout must be 24d20h or less, got "25d"$/,
  },
  'an interval longer than a timer can be': {
    args: ['wait', ...GOOD, '--max-interval', '25d'],
    says: /^--max-interval must be 24d20h or less, got "25d"$/,
  },
  'a margin and a grace period that no calendar can hold': {
    args: [
      'wait',
      ...GOOD,
      '--until',
      'drained',
      '--writes-stopped-at',
      '1795399200',
      '--margin',
      '999999999d',
      '--outage-grace',
      '999999999d',
    ],
    says: /^--margin must be 364d or less, got "999999999d"; --outage-grace must be 364d or less, got "999999999d"$/,
  },
  'an interval of zero': {
    args: ['wait', ...GOOD, '--min-interval', '0s'],
    says: /^--min-interval must be 1s or more, got "0s"$/,
  },
  'a maximum interval below the minimum': {
    args: ['wait', ...GOOD, '--min-interval', '1m', '--max-interval', '5s'],
    says: /^--max-interval \(5s\) must not be below --min-interval \(60s\)$/,
  },
  'every problem at once': {
    args: ['wait', '--endpoint', 'oms', '--project', '..', '--timeout', '5x', '--hold', '1x', '--until', 'done'],
    says: /is not a URL.*step in a path.*--until must be one of finished, synced, drained, switched, got "done".*--hold requires.*--timeout must be/,
  },
  'an unknown goal': {
    args: ['wait', ...GOOD, '--until', 'done'],
    says: /^--until must be one of finished, synced, drained, switched, got "done"$/,
  },
  'a flag of another goal': {
    args: ['wait', ...GOOD, '--max-lag', '5s'],
    says: /^--max-lag requires --until synced, got --until finished$/,
  },
  'drained without the time at which writes stopped': {
    args: ['wait', ...GOOD, '--until', 'drained'],
    says: /^--until drained needs --writes-stopped-at: .* ISO 8601/,
  },
  'a time without an offset': {
    args: ['wait', ...GOOD, '--until', 'drained', '--writes-stopped-at', '2026-11-23T02:00:00'],
    says: /^--writes-stopped-at must be an ISO 8601 time with an offset .*, got "2026-11-23T02:00:00"$/,
  },
  'an unknown kind and an unknown API version': {
    args: ['check', ...GOOD, '--kind', 'copy', '--api', '2'],
    says: /^--api must be one of auto, 3\.3, 4\.1\.1, got "2"; --kind must be one of migration, sync, got "copy"$/,
  },
  'no credentials': {
    args: ['wait', ...GOOD],
    env: {},
    says: /^no OMS credentials \(OMS_USERNAME and OMS_PASSWORD not set\): set /,
  },
  'half of the credentials': {
    args: ['wait', ...GOOD],
    env: { OMS_USERNAME: 'oms' },
    says: /^no OMS credentials \(OMS_PASSWORD not set\): set /,
  },
  'a credentials file that does not exist': {
    args: ['check', ...GOOD, '--credentials-file', 'nowhere'],
    says: /^--credentials-file nowhere cannot be read: ENOENT/,
  },
  'a credentials file whose name has several lines': {
    args: ['check', ...GOOD, '--credentials-file', 'a\nb'],
    says: /^--credentials-file a\?b cannot be read: ENOENT/,
  },
  'a credentials file that is not JSON, without showing it': {
    args: ['check', ...GOOD, '--credentials-file', 'secret'],
    files: { secret: 'oms:hunter2' },
    says: /^--credentials-file secret must contain JSON with the strings "username" and "password"$/,
  },
  'a credentials file without a password': {
    args: ['check', ...GOOD, '--credentials-file', 'secret'],
    files: { secret: '{"username":"oms","password":""}' },
    says: /^--credentials-file secret must contain JSON/,
  },
  'a CA file without a certificate': {
    args: ['check', ...GOOD, '--ca', 'ca.pem'],
    files: { 'ca.pem': 'none' },
    says: /^--ca ca\.pem has no PEM certificate/,
  },
  'a CA file with a damaged certificate': {
    args: ['check', '--endpoint', 'https://127.0.0.1:9', '--project', 'p_x', '--ca', 'ca.pem'],
    files: { 'ca.pem': '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n' },
    says: /^the CA for OMS is damaged: certificate 1 of 1 cannot be read .*; expected PEM text /,
  },
  'a data directory that is a file': {
    args: ['wait', ...GOOD, '--data-dir', 'data'],
    files: { data: '' },
    says: /^data directory data is a file; expected a folder, /,
  },
  'a data directory in a file': {
    args: ['wait', ...GOOD, '--data-dir', 'data/deep'],
    files: { data: '' },
    says: /^data directory data\/deep cannot be used \(ENOTDIR\); expected a folder /,
  },
  'a data directory without a name': { args: ['wait', ...GOOD, '--data-dir', ''], says: /^--data-dir is empty: / },
  'a history in a file': {
    args: ['history', '--project', 'p_x', '--data-dir', 'data'],
    files: { data: '' },
    says: /^data directory data is a file; /,
  },
  'a history in a folder without a name': {
    args: ['history', '--project', 'p_x', '--data-dir', ''],
    says: /^--data-dir is empty: /,
  },
  'a number of observations that is not a number': {
    args: ['history', '--project', 'p_x', '--last', 'few'],
    says: /^--last must be a whole number from 1 to 1000000, got "few"$/,
  },
  'an invalid port': {
    args: ['simulate', '--port', '65536'],
    says: /^--port must be a whole number from 0 to 65535, got "65536"$/,
  },
  'an invalid speed': {
    args: ['simulate', '--speed', 'fast'],
    says: /^--speed must be a whole number from 1 to 1000000, got "fast"$/,
  },
  'an unknown scenario': {
    args: ['simulate', '--scenario', 'sunny'],
    says: /^unknown scenario "sunny"; valid scenarios are full-copy, failure, /,
  },
  'a scenario with mistakes, each named': {
    args: ['demo', '--scenario', 'mine.json'],
    files: { 'mine.json': '{"title":"Mine","timeline":[{"at":"1x"}]}' },
    says: /^mine\.json: description is required: some text; mine\.json: timeline\[0\]\.at must be a duration /,
  },
};

async function expectRefused({ args, says, files = {}, env = ACCOUNT }: Case): Promise<void> {
  const cwd = newFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text, { mode: 0o600 });
  const { status, stdout, stderr } = await run(args, { cwd, env });
  const [line = '', ...rest] = stderr.split('\n');
  expect({ status, stdout, rest }).toEqual({ status: 2, stdout: '', rest: [''] });
  expect(line).toMatch(/^oms-cutover: /);
  expect(line.slice('oms-cutover: '.length)).toMatch(says);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point.
  expect(line).not.toMatch(/[\u0000-\u001f\u007f]/);
  expect(readdirSync(cwd)).toEqual(Object.keys(files));
}

sideBySide({
  ...Object.fromEntries(Object.entries(CASES).map(([what, each]) => [`refuses ${what}`, () => expectRefused(each)])),

  'refuses a port that is in use': async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const says = new RegExp(`^port ${port} is in use on 127\\.0\\.0\\.1; choose another with --port$`);
    await expectRefused({ args: ['simulate', '--port', String(port)], says });
    await new Promise((resolve) => server.close(resolve));
  },

  'refuses a data directory in one line where there would also be a warning': async () => {
    const args = ['check', '--endpoint', 'http://192.0.2.1:8089', '--project', 'p_x', '--data-dir', 'data'];
    await expectRefused({ args, files: { data: '' }, says: /^data directory data is a file; / });
  },

  'survives a data directory with other files in it': async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'notes.txt'), 'mine');
    const ended = await run(['check', '--json', ...GOOD, '--data-dir', 'data', '--request-timeout', '1s'], {
      cwd: folder,
    });
    expect(ended).toMatchObject({ status: 4, stderr: '' });
    expect(existsSync(join(folder, 'data', 'notes.txt'))).toBe(true);
  },
});
afterAll(cleanUp);
