/**
 * Rewrites a definition for the interpreter, which would wait, retry and time out in real time: every Wait becomes a task that sleeps on
 * our clock, Retry becomes a loop inside the task, and each state tells when it is entered.
 */
import type { Definition, State } from './state-machine-definition';

export interface WaitInput {
  /** What the state got, and hands on. */
  readonly input: unknown;
  readonly seconds?: number;
  /** ISO 8601. */
  readonly until?: string;
}

export interface Performer {
  enter(state: State): void;
  /** All tries of a task. */
  task(state: State, input: unknown): Promise<unknown>;
  wait(input: WaitInput): Promise<unknown>;
}

export interface Prepared {
  readonly definition: Definition;
  /** By the name of the state; names are unique in a machine, branches included. */
  readonly handlers: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
}

/** The interpreter's own time-out of a task cannot be switched off: as far off as its timer can hold. */
const INTERPRETER_TIMEOUT_SECONDS = 2_000_000;

export function prepare(definition: Definition, performer: Performer): Prepared {
  const handlers: Record<string, (input: unknown) => Promise<unknown>> = {};

  const prepareMachine = ({ StartAt, States }: Definition): Definition => {
    const states: Record<string, State> = {};
    for (const [name, state] of Object.entries(States)) {
      const prepared = prepareState(name, state);
      // The interpreter fetches a state from here once each time it enters it, and its log of events may lose the last ones of a branch.
      Object.defineProperty(states, name, {
        get: () => {
          performer.enter(state);
          return prepared;
        },
      });
    }
    return { StartAt, States: states };
  };

  const prepareState = (name: string, state: State): State => {
    const { Retry: _, ...rest } = state;
    if (state.Type === 'Task') {
      handlers[name] = (input) => performer.task(state, input);
      return { ...rest, TimeoutSeconds: INTERPRETER_TIMEOUT_SECONDS };
    }
    if (state.Type === 'Wait') {
      handlers[name] = (input) => performer.wait(input as WaitInput);
      return { ...waitTask(rest), TimeoutSeconds: INTERPRETER_TIMEOUT_SECONDS };
    }
    return state.Branches ? { ...rest, Branches: state.Branches.map(prepareMachine) } : rest;
  };

  return { definition: prepareMachine(definition), handlers };
}

/** A Wait as a task: the interpreter still finds its time in the state's input. */
function waitTask({ Seconds, SecondsPath, Timestamp, TimestampPath, ...rest }: State): State {
  const time = {
    ...(Seconds === undefined ? {} : { seconds: Seconds }),
    ...(SecondsPath === undefined ? {} : { 'seconds.$': SecondsPath }),
    ...(Timestamp === undefined ? {} : { until: Timestamp }),
    ...(TimestampPath === undefined ? {} : { 'until.$': TimestampPath }),
  };
  return { ...rest, Type: 'Task', Resource: 'arn:aws:states:::local:wait', Parameters: { 'input.$': '$', ...time } };
}
