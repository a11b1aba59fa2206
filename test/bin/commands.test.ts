/** What holds for every command: help, closed pipes, our own failures, secrets; and what `simulate` and `history` do. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replyFrom, startPeer } from '../adapters/oms/peer';
import { ACCOUNT, cleanUp, newFolder, run, start } from '../support/command-line';
import { PROJECT, SteeredOms } from './support/oms';
import { sideBySide } from './support/side-by-side';

const COMMANDS = ['demo', 'wait', 'check', 'history', 'simulate'];

const to = (url: string, dataDir: string) => ['--endpoint', url, '--project', PROJECT, '--data-dir', dataDir];
const historyIn = (dataDir: string) => run(['history', '--json', '--project', PROJECT, '--data-dir', dataDir]);

/** Every file below a folder, as bytes in a text. */
function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** A folder with one stored observation. */
async function lookedAt(): Promise<string> {
  const [oms, dataDir] = [await SteeredOms.start(), join(newFolder(), 'data')];
  expect(await run(['check', ...to(oms.url, dataDir)])).toMatchObject({ status: 0 });
  await oms.close();
  return dataDir;
}

sideBySide({
  'help names every command and every exit status': async () => {
    for (const ask of ['--help', '-h', 'help']) {
      const { status, stdout, stderr } = await run([ask], { env: {} });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} +\\S`, 'm'));
      for (const exit of [0, 1, 2, 3, 4, 5, 130]) expect(stdout).toMatch(new RegExp(`[:·] ${exit} `));
    }
  },

  'the version is that of the package, for version and --version, and the help mentions it': async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'));
    for (const ask of ['--version', 'version']) {
      const { status, stdout, stderr } = await run([ask], { env: {} });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `oms-cutover ${version}\n`, stderr: '' });
    }
    expect((await run(['--help'], { env: {} })).stdout).toMatch(/^ {2}version +.*--version/m);
  },

  'warns of a fence that is hours off, as in a wrong time zone, and uses it all the same': async () => {
    const oms = await SteeredOms.start();
    oms.show({ status: 'FINISHED' });
    const fenced = (hours: number) =>
      run([
        ...['wait', ...to(oms.url, join(newFolder(), 'data')), '--until', 'drained'],
        ...['--writes-stopped-at', new Date(Date.now() + hours * 3_600_000).toISOString()],
      ]);
    const [before, now, after] = await Promise.all([fenced(-3), fenced(0), fenced(3.1)]);
    expect(before?.stderr).toMatch(/^warning: .* is 3 h ago: writes since then are not waited for\n/);
    expect(now?.stderr).toBe('');
    expect(after?.stderr).toMatch(/^warning: .* is 3 h \d min in the future: no poll counts before then\n/);
    expect([before?.status, after?.status]).toEqual([1, 1]);
    await oms.close();
  },

  'a credentials file is read again when OMS rejects the credentials': async () => {
    const oms = await SteeredOms.start();
    const file = join(newFolder(), 'account.json');
    const account = (password: string) =>
      writeFileSync(file, `\uFEFF${JSON.stringify({ username: 'oms', password })}`, { mode: 0o600 });
    const isRight = (header = '') => Buffer.from(header.slice(6), 'base64').toString() === 'oms:new';
    account('old');
    const wait = start(
      ['wait', '--json', ...to(oms.url, join(newFolder(), 'data')), '--credentials-file', file, '--max-interval', '1s'],
      { env: {} },
    );
    oms.reply = (response) => {
      // Changed during the first poll, which began with the old credentials.
      account('new');
      oms.reply = (next, request) =>
        isRight(request.headers.authorization) ? oms.answer(next) : next.writeHead(401).end();
      response.writeHead(401).end();
    };
    expect(await wait.line(({ type }) => type === 'check')).toMatchObject({ outcome: 'OK' });
    oms.show({ status: 'FINISHED' });
    expect((await wait.ended).status).toBe(0);
    await oms.close();
  },

  '--help takes precedence over everything else, and does nothing': async () => {
    const cwd = newFolder();
    const helps = await Promise.all(
      COMMANDS.map((command) => run([command, '--nonsense', '--help'], { env: {}, cwd })),
    );
    helps.forEach((help, i) => {
      expect(help).toMatchObject({ status: 0, stderr: '' });
      expect(help.stdout.split('\n')[0]).toMatch(new RegExp(`^oms-cutover ${COMMANDS[i]}: \\S`));
      expect(help.stdout).toContain('--json');
    });
    expect(readdirSync(cwd)).toEqual([]);
  },

  'history of a folder that does not exist is empty, and creates none': async () => {
    const dataDir = join(newFolder(), 'none');
    expect(await historyIn(dataDir)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(dataDir)).toBe(false);
  },

  'history of an empty folder is empty, and creates nothing in it': async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'notes.txt'), 'mine');
    expect(await historyIn(dataDir)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const people = await run(['history', '--project', PROJECT, '--data-dir', dataDir], { env: {} });
    expect(people).toMatchObject({ status: 0, stdout: `${dataDir} has no observations of ${PROJECT}\n`, stderr: '' });
    expect(readdirSync(dataDir)).toEqual(['notes.txt']);
  },

  'history ends quietly when its reader closes the pipe': async () => {
    const history = start(['history', '--json', '--project', PROJECT, '--data-dir', await lookedAt()]);
    history.closeStdout();
    expect(await history.ended).toMatchObject({ status: 0, signal: null, stderr: '' });
  },

  'a wait whose reader closes the pipe ends quietly, and not with status 0': async () => {
    const oms = await SteeredOms.start();
    const dataDir = newFolder();
    const wait = start(['wait', '--json', ...to(oms.url, dataDir), '--max-interval', '1s']);
    await wait.line(({ type }) => type === 'check');
    wait.closeStdout();
    expect(await wait.ended).toMatchObject({ status: 130, signal: null, stderr: '' });
    await oms.close();
    expect((await historyIn(dataDir)).lines.length).toBeGreaterThanOrEqual(2);
  },

  'survives data that cannot be opened: exit status 5, one line with the remedy, nothing deleted': async () => {
    const dataDir = await lookedAt();
    writeFileSync(join(dataDir, 'dynamodb', 'CURRENT'), 'nonsense\n');
    const before = readdirSync(join(dataDir, 'dynamodb'));
    const oms = await SteeredOms.start();
    for (const args of [
      ['wait', '--json', ...to(oms.url, dataDir)],
      ['check', '--json', ...to(oms.url, dataDir)],
    ]) {
      const { status, stdout, stderr } = await run(args);
      expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
      expect(stderr).toMatch(
        /^oms-cutover: the data in \S+ cannot be read \(.*\); restore a copy, or move the folder away .*\n$/,
      );
    }
    expect(await historyIn(dataDir)).toMatchObject({ status: 5, stdout: '' });
    expect(oms.asked).toBe(0);
    expect(readdirSync(join(dataDir, 'dynamodb'))).toEqual(
      expect.arrayContaining(before.filter((name) => /^\d/.test(name))),
    );
    await oms.close();
  },

  'survives data that is damaged further on: exit status 5 in one line, no stack trace': async () => {
    const dataDir = await lookedAt();
    // A second opening turns what was written into tables; the tables are what is damaged here.
    expect((await historyIn(dataDir)).lines).toHaveLength(1);
    const damaged = join(newFolder(), 'data');
    cpSync(dataDir, damaged, { recursive: true });
    for (const name of readdirSync(join(damaged, 'dynamodb')).filter((each) => /\.ldb$/.test(each))) {
      const file = join(damaged, 'dynamodb', name);
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0x5a, 0, Math.floor(bytes.length / 2)));
    }
    const { status, stderr } = await historyIn(damaged);
    expect(status).toBe(5);
    expect(stderr).toMatch(/^oms-cutover: [^\n]*\n$/);
  },

  'no secret reaches the output or the data, even where OMS returns it': async () => {
    const password = 'c0rrect-h0rse-battery';
    const basic = Buffer.from(`watcher:${password}`).toString('base64');
    const oms = await SteeredOms.start();
    // An OMS that returns what it was sent, in every field that is stored or notified.
    oms.reply = (response, { headers }) => {
      const said = `${headers.authorization} ${password}`;
      const error = { code: said, message: said, reason: said, proposal: said };
      const data = { status: said, importance: said, currentStep: said, fullMigrationProgress: said };
      const success = oms.asked % 2 === 0;
      response.writeHead(200, { 'Content-Type': 'application/json', Date: said });
      response.end(JSON.stringify({ success, code: said, message: said, advice: said, errorDetail: error, data }));
    };
    const dataDir = newFolder();
    const file = join(newFolder(), 'credentials.json');
    writeFileSync(file, JSON.stringify({ username: 'watcher', password }), { mode: 0o600 });
    const flags = ['--max-interval', '1s', '--timeout', '4s', '--outage-grace', '1h'];
    const written = [
      await run(['wait', '--json', ...to(oms.url, dataDir), ...flags], {
        env: { OMS_USERNAME: 'watcher', OMS_PASSWORD: password },
      }),
      await run(['check', ...to(oms.url, dataDir), '--credentials-file', file]),
      await run([
        'wait',
        ...to('https://127.0.0.1:9', dataDir),
        '--timeout',
        '0s',
        '--request-timeout',
        '1s',
        '--credentials-file',
        file,
      ]),
      await historyIn(dataDir),
    ];
    await oms.close();
    expect(written[0]?.lines.length).toBeGreaterThan(2);
    expect(written.map(({ status }) => status)).toEqual([3, expect.any(Number), 3, 0]);
    const everything = [...written.flatMap(({ stdout, stderr }) => [stdout, stderr]), contentOf(dataDir)].join('\n');
    for (const secret of [password, basic]) expect(everything.includes(secret)).toBe(false);
  },

  'the advice on rejected credentials names their local source, not a secret in AWS': async () => {
    const [oms, dataDir] = [await SteeredOms.start(), newFolder()];
    oms.reply = (response) => response.writeHead(401).end();
    const { status, lines } = await run(['wait', '--json', ...to(oms.url, dataDir)]);
    await oms.close();
    expect(status).toBe(4);
    const body = String(lines.find(({ type }) => type === 'notification')?.body).replace(/\n {2}/g, ' ');
    expect(body).toMatch(
      /^What to do: .*--credentials-file, which is read again .* OMS_USERNAME and OMS_PASSWORD .*start again\.$/m,
    );
    expect(body).not.toMatch(/secret/i);
  },

  'a simulator prints its address, serves its project, and ends on a signal': async () => {
    const simulator = start(
      ['simulate', '--json', '--project', PROJECT, '--scenario', 'failure', '--speed', '1000000'],
      { env: {} },
    );
    const line = await simulator.line(({ type }) => type === 'simulator');
    expect(line).toEqual({
      type: 'simulator',
      url: expect.any(String),
      port: expect.any(Number),
      project: PROJECT,
      username: 'oms',
    });
    const url = String(line.url);
    expect(url).toBe(`http://127.0.0.1:${line.port}`);
    const { status, lines } = await run(['check', '--json', ...to(url, newFolder())], { env: ACCOUNT });
    expect(status).toBe(0);
    expect(lines[0]).toMatchObject({ type: 'check', status: 'FAILED', fullProgress: 55 });
    simulator.send('SIGINT');
    expect(await simulator.ended).toMatchObject({ status: 130, stderr: '' });
  },

  'state is kept in .oms-cutover by default': async () => {
    const [oms, cwd] = [await SteeredOms.start(), newFolder()];
    oms.show({ status: 'FINISHED' });
    const { status } = await run(['wait', '--json', '--endpoint', oms.url, '--project', PROJECT], { cwd });
    await oms.close();
    expect(status).toBe(0);
    expect(readdirSync(cwd)).toEqual(['.oms-cutover']);
    const { lines } = await run(['history', '--json', '--project', PROJECT], { cwd });
    expect(lines).toMatchObject([{ type: 'snapshot', status: 'FINISHED' }]);
  },

  'a wait announces the next poll on a terminal, a single check does not': async () => {
    const [oms, dataDir] = [await SteeredOms.start(), join(newFolder(), 'data')];
    const [once, wait] = [
      await run(['check', ...to(oms.url, dataDir)]),
      await run(['wait', ...to(oms.url, dataDir), '--timeout', '2s', '--max-interval', '1s']),
    ];
    await oms.close();
    expect(once.stdout).toMatch(/^\d\d:\d\d:\d\d {2}RUNNING .* 40 %\nNOT_YET NotFinished: .*\n$/);
    expect(wait).toMatchObject({ status: 3, stdout: expect.stringMatching(/ 40 % {2}next poll in 1 s\n/) });
  },

  'warns of a password sent unencrypted, on standard error only': async () => {
    const [url, cwd] = ['http://192.0.2.1:8089', newFolder()];
    const { stdout, stderr } = await run(
      ['check', '--json', '--endpoint', url, '--project', PROJECT, '--request-timeout', '1s'],
      { cwd },
    );
    expect(stderr).toMatch(/^warning: http:\/\/192\.0\.2\.1:8089 is plain HTTP: .*\n$/);
    expect(stdout.split('\n')).toHaveLength(2);
  },

  'doctor names the proxy through which OMS is reached, without its password': async () => {
    const proxy = await startPeer((socket) => socket.end(replyFrom('success-with-nulls.json')));
    const { status, stdout, stderr } = await run(['doctor', '--endpoint', 'http://oms.example.com:8089'], {
      cwd: newFolder(),
      env: { ...ACCOUNT, HTTP_PROXY: `http://user:hunter22@127.0.0.1:${proxy.port}` },
    });
    await proxy.close();
    expect(status).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^ok +route +OMS is reached through the proxy http://127.0.0.1:${proxy.port}, from HTTP_PROXY$`, 'm'),
    );
    expect(stdout + stderr).not.toContain('hunter22');
  },

  'a proxy that is not an address is a usage error': async () => {
    const { status, stderr } = await run(['check', '--endpoint', 'http://oms.example.com', '--project', PROJECT], {
      cwd: newFolder(),
      env: { ...ACCOUNT, ALL_PROXY: 'ftp://proxy' },
    });
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('ALL_PROXY is not the address of a proxy'),
    });
  },

  'NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored, and a warning says so: no password goes to an unknown server':
    async () => {
      const peer = await startPeer((socket) => socket.end(), { tls: true });
      const { status, stdout, stderr } = await run(
        ['check', '--json', '--endpoint', `https://127.0.0.1:${peer.port}`, '--project', PROJECT],
        { cwd: newFolder(), env: { ...ACCOUNT, NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
      );
      await peer.close();
      expect(status).toBe(4);
      expect(stdout).toContain('signed by an unknown certificate authority');
      expect(stderr).toContain('warning: NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored');
      expect(peer.requests).toEqual([]);
    },
});
afterAll(cleanUp);
