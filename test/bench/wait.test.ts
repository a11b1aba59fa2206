/** The bench as a program: what it prints is one JSON document that other programs read. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');

async function bench(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const program = ['--import', 'tsx', join(ROOT, 'bench/wait.ts'), ...args];
  try {
    return { ...(await promisify(execFile)(process.execPath, program, { cwd: ROOT })), code: 0 };
  } catch (error) {
    return error as { stdout: string; stderr: string; code: number };
  }
}

const SPREAD = { mean: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) };

function runOf(poller: string): unknown {
  return expect.objectContaining({
    poller,
    delaySeconds: SPREAD,
    failureDelaySeconds: null,
    omsRequests: expect.any(Number),
    invocations: expect.any(Number),
    billedMs: expect.any(Number),
    transitions: expect.any(Number),
    largestHistory: expect.any(Number),
    dynamoDbWriteUnits: expect.any(Number),
    dynamoDbReadUnits: expect.any(Number),
    dollars: expect.any(Number),
    survived: true,
  });
}

test('one trace, four pollers, one document', async () => {
  const first = await bench('--only', 'drain', '--seed', '7');
  expect(first.code).toBe(0);
  expect(JSON.parse(first.stdout)).toEqual({
    seed: 7,
    traces: [
      {
        name: 'drain',
        kind: 'drain',
        seconds: expect.any(Number),
        seeds: 40,
        runs: ['ours', 'job-poller-30', 'job-poller-60', 'job-poller-300'].map(runOf),
      },
    ],
  });
  expect(first.stderr).toMatch(/delay mean/);
});

test.each([[['--only', 'copy-9h']], [['--seed', 'x']], [['--loud']]])(
  'refuses %j, and says what it takes',
  async (args) => {
    const { code, stdout, stderr } = await bench(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/--only NAME {3}one trace: copy-10min, /);
  },
);
