/**
 * One execution of a state machine: time passes on our clock, tasks go to our functions, and what AWS would count is counted.
 *
 * The interpreter does the data flow, the choices, Catch and Parallel; waits, tries and time-outs are done here.
 */
import { Interrupted } from '../../lambda/core/model/errors';
import type { Clock } from '../../lambda/core/ports';
import { type Definition, HISTORY_LIMIT, type State, stateEvents } from './definition';
import { interpret } from './interpreter';
import { prepare, type WaitInput } from './preparation';
import { isNamedBy, Retries, StateError } from './retry';

export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionResult {
  readonly arn: string;
  readonly machineArn: string;
  readonly status: ExecutionStatus;
  /** Of one that SUCCEEDED. */
  readonly output?: unknown;
  /** The error's name, of one that FAILED. */
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** What AWS bills: states entered and tasks tried again, those of child executions not included. */
  readonly transitions: number;
  /** What AWS limits to 25,000; never less than AWS would count. */
  readonly historyEvents: number;
}

export interface ExecutionRequest {
  readonly arn: string;
  readonly machineArn: string;
  readonly definition: Definition;
  readonly input: unknown;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Unix milliseconds at which whoever started this one gives it up. */
  readonly abandonedAt?: number;
  /** Performs one try of a task. */
  readonly perform: (task: TaskTry) => Promise<unknown>;
  /** Told of each state as it is entered. */
  readonly onState?: (name: string) => void;
}

export interface TaskTry {
  readonly resource: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  /** Unix milliseconds at which the try, or the whole execution, is over. */
  readonly deadline: number;
  /** Adds the events of this try. */
  count(historyEvents: number): void;
}

/** Step Functions' limit on what a state hands on. */
const DATA_LIMIT_BYTES = 256 * 1024;

export async function execute(order: ExecutionRequest): Promise<ExecutionResult> {
  return new Execution(order).run();
}

class Execution {
  private readonly order: ExecutionRequest;
  private readonly startedAt: number;
  private readonly timesOutAt: number;
  private readonly deadline: number;
  private readonly stop = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  private transitions = 0;
  /** Started and ended. */
  private historyEvents = 2;

  constructor(order: ExecutionRequest) {
    this.order = order;
    this.startedAt = order.clock.now();
    this.timesOutAt = this.startedAt + 1_000 * (order.definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY);
    this.deadline = Math.min(this.timesOutAt, order.abandonedAt ?? Number.POSITIVE_INFINITY);
  }

  async run(): Promise<ExecutionResult> {
    const { input, machineArn, arn, signal } = this.order;
    // The interpreter would perform the first state before it hears of it.
    if (signal?.aborted) return this.result({ status: 'ABORTED' });
    const { clock } = this.order;
    const context = {
      Execution: { Id: arn, Name: lastPart(arn) },
      StateMachine: { Id: machineArn, Name: lastPart(machineArn) },
      State: {
        get EnteredTime() {
          return new Date(clock.now()).toISOString();
        },
      },
    };
    const { definition, handlers } = prepare(
      this.order.definition,
      {
        enter: (state, name) => this.enter(state, name),
        task: (state, taskInput) => this.tracked(this.performTask(state, taskInput)),
        wait: (waitInput) => this.tracked(this.wait(waitInput)),
      },
      context,
    );
    const running = interpret(definition).run(input, {
      overrides: { taskResourceLocalHandlers: handlers },
      context,
    });
    void drain(running.eventLogs);
    const abort = () => {
      this.stop.abort();
      running.abort();
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return this.result({ status: 'SUCCEEDED', output: await running.result });
    } catch (error) {
      return this.result(signal?.aborted ? { status: 'ABORTED' } : this.failure(error));
    } finally {
      signal?.removeEventListener('abort', abort);
      // Nothing of this execution may go on behind its end.
      this.stop.abort();
      await Promise.allSettled(this.underWay);
    }
  }

  private result(end: Pick<ExecutionResult, 'status' | 'output' | 'error' | 'cause'>): ExecutionResult {
    return {
      arn: this.order.arn,
      machineArn: this.order.machineArn,
      ...end,
      startedAt: this.startedAt,
      stoppedAt: this.order.clock.now(),
      transitions: this.transitions,
      historyEvents: this.historyEvents,
    };
  }

  private failure(error: unknown): Pick<ExecutionResult, 'status' | 'error' | 'cause'> {
    // The interpreter wraps what ended the execution.
    const { name, message } = ((error as Error).cause ?? error) as Error;
    if (name !== OUT_OF_TIME) return { status: 'FAILED', error: name, cause: message };
    return this.order.clock.now() >= this.timesOutAt ? { status: 'TIMED_OUT' } : { status: 'ABORTED' };
  }

  /** Kept until it is over: nothing may outlive the execution. */
  private tracked<T>(work: Promise<T>): Promise<T> {
    const noted = work.finally(() => this.underWay.delete(noted));
    this.underWay.add(noted);
    return noted;
  }

  private enter(state: State, name: string): void {
    this.order.onState?.(name);
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
    const retries = new Retries(state.Retry ?? [], this.order.random);
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
    const { clock, perform } = this.order;
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
    await this.sleep(seconds === undefined ? Date.parse(until ?? '') - this.order.clock.now() : seconds * 1_000);
    return input;
  }

  /** Never past the end of the execution. */
  private async sleep(ms: number): Promise<void> {
    const { clock } = this.order;
    const left = this.deadline - clock.now();
    await clock.sleep(Math.min(ms, left), this.stop.signal);
    if (ms >= left) throw outOfTime();
  }
}

const OUT_OF_TIME = 'OutOfTime';
const outOfTime = () => new StateError(OUT_OF_TIME, 'the execution is out of time', { final: true });

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/** The interpreter keeps its events until somebody takes them. */
async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}
