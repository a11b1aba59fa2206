/** Whether a step of the user's may act: asked before each one by its own execution, so that a redrive asks again. */
import type { StepName } from '../../../lambda/contract/requests/cutover';
import { CutoverSetup } from './setup';

const PIPELINE = 'arn:aws:states:eu-central-1:111122223333:execution:Cutover:run-1';

async function begun(step: StepName = 'stopWrites') {
  const cutover = new CutoverSetup();
  const state = { ...cutover.state(), execution: PIPELINE, version: 'v1' };
  await cutover.act({ action: 'begin', state, settings: { stopWritesTimeoutSeconds: 90 } });
  await cutover.act({ action: 'beginStep', state, step });
  const claim = (execution = 'arn:steps:1', version = 'v1', owner = PIPELINE) =>
    cutover.act({ action: 'claimStep', state: { ...state, execution: owner }, step, execution, version });
  return { cutover, claim };
}

test('a step may act once: its own execution asks as often as it likes, another one is refused', async () => {
  const { claim } = await begun();
  await claim();
  expect((await claim()).next).toBe('GO');
  await expect(claim('arn:steps:2')).rejects.toMatchObject({ code: 'CutoverOver' });
});

test('stopWrites gets the time after which it must not stop writes any more', async () => {
  const { cutover, claim } = await begun();
  const { cutover: state } = await claim();
  expect(state.deadline).toBe(new Date(cutover.harness.now + 90_000).toISOString());
  expect(state.attempt).toBe('1');
});

test('refuses a step of a run that has ended, and tells the operator that it acted again', async () => {
  const { cutover, claim } = await begun('switchTraffic');
  await cutover.ended({ status: 'ABORTED', execution: PIPELINE });
  await expect(claim()).rejects.toMatchObject({ code: 'CutoverOver' });
  expect(cutover.subjects.at(-1)).toBe('[oms-cutover] p_x cutover acted after its end: switchTraffic was refused');
});

test('refuses a step of another execution than the one that began the run', async () => {
  const { claim } = await begun();
  await expect(claim('arn:steps:1', 'v1', 'arn:other:run-1')).rejects.toMatchObject({ code: 'CutoverOver' });
});

test('ends a cutover whose pipeline was deployed again in the meantime before writes are stopped', async () => {
  const { cutover, claim } = await begun();
  const reply = await claim('arn:steps:1', 'v2');
  expect([reply.next, reply.end.error]).toEqual(['END', 'CutoverSuperseded']);
  expect(await cutover.record()).toMatchObject({ stoppingAt: null, ending: { outcome: 'FAILED' } });
});

test('a pipeline that was deployed again after writes were stopped goes on', async () => {
  const { claim } = await begun('switchTraffic');
  expect((await claim('arn:steps:1', 'v2')).next).toBe('GO');
});
