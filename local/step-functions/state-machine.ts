/** Step Functions, locally: the state machines of a stack, their executions, and the integrations of their tasks. */
import type { Clock } from '../../lambda/core/ports';
import { type Definition, refuseUnknown, TRY_EVENTS } from './definition';
import { type ExecutionResult, execute, type StoppedState, type TaskTry } from './execution';
import { StateError } from './retry';

export type Invoke = (functionArn: string, payload: unknown, signal: AbortSignal) => Promise<unknown>;

export interface StateMachinesOptions {
  /** By ARN. */
  readonly machines: ReadonlyMap<string, Definition>;
  readonly clock: Clock;
  /** Invokes a function. What it throws fails the task with the error's name. */
  readonly invoke: Invoke;
  /** Other service integrations, by resource without the partition, such as `states:::sns:publish`. What one throws fails the task. */
  readonly integrations?: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  /** For the jitter of retries; in [0, 1). */
  readonly random?: () => number;
  /** Called with each execution that ends, children before their parents. */
  readonly onExecution?: (execution: ExecutionResult) => void;
  /** Told of each state as it is entered. */
  readonly onState?: (executionArn: string, name: string) => void;
}

export interface StartOptions {
  readonly name?: string;
  readonly signal?: AbortSignal;
}

export class StateMachines {
  private readonly options: StateMachinesOptions;
  private started = 0;

  /** @throws CheckFailed where a definition has something that is not supported here. */
  constructor(options: StateMachinesOptions) {
    this.options = options;
    for (const [arn, definition] of options.machines) refuseUnknown(lastPart(arn), definition);
  }

  /** Runs an execution to its end, and resolves when nothing of it is still running. */
  run(machineArn: string, input: unknown, { name, signal }: StartOptions = {}): Promise<ExecutionResult> {
    return this.start({ machineArn, input, name, ...(signal ? { signal } : {}) });
  }

  /** Restarts an execution that did not succeed in the state where it stopped, with the same name and definition, as RedriveExecution does. */
  redrive({ arn, machineArn, stoppedIn }: ExecutionResult, { signal }: StartOptions = {}): Promise<ExecutionResult> {
    if (stoppedIn === undefined)
      throw new StateError('StepFunctions.ExecutionNotRedrivable', `${arn} succeeded, or entered no state`);
    const from = { input: {}, name: lastPart(arn), from: stoppedIn };
    return this.start({ machineArn, ...from, ...(signal ? { signal } : {}) });
  }

  private async start(request: {
    machineArn: string;
    input: unknown;
    name: string | undefined;
    signal?: AbortSignal;
    abandonedAt?: number;
    from?: StoppedState;
  }): Promise<ExecutionResult> {
    const { machineArn, name, ...rest } = request;
    const definition = this.options.machines.get(machineArn);
    if (!definition)
      throw new StateError(
        'StepFunctions.StateMachineDoesNotExistException',
        `State Machine Does Not Exist: '${machineArn}'`,
      );
    this.started += 1;
    const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name ?? `local-${this.started}`}`;
    const execution = await execute({
      ...rest,
      arn,
      machineArn,
      definition,
      input: copy(request.input),
      clock: this.options.clock,
      random: this.options.random ?? Math.random,
      perform: (task) => this.perform(task),
      onState: (state) => this.options.onState?.(arn, state),
    });
    this.options.onExecution?.(execution);
    return execution;
  }

  private async perform(task: TaskTry): Promise<unknown> {
    const resource = task.resource.replace(/^arn:[^:]+:/, '');
    if (resource.startsWith('states:::states:startExecution.sync'))
      return this.startExecution(task, resource.endsWith('.sync:2'));
    task.count(TRY_EVENTS.invoke);
    if (resource === 'states:::lambda:invoke') {
      const { FunctionName, Payload = {} } = task.input as { FunctionName: string; Payload?: unknown };
      return {
        ExecutedVersion: '$LATEST',
        Payload: await this.invoke(FunctionName, Payload, task.signal),
        StatusCode: 200,
      };
    }
    if (resource.startsWith('lambda:')) return this.invoke(task.resource, task.input, task.signal);
    const integration = this.options.integrations?.[resource];
    if (!integration) throw new StateError('States.Runtime', `${task.resource} is not supported here`, { final: true });
    return copy(await integration(task.input));
  }

  /** As with Lambda: JSON in and out, an error by its name, with its message in the cause. */
  private async invoke(functionArn: string, payload: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      return copy(await this.options.invoke(functionArn, copy(payload), signal));
    } catch (error) {
      if (error instanceof StateError || signal.aborted) throw error;
      const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>;
      throw new StateError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
    }
  }

  /** Runs the child to its end. As in AWS, the output is a description of the child, and so is the cause where it did not succeed. */
  private async startExecution(task: TaskTry, parsed: boolean): Promise<unknown> {
    task.count(TRY_EVENTS.startExecution);
    const { StateMachineArn: machineArn, Input: input = {}, Name: name } = task.input as StartExecutionInput;
    const child = await this.start({
      machineArn,
      input: typeof input === 'string' ? JSON.parse(input) : input,
      name,
      signal: task.signal,
      abandonedAt: task.deadline,
    });
    const json = (value: unknown) => (parsed ? value : JSON.stringify(value));
    const description = {
      ExecutionArn: child.arn,
      Input: json(input),
      Name: lastPart(child.arn),
      StartDate: child.startedAt,
      StateMachineArn: machineArn,
      Status: child.status,
      StopDate: child.stoppedAt,
    };
    if (child.status === 'SUCCEEDED') return { ...description, Output: json(child.output) };
    throw new StateError(
      'States.TaskFailed',
      JSON.stringify({ ...description, Error: child.error, Cause: child.cause }),
    );
  }
}

interface StartExecutionInput {
  readonly StateMachineArn: string;
  readonly Input?: unknown;
  readonly Name?: string;
}

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

/** States, functions and callers exchange JSON, and share no objects. */
const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
