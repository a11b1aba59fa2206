/** Commands of a cutover and events of the function: anything that the pipeline does not send is refused before anything is touched. */

import { CutoverCommandEventSchema, CutoverPollEventSchema } from '../../../lambda/contract/requests/cutover';
import { InvalidInput } from '../../../lambda/core/model/errors';
import { read } from '../../../lambda/core/model/fields';
import { answerCutoverEvent } from '../../../lambda/cutover-events';
import { answer, type EventPorts } from '../../../lambda/events';
import { Harness } from '../../support/harness';
import { MemoryCutovers } from '../../support/stores/memory-cutovers';
import { MemoryStore } from '../../support/stores/memory-store';

const readCommand = (command: unknown) => read(CutoverCommandEventSchema, { cutover: command }).cutover;
const readPoll = (poll: unknown) => read(CutoverPollEventSchema, { cutover: poll }).cutover;

const state = { projectId: 'p_x', run: 'run-1', rehearse: true, input: { projectId: 'p_x', rehearse: true } };

test.each<[string, object, string]>([
  ['an unknown action', { action: 'Begin', state }, 'cutover.action must be one of begin, recordGate'],
  ['a poll', { action: 'poll', writes: 'STOPPED', wait: {} }, 'got "poll"'],
  [
    'an unknown field',
    { action: 'checkApproval', state, rehearse: true },
    'cutover has no field "rehearse"; it has action, state',
  ],
  [
    'a rehearsal as a text in the state',
    { action: 'begin', state: { ...state, rehearse: 'true' }, settings: {} },
    'cutover.state.rehearse must be true or false, got "true"',
  ],
  [
    'a state without rehearse',
    { action: 'beginStep', step: 'verify', state: { projectId: 'p_x', run: 'r' } },
    'cutover.state.rehearse is required: true or false',
  ],
  [
    'a rehearsal as a text in the settings',
    { action: 'begin', state, settings: { rehearse: 'true' } },
    'cutover.settings.rehearse must be true or false, got "true"',
  ],
  [
    'a verification that is a number',
    { action: 'begin', state, settings: { verification: 0 } },
    'cutover.settings.verification must be true or false, got 0',
  ],
  ['missing settings', { action: 'begin', state }, 'cutover.settings is required: an object'],
  [
    'a missing project',
    { action: 'checkApproval', state: { run: 'r', rehearse: false } },
    'cutover.state.projectId is required: a text',
  ],
  ['an unknown step', { action: 'beginStep', state, step: 'stopwrites' }, 'cutover.step must be one of stopWrites'],
  ['an unknown gate', { action: 'recordGate', state, gate: 'Ready', result: {} }, 'cutover.gate must be one of READY'],
  ['an unknown outcome', { action: 'close', state, outcome: 'DONE' }, 'cutover.outcome must be one of SWITCHED'],
])('refuses %s', (_, command, problem) => {
  expect(() => readCommand(command)).toThrow(InvalidInput);
  expect(() => readCommand(command)).toThrow(problem);
});

test.each<[string, object, string]>([
  ['missing writes', { action: 'poll', wait: {} }, 'cutover.writes is required: one of GO_ON, STOPPED'],
  ['writes in small letters', { action: 'poll', wait: {}, writes: 'stopped' }, 'got "stopped"'],
  ['a command', { action: 'checkApproval', state, writes: 'STOPPED', wait: {} }, 'cutover.action must be'],
])('refuses a poll with %s', (_, poll, problem) => {
  expect(() => readPoll(poll)).toThrow(problem);
});

test('names every problem at once', () => {
  const command = { action: 'begin', state: { rehearse: 1 }, settings: { verify: 'no' }, dry: true };
  for (const name of ['"dry"', 'state.run', 'state.rehearse', 'settings.verify'])
    expect(() => readCommand(command)).toThrow(name);
});

test.each<[object, string]>([
  [{ mute: { projectId: 'p_x', forSeconds: 60 }, for: '1h' }, 'unknown field "for"; known are mute'],
  [{ projects: ['p_x'], intervalSeconds: 300, dryRun: true }, 'known are projects, intervalSeconds, turn, part'],
  [{ doctor: true, testnotification: false }, 'known are doctor, projectId, testNotification'],
  [{ doctor: true, projects: 'all' }, 'unknown field "doctor"; known are projects, intervalSeconds'],
])('refuses an event with an unknown field: %j', async (event, problem) => {
  const run = new Harness();
  const cutovers = new MemoryCutovers();
  const store = new MemoryStore();
  const fleet = { listProjects: async () => [] };
  const verifier = { verification: async () => ({ state: 'NOT_THERE', message: '' }) as const };
  const ports: EventPorts = {
    ...run.ports(),
    store,
    cutovers,
    fleet,
    verifier,
    kind: 'migration',
    listedProjects: () => [],
    start: async () => {},
  };
  await expect(answer(event, ports, () => 180_000)).rejects.toThrow(problem);
  expect(run.notified).toEqual([]);
});

test.each<[object, string]>([
  [{ cutover: { action: 'checkApproval', state }, rehearse: true }, 'unknown field "rehearse"; known are cutover'],
  [{ projects: ['p_x'], intervalSeconds: 300 }, 'got one with "projects", "intervalSeconds"'],
])('the cutover function refuses any other event: %j', async (event, problem) => {
  const cutovers = new MemoryCutovers();
  await expect(answerCutoverEvent(event, { ...new Harness().ports(), cutovers })).rejects.toThrow(problem);
  expect(cutovers.records.size).toBe(0);
});
