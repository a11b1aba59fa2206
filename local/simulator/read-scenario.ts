/** Reads a scenario that somebody wrote: unknown to typed, and every problem named at once. */

import { IMPORTANCES, type Importance, PROJECT_KINDS, type ProjectKind } from '../../lambda/contract/oms';
import { InvalidInput } from '../../lambda/core/model/errors';
import { Fields } from './fields';
import { readFault } from './read-fault';
import { readWords } from './read-words';
import type { CheckpointKey, Key, Scenario, Switches } from './scenario';

const FIELDS = ['title', 'description', 'kind', 'importance', 'enable', 'checkpointEvery', 'timeline', 'faults'];
const KEY_FIELDS = [
  'at',
  'status',
  'step',
  'importance',
  'enable',
  'struct',
  'full',
  'checkpoint',
  'reverseCheckpoint',
  'error',
];
const SWITCHES = ['struct', 'full', 'incrSync', 'reverseIncrSync'] as const;

/** `source` names the scenario in messages. Throws InvalidInput with one line a problem. */
export function readScenario(value: unknown, source: string): Scenario {
  const problems: string[] = [];
  const fields = Fields.of(value, source, problems);
  const scenario: Scenario = {
    title: fields.text('title') ?? '',
    description: fields.text('description') ?? '',
    kind: fields.oneOf<ProjectKind>('kind', PROJECT_KINDS, 'migration'),
    importance: fields.oneOf<Importance>('importance', IMPORTANCES, 'MEDIUM'),
    enable: { struct: true, full: true, incrSync: false, reverseIncrSync: false, ...readSwitches(fields) },
    checkpointEveryMs: Math.max(1000, fields.durationMs('checkpointEvery', 10_000) ?? 10_000),
    timeline: fields.list('timeline').map(readKey),
    faults: (fields.has('faults') ? fields.list('faults') : []).map(readFault),
  };
  fields.noOthers(FIELDS);
  checkOrder(scenario.timeline, source, problems);
  if (problems.length > 0) throw new InvalidInput(problems);
  return scenario;
}

function readKey(fields: Fields): Key {
  const key = {
    at: fields.durationMs('at') ?? 0,
    ...fields.when('status', () => fields.text('status')),
    ...fields.when('step', () => fields.textOrNull('step')),
    ...fields.when('importance', () => fields.text('importance')),
    ...fields.when('enable', () => readSwitches(fields)),
    ...fields.when('struct', () => fields.percent('struct')),
    ...fields.when('full', () => fields.percent('full')),
    ...fields.when('checkpoint', () => readCheckpoint(fields, 'checkpoint')),
    ...fields.when('reverseCheckpoint', () => readCheckpoint(fields, 'reverseCheckpoint')),
    ...fields.when('error', () => (fields.raw('error') === null ? null : readWords(fields, 'error'))),
  };
  fields.noOthers(KEY_FIELDS);
  return key as Key;
}

function readSwitches(fields: Fields): Partial<Switches> {
  if (!fields.has('enable')) return {};
  const inner = fields.object('enable');
  const switches = Object.fromEntries(
    SWITCHES.filter((name) => inner.has(name)).map((name) => [name, inner.flag(name)]),
  ) as Partial<Switches>;
  inner.noOthers(SWITCHES);
  return switches;
}

function readCheckpoint(fields: Fields, name: string): CheckpointKey {
  const value = fields.raw(name);
  if (value === null) return { kind: 'none' };
  if (value === 'frozen') return { kind: 'frozen' };
  const inner = fields.object(name, 'null, "frozen" or { "lag": "5s" }');
  const key: CheckpointKey = {
    kind: 'moving',
    lagMs: inner.durationMs('lag') ?? 0,
    variesMs: inner.durationMs('varies', 0) ?? 0,
  };
  inner.noOthers(['lag', 'varies']);
  return key;
}

function checkOrder(timeline: readonly Key[], source: string, problems: string[]): void {
  const [first] = timeline;
  if (first === undefined) return;
  if (first.at !== 0) problems.push(`${source}: timeline[0].at must be "0s": a project has a state from the start`);
  timeline.forEach((key, index) => {
    const before = timeline[index - 1];
    if (before && key.at <= before.at) {
      problems.push(`${source}: timeline[${index}].at must be later than that of timeline[${index - 1}]`);
    }
  });
}
