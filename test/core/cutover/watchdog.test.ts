/** The watchdog: one round each minute. */
import { type ExecutionState, watch } from '../../../lambda/core/cutover/watchdog';
import { CutoverSetup } from './setup';

const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Cutover';
const PIPELINE = 'arn:aws:states:eu-central-1:111122223333:execution:Cutover:run-1';

class Watched {
  readonly cutover = new CutoverSetup();
  readonly calls: string[] = [];
  readonly overdue: number[] = [];
  /** Of the pipeline's execution. */
  state: ExecutionState | Error = { status: 'RUNNING' };
  /** Of the resume machine's. */
  resume: ExecutionState = { status: 'RUNNING' };

  async begin() {
    const state = { ...this.cutover.state(), execution: PIPELINE };
    await this.cutover.act({ action: 'begin', state, settings: {} });
    await this.cutover.act({ action: 'beginStep', state, step: 'stopWrites' });
  }

  round(pipeline = MACHINE) {
    const { clock, log } = this.cutover.ports;
    return watch(
      { pipeline, resumeMachine: 'arn:resume' },
      {
        cutovers: this.cutover.cutovers,
        executions: {
          describe: async (execution) => {
            if (execution.startsWith('arn:resume')) return this.resume;
            this.calls.push('describe');
            if (this.state instanceof Error) throw this.state;
            return this.state;
          },
          start: async (_machine, input) => {
            this.calls.push(`start ${JSON.stringify(input)}`);
            return 'arn:resume:1';
          },
        },
        clock,
        log,
        overdue: (cutovers) => this.overdue.push(cutovers),
      },
    );
  }
}

test('calls nothing while no cutover is open, and reports 0', async () => {
  const watched = new Watched();
  await watched.round();
  expect([watched.calls, watched.overdue]).toEqual([[], [0]]);
});

test('leaves a cutover alone whose execution runs', async () => {
  const watched = new Watched();
  await watched.begin();
  expect(await watched.round()).toEqual({ open: 1, resumed: [], overdue: [] });
  expect(watched.calls).toEqual(['describe']);
});

test.each([
  [{ status: 'ABORTED' }],
  [{ status: 'FAILED', error: 'States.Runtime', cause: 'a path' }],
  [{ status: 'GONE' }],
])('starts the resume machine for an execution that ended without closing its record: %j', async (state) => {
  const watched = new Watched();
  await watched.begin();
  watched.state = state as ExecutionState;
  await watched.round();
  expect(watched.calls[1]).toBe(`start ${JSON.stringify({ project: 'p_x', run: 'run-1', end: state })}`);
});

test('leaves a resume machine that runs to do its work, and starts it again where it ended: the run is overdue then', async () => {
  const watched = new Watched();
  await watched.begin();
  watched.state = { status: 'GONE' };
  const request = { project: 'p_x', run: 'run-1', end: { status: 'GONE' } };
  await watched.cutover.act({ action: 'beginResume', request, execution: 'arn:resume:1' });
  watched.resume = { status: 'RUNNING' };
  expect(await watched.round()).toEqual({ open: 1, resumed: [], overdue: [] });
  watched.resume = { status: 'FAILED', error: 'States.Runtime' };
  expect(await watched.round()).toMatchObject({ resumed: ['run-1'], overdue: ['run-1'] });
});

test('resumes writes again while stopWrites may still end, then forgets the run', async () => {
  const watched = new Watched();
  await watched.begin();
  await watched.cutover.ended({ status: 'ABORTED', execution: PIPELINE });
  await watched.round();
  expect(watched.calls).toEqual(['start {"project":"p_x","run":"run-1","again":true}']);
  watched.cutover.harness.now += 40 * 60_000;
  await watched.round();
  expect(await watched.cutover.cutovers.openRuns()).toEqual([]);
  expect(watched.calls).toHaveLength(1);
});

test('reports a cutover that is past its own limits, though its execution runs', async () => {
  const watched = new Watched();
  await watched.begin();
  watched.cutover.harness.now += 2 * 3_600_000;
  await watched.round();
  expect(watched.overdue).toEqual([1]);
});

test('reports a cutover about which Step Functions does not answer', async () => {
  const watched = new Watched();
  await watched.begin();
  watched.state = new Error('throttled');
  expect(await watched.round()).toEqual({ open: 1, resumed: [], overdue: ['run-1'] });
});

test('leaves the cutovers of another pipeline to its own watchdog', async () => {
  const watched = new Watched();
  await watched.begin();
  expect(await watched.round(`${MACHINE}2`)).toEqual({ open: 0, resumed: [], overdue: [] });
});
