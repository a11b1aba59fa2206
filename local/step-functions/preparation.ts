/**
 * Rewrites a definition for the interpreter, which would wait, retry and time out in real time: a Wait becomes a task that sleeps on our clock,
 * Retry becomes a loop inside the task, Parameters are evaluated here, and each state reports when it is entered.
 */

import type { Definition, State } from './definition';
import { templateOf } from './payload-template';

export interface WaitInput {
  /** The input of the state, which is also its output. */
  readonly input: unknown;
  readonly seconds?: number;
  /** ISO 8601. */
  readonly until?: string;
}

export interface Performer {
  enter(state: State, name: string): void;
  /** A task with all its attempts. */
  task(state: State, input: unknown): Promise<unknown>;
  wait(input: WaitInput): Promise<unknown>;
}

export interface Prepared {
  readonly definition: Definition;
  /** By state name, which is unique in a state machine, branches included. */
  readonly handlers: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
}

/** The interpreter's task timeout cannot be switched off; this is the largest value of a timer. */
const INTERPRETER_TIMEOUT_SECONDS = 2_000_000;

/** @param context what paths that begin with `$$` refer to. */
export function prepare(definition: Definition, performer: Performer, context: unknown): Prepared {
  const handlers: Record<string, (input: unknown) => Promise<unknown>> = {};

  const prepareMachine = ({ StartAt, States }: Definition): Definition => {
    const states: Record<string, State> = {};
    for (const [name, state] of Object.entries(States)) {
      const prepared = prepareState(name, state);
      // The interpreter reads a state here once each time it enters it. Its event log may lose the last events of a branch.
      Object.defineProperty(states, name, {
        get: () => {
          performer.enter(state, name);
          return prepared;
        },
      });
    }
    return { StartAt, States: states };
  };

  const prepareState = (name: string, state: State): State => {
    const { Retry: _, ...rest } = withoutIdlePaths(state);
    if (state.Type === 'Task') return task(name, rest, (input) => performer.task(state, input));
    if (state.Type === 'Wait') return task(name, waitTask(rest), (input) => performer.wait(input as WaitInput));
    if (state.Type === 'Pass' && 'Parameters' in rest && !('Result' in rest))
      return task(name, { ...rest, Type: 'Task', Resource: 'arn:aws:states:::local:pass' }, async (input) => input);
    return state.Branches ? { ...rest, Branches: state.Branches.map(prepareMachine) } : rest;
  };

  const task = (name: string, state: State, perform: (input: unknown) => Promise<unknown>): State => {
    const timed = { ...state, TimeoutSeconds: INTERPRETER_TIMEOUT_SECONDS };
    const { Parameters: parameters, ...filled } = timed as State;
    const template = parameters === undefined ? null : templateOf(parameters);
    handlers[name] = template === null ? perform : async (input) => perform(template({ input, context }));
    return template === null ? timed : filled;
  };

  return { definition: prepareMachine(definition), handlers };
}

/** The interpreter does not resolve `$` where the input is null or empty; without the path it uses the input itself. */
function withoutIdlePaths(state: State): State {
  return Object.fromEntries(
    Object.entries(state).filter(([field, value]) => !(['InputPath', 'OutputPath'].includes(field) && value === '$')),
  ) as State;
}

/** A Wait as a task: the interpreter still reads its time from the state's input. */
function waitTask({ Seconds, SecondsPath, Timestamp, TimestampPath, ...rest }: State): State {
  const time = {
    ...(Seconds === undefined ? {} : { seconds: Seconds }),
    ...(SecondsPath === undefined ? {} : { 'seconds.$': SecondsPath }),
    ...(Timestamp === undefined ? {} : { until: Timestamp }),
    ...(TimestampPath === undefined ? {} : { 'until.$': TimestampPath }),
  };
  return { ...rest, Type: 'Task', Resource: 'arn:aws:states:::local:wait', Parameters: { 'input.$': '$', ...time } };
}
