/**
 * A state machine's definition in the Amazon States Language, and the part of it that can run locally. The interpreter silently misruns what it
 * does not support, so everything that is not known to work is refused before a run.
 */
import { CheckFailed } from '../../lambda/core/model/errors';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly [field: string]: unknown;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly TimeoutSeconds?: number;
  readonly Branches?: readonly Definition[];
  readonly [field: string]: unknown;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

const TYPES = ['Task', 'Choice', 'Wait', 'Pass', 'Parallel', 'Succeed', 'Fail'];
const FIELDS_NOT_RUN = [
  'Assign',
  'Arguments',
  'Output',
  'HeartbeatSeconds',
  'HeartbeatSecondsPath',
  'TimeoutSecondsPath',
];
/** Evaluated when it is read: correct when a Pass is entered, too late after a task or a wait. */
const ENTERED = 'State.EnteredTime';
/** For the others the interpreter gives the real time, or the input of a branch. */
const CONTEXT_KNOWN = ['Execution.Id', 'Execution.Name', 'StateMachine.Id', 'StateMachine.Name', ENTERED];

/** @throws CheckFailed with everything in it that is not supported here. */
export function refuseUnknown(machine: string, definition: Definition): void {
  const problems = [...problemsOf(definition)];
  if (problems.length > 0)
    throw new CheckFailed(`the state machine ${machine} cannot be run here: ${problems.join('; ')}`);
}

function* problemsOf(definition: Definition): Iterable<string> {
  if (definition.QueryLanguage === 'JSONata') yield 'it is written in JSONata';
  for (const match of JSON.stringify(definition).matchAll(/\$\$\.([A-Za-z.]+)/g)) {
    if (!CONTEXT_KNOWN.includes(match[1] ?? '')) yield `it reads ${match[0]} from the context`;
  }
  for (const [name, state] of Object.entries(definition.States)) {
    yield* problemsOfState(name, state);
    for (const branch of state.Branches ?? []) yield* problemsOf(branch);
  }
}

function* problemsOfState(name: string, state: State): Iterable<string> {
  if (!TYPES.includes(state.Type)) yield `${name} is a ${state.Type} state`;
  if (state.QueryLanguage === 'JSONata') yield `${name} is written in JSONata`;
  for (const field of FIELDS_NOT_RUN) if (field in state) yield `${name} has ${field}`;
  if (state.Retry && state.Type !== 'Task') yield `${name} retries, and only a task can`;
  const { Branches: _, ...own } = state;
  if (state.Type !== 'Pass' && JSON.stringify(own).includes(`$$.${ENTERED}`))
    yield `${name} reads $$.${ENTERED}, and only a Pass can`;
  for (const field of ['ErrorPath', 'CausePath']) {
    if (String(state[field] ?? '').startsWith('States.')) yield `${name} has an intrinsic function in ${field}`;
  }
  if (state.Type === 'Pass' && 'Result' in state && !state.Result)
    yield `${name} passes ${JSON.stringify(state.Result)}`;
}

/** Step Functions' limit: with more events the execution fails. */
export const HISTORY_LIMIT = 25_000;

/**
 * History events of each state, without those of task attempts. A task that fails uncaught has one less, which is known; for other states it
 * is still counted.
 */
const STATE_EVENTS: Readonly<Record<string, number>> = {
  // Entered only.
  Fail: 1,
  // Entered, started, succeeded or failed, exited.
  Parallel: 4,
};

/** Entered and exited. */
const EVENTS_OF_OTHER_STATES = 2;

/** Of one attempt: scheduled, started, ended; a child execution is also submitted. */
export const TRY_EVENTS = { invoke: 3, startExecution: 4 } as const;

export const stateEvents = (state: State): number => STATE_EVENTS[state.Type] ?? EVENTS_OF_OTHER_STATES;
