/**
 * One execution of a state machine on our clock, with our functions as tasks. Counts what AWS bills and limits.
 *
 * The interpreter does the data flow, Choice, Catch and Parallel; waits, retries and timeouts are done here.
 */
import { Interrupted } from '../../lambda/core/model/errors';
import type { Clock } from '../../lambda/core/ports';
import { type Definition, HISTORY_LIMIT, type State, stateEvents } from './definition';
import { type InterpreterEvent, interpret } from './interpreter';
import { prepare, type WaitInput } from './preparation';
import { isNamedBy, Retries, StateError } from './retry';

export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionResult {
  readonly arn: string;
  readonly machineArn: string;
  readonly status: ExecutionStatus;
  /** Where it SUCCEEDED. */
  readonly output?: unknown;
  /** The error name, where it FAILED. */
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** State transitions that AWS bills: states entered and task retries, without those of child executions. */
  readonly transitions: number;
  /** Limited to 25,000 by AWS; never less than AWS would count. */
  readonly historyEvents: number;
  /** Where it did not succeed: from there a redrive continues. */
  readonly stoppedIn?: StoppedState;
}

/** A state that was entered and not left. A redrive enters it again with its input; of a Parallel, every branch from its beginning. */
export interface StoppedState {
  readonly state: string;
  readonly input: unknown;
}

export interface ExecutionRequest {
  readonly arn: string;
  readonly machineArn: string;
  readonly definition: Definition;
  readonly input: unknown;
  /** A redrive, of an execution that did not succeed. */
  readonly from?: StoppedState;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Unix milliseconds at which the parent stops waiting for it. */
  readonly abandonedAt?: number;
  /** Performs one attempt of a task. */
  readonly perform: (task: TaskTry) => Promise<unknown>;
  /** Told of each state as it is entered. */
  readonly onState?: (name: string) => void;
}

export interface TaskTry {
  readonly resource: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  /** Unix milliseconds at which the attempt, or the whole execution, times out. */
  readonly deadline: number;
  /** Adds the history events of this attempt. */
  count(historyEvents: number): void;
}

/** Step Functions' limit on the output of a state. */
const DATA_LIMIT_BYTES = 256 * 1024;

export async function execute(request: ExecutionRequest): Promise<ExecutionResult> {
  return new Execution(request).run();
}

class Execution {
  private readonly request: ExecutionRequest;
  private readonly startedAt: number;
  private readonly timesOutAt: number;
  private readonly deadline: number;
  private readonly stop = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  /** Of the states of the machine itself, not of branches. */
  private entered: string | undefined;
  private nextInput: unknown;
  private transitions = 0;
  /** Execution started and ended. */
  private historyEvents = 2;

  constructor(request: ExecutionRequest) {
    this.request = request;
    this.startedAt = request.clock.now();
    this.timesOutAt = this.startedAt + 1_000 * (request.definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY);
    this.deadline = Math.min(this.timesOutAt, request.abandonedAt ?? Number.POSITIVE_INFINITY);
  }

  async run(): Promise<ExecutionResult> {
    const { input, machineArn, arn, signal } = this.request;
    // The interpreter would perform the first state before it notices.
    if (signal?.aborted) return this.result({ status: 'ABORTED' });
    const { clock } = this.request;
    const context = {
      Execution: { Id: arn, Name: lastPart(arn) },
      StateMachine: { Id: machineArn, Name: lastPart(machineArn) },
      State: {
        get EnteredTime() {
          return new Date(clock.now()).toISOString();
        },
      },
    };
    const { from } = this.request;
    const { definition, handlers } = prepare(
      from === undefined ? this.request.definition : { ...this.request.definition, StartAt: from.state },
      {
        enter: (state, name) => this.enter(state, name),
        task: (state, taskInput) => this.tracked(this.performTask(state, taskInput)),
        wait: (waitInput) => this.tracked(this.wait(waitInput)),
      },
      context,
    );
    const running = interpret(definition).run(from === undefined ? input : from.input, {
      overrides: { taskResourceLocalHandlers: handlers },
      context,
    });
    this.nextInput = from === undefined ? input : from.input;
    const noted = this.note(running.eventLogs);
    const abort = () => {
      this.stop.abort();
      running.abort();
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return this.result({ status: 'SUCCEEDED', output: await running.result });
    } catch (error) {
      // The log of an execution that was aborted may have no end.
      await Promise.race([noted, new Promise((resolve) => setImmediate(resolve))]);
      return this.result(signal?.aborted ? { status: 'ABORTED' } : this.failure(error));
    } finally {
      signal?.removeEventListener('abort', abort);
      // Nothing may continue after the end of the execution.
      this.stop.abort();
      await Promise.allSettled(this.underWay);
    }
  }

  private result(end: Pick<ExecutionResult, 'status' | 'output' | 'error' | 'cause'>): ExecutionResult {
    return {
      arn: this.request.arn,
      machineArn: this.request.machineArn,
      ...end,
      startedAt: this.startedAt,
      stoppedAt: this.request.clock.now(),
      transitions: this.transitions,
      historyEvents: this.historyEvents - (this.endedInParallel(end.status) ? 1 : 0),
      ...(end.status === 'SUCCEEDED' || this.entered === undefined
        ? {}
        : { stoppedIn: { state: this.entered, input: this.nextInput } }),
    };
  }

  /** Reads the interpreter's events, which it keeps in memory until they are read, for the input of the state that was entered last. */
  private async note(events: AsyncIterable<InterpreterEvent>): Promise<void> {
    for await (const { type, state } of events) {
      if (state === undefined || !Object.hasOwn(this.request.definition.States, state.name)) continue;
      if (type === 'StateEntered') this.nextInput = state.input;
      if (type === 'StateExited') this.nextInput = state.output;
    }
  }

  private failure(error: unknown): Pick<ExecutionResult, 'status' | 'error' | 'cause'> {
    // The interpreter wraps the error that ended the execution.
    const { name, message } = ((error as Error).cause ?? error) as Error;
    if (name !== OUT_OF_TIME) return { status: 'FAILED', error: name, cause: message };
    return this.request.clock.now() >= this.timesOutAt ? { status: 'TIMED_OUT' } : { status: 'ABORTED' };
  }

  /** A Parallel state that fails uncaught is not left: its exit is no event. */
  private endedInParallel(status: ExecutionResult['status']): boolean {
    if (status !== 'FAILED' || this.entered === undefined) return false;
    return this.request.definition.States[this.entered]?.Type === 'Parallel';
  }

  /** So that the execution can wait for it to end. */
  private tracked<T>(work: Promise<T>): Promise<T> {
    const noted = work.finally(() => this.underWay.delete(noted));
    this.underWay.add(noted);
    return noted;
  }

  private enter(state: State, name: string): void {
    if (Object.hasOwn(this.request.definition.States, name)) this.entered = name;
    this.request.onState?.(name);
    this.transitions += 1;
    this.count(stateEvents(state));
  }

  private count(events: number): void {
    this.historyEvents += events;
    if (this.historyEvents > HISTORY_LIMIT) {
      throw new StateError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`,
        { final: true },
      );
    }
  }

  private async performTask(state: State, input: unknown): Promise<unknown> {
    const retries = new Retries(state.Retry ?? [], this.request.random);
    for (;;) {
      try {
        return await this.tryTask(String(state.Resource), input, state.TimeoutSeconds ?? Number.POSITIVE_INFINITY);
      } catch (thrown) {
        if (thrown instanceof Interrupted) throw thrown;
        const error =
          thrown instanceof StateError ? thrown : new StateError((thrown as Error).name, (thrown as Error).message);
        const delay = retries.delayAfter(error);
        if (delay === undefined) {
          const isCaught = error.isCatchable && state.Catch?.some((catcher) => isNamedBy(catcher, error));
          // It is not left.
          if (!isCaught) this.historyEvents -= 1;
          throw error;
        }
        await this.sleep(delay);
        this.transitions += 1;
      }
    }
  }

  private async tryTask(resource: string, input: unknown, timeoutSeconds: number): Promise<unknown> {
    const { clock, perform } = this.request;
    const timesOutAt = clock.now() + 1_000 * timeoutSeconds;
    const deadline = Math.min(timesOutAt, this.deadline);
    const trial = {
      resource,
      input,
      signal: this.stop.signal,
      deadline,
      count: (events: number) => this.count(events),
    };
    const output = await perform(trial).catch((error: unknown) => {
      if (clock.now() < deadline) throw error;
    });
    if (clock.now() >= this.deadline) throw outOfTime();
    if (clock.now() >= timesOutAt)
      throw new StateError('States.Timeout', `the task took more than ${timeoutSeconds} s`);
    if (Buffer.byteLength(JSON.stringify(output ?? null)) > DATA_LIMIT_BYTES) {
      throw new StateError('States.DataLimitExceeded', `the task's result is larger than ${DATA_LIMIT_BYTES} bytes`, {
        final: true,
      });
    }
    return output;
  }

  private async wait({ seconds, until, input }: WaitInput): Promise<unknown> {
    if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 0 && seconds <= 99_999_999)) {
      throw new StateError('States.Runtime', `cannot wait ${JSON.stringify(seconds)} seconds`, { final: true });
    }
    await this.sleep(seconds === undefined ? Date.parse(until ?? '') - this.request.clock.now() : seconds * 1_000);
    return input;
  }

  /** Never past the deadline of the execution. */
  private async sleep(ms: number): Promise<void> {
    const { clock } = this.request;
    const left = this.deadline - clock.now();
    await clock.sleep(Math.min(ms, left), this.stop.signal);
    if (ms >= left) throw outOfTime();
  }
}

const OUT_OF_TIME = 'OutOfTime';
const outOfTime = () => new StateError(OUT_OF_TIME, 'the execution is out of time', { final: true });

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
