/** The tasks of the cutover pipeline: commands to the function, the user's steps, and what follows a failure. */
import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type {
  CutoverBookkeeping,
  CutoverEvent,
  CutoverState,
  GateName,
  StepName,
} from '../../lambda/contract/requests/cutover';
import type { AtSynth, FieldsAtSynth } from '../wait/json-path';
import { OUTAGE_RETRY } from '../wait/leg';

/** While writes are stopped, most retries are short: seven attempts with pauses of about twenty seconds in all, then the rollback path. */
export const FENCED_RETRY: sfn.RetryProps = {
  errors: [sfn.Errors.ALL],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(5),
  maxAttempts: 6,
};

/** An attempt that times out costs its whole timeout while writes are stopped, and the next one usually times out too. */
const SILENT_RETRY: sfn.RetryProps = { ...FENCED_RETRY, errors: [sfn.Errors.TIMEOUT], maxAttempts: 1 };

/** A throttle ends by itself, and a rollback would be throttled too: 32 attempts, with pauses of two and a half minutes in all. */
export const THROTTLED_RETRY: sfn.RetryProps = {
  ...FENCED_RETRY,
  errors: ['Lambda.TooManyRequestsException'],
  maxAttempts: 32,
};

/** One invocation takes up to 125 s, with the longest `requestTimeout` of the monitor, 60 s (lambda/core/cutover/gate.ts). */
const POLL_TIMEOUT = Duration.seconds(150);
const COMMAND_TIMEOUT = Duration.seconds(60);

/** Errors of a command that no retry can fix. */
const FINAL_ERRORS = [
  'CutoverOver',
  'CutoverSuperseded',
  'CutoverUnknown',
  'CutoverNotApproved',
  'FenceUnreadable',
  'InvalidInput',
];

/** Of a start that did not take place. */
const START_ERRORS = [
  'StepFunctions.ThrottlingException',
  'StepFunctions.TooManyRequestsException',
  'StepFunctions.ExecutionLimitExceededException',
  'StepFunctions.StepFunctionsException',
  'StepFunctions.SdkClientException',
];

/** The steps of the user's that the pipeline runs. */
export type RunStep = Exclude<StepName, 'resumeWrites'>;

/** The input of the machine that runs the user's steps. */
export interface StepRun {
  readonly cutover: CutoverState;
  readonly step: RunStep;
}

export function stepInput(step: RunStep) {
  return { cutover: sfn.JsonPath.objectAt('$.cutover'), step } satisfies AtSynth<StepRun>;
}

/** Of the output of a step's execution only what the pipeline needs: its next state, and whether the cutover ended before anything was done. */
const STEP_RESULT = {
  cutover: sfn.JsonPath.objectAt('$.Output.cutover'),
  next: sfn.JsonPath.stringAt('$.Output.next'),
  end: sfn.JsonPath.objectAt('$.Output.end'),
};

type RunProps = Pick<tasks.StepFunctionsStartExecutionProps, 'resultPath' | 'resultSelector' | 'taskTimeout'>;

/** Whether writes continue or are stopped: it determines how long a task is retried. */
export type Patience = 'WRITES_GO_ON' | 'WRITES_STOPPED';

type Action = CutoverBookkeeping['action'];
/** The fields of a command besides `action` and `state`. */
type FieldsOf<A extends Action> = FieldsAtSynth<Omit<Extract<CutoverBookkeeping, { action: A }>, 'action' | 'state'>>;

/** Invokes the function. The policy of LambdaInvoke itself also allows every version and alias of it. */
export class CutoverInvoke extends tasks.LambdaInvoke {
  protected override readonly taskPolicies: iam.PolicyStatement[];

  constructor(scope: Construct, id: string, props: tasks.LambdaInvokeProps) {
    super(scope, id, props);
    const { functionArn } = props.lambdaFunction;
    this.taskPolicies = [new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] })];
  }
}

export interface CutoverFunctions {
  /** Polls OMS. */
  readonly checkFunction: lambda.IFunction;
  /** Keeps the record. */
  readonly cutoverFunction: lambda.IFunction;
}

export class CutoverTasks {
  private readonly scope: Construct;
  private readonly functions: CutoverFunctions;
  private readonly prefix: string;

  /** @param prefix of the state names. */
  constructor(scope: Construct, functions: CutoverFunctions, prefix = '') {
    this.scope = scope;
    this.functions = functions;
    this.prefix = prefix;
  }

  /** One command; the reply replaces the whole state data. */
  command<A extends Action>(name: string, action: A, fields: FieldsOf<A>, patience: Patience): CutoverInvoke {
    return this.invoke(name, action, fields, patience, { outputPath: '$.Payload' });
  }

  /** The same while writes are stopped, and the state stays as it is. */
  record<A extends Action>(name: string, action: A, fields: FieldsOf<A>): CutoverInvoke {
    return this.invoke(name, action, fields, 'WRITES_STOPPED', { resultPath: sfn.JsonPath.DISCARD });
  }

  private invoke<A extends Action>(
    name: string,
    action: A,
    fields: FieldsOf<A>,
    patience: Patience,
    output: Pick<tasks.LambdaInvokeProps, 'outputPath' | 'resultPath'>,
  ): CutoverInvoke {
    // A request to resume writes has its state in it.
    const state = action === 'beginResume' ? {} : { state: sfn.JsonPath.objectAt('$.cutover') };
    const task = new CutoverInvoke(this.scope, `${this.prefix}${name}`, {
      lambdaFunction: this.functions.cutoverFunction,
      payload: sfn.TaskInput.fromObject({ cutover: { action, ...state, ...fields } }),
      ...output,
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(COMMAND_TIMEOUT),
    });
    task.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
    if (patience === 'WRITES_GO_ON') task.addRetry(OUTAGE_RETRY);
    else hasten(task);
    return task;
  }

  /** A poll of OMS while writes are stopped. In the pipeline itself: starting a leg, and the notification of its end, take seconds each. */
  poll(name: string): CutoverInvoke {
    const task = new CutoverInvoke(this.scope, `${this.prefix}${name}`, {
      lambdaFunction: this.functions.checkFunction,
      payload: sfn.TaskInput.fromObject({
        cutover: { action: 'poll', writes: 'STOPPED', wait: sfn.JsonPath.objectAt('$.wait') },
      } satisfies AtSynth<CutoverEvent>),
      resultSelector: {
        wait: sfn.JsonPath.objectAt('$.Payload.wait'),
        result: sfn.JsonPath.objectAt('$.Payload.result'),
      },
      resultPath: '$.poll',
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(POLL_TIMEOUT),
    });
    hasten(task);
    return task;
  }

  /** The user's step as one state, so that every error in it is caught and its output does not replace our data. */
  users(name: string, step: sfn.IChainable, resultPath: string = sfn.JsonPath.DISCARD): sfn.Parallel {
    const parallel = new sfn.Parallel(this.scope, `${this.prefix}${name}`, {
      comment: 'Your step. Its input is the cutover.',
      inputPath: '$.cutover',
      resultPath,
      ...(resultPath === sfn.JsonPath.DISCARD ? {} : { resultSelector: { output: sfn.JsonPath.objectAt('$[0]') } }),
      queryLanguage: sfn.QueryLanguage.JSON_PATH,
    });
    return parallel.branch(step);
  }

  /**
   * Runs another state machine of the cutover to its end. A start that Step Functions throttles is tried again; what the child ends with is not.
   */
  run(name: string, machine: sfn.IStateMachine, input: Readonly<Record<string, unknown>>, props: RunProps = {}) {
    const task = new tasks.StepFunctionsStartExecution(this.scope, name, {
      stateMachine: machine,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      // Stopping the cutover stops it too, and the console links the two.
      associateWithParent: true,
      input: sfn.TaskInput.fromObject({ ...input }),
      ...props,
    });
    task.addRetry({ ...FENCED_RETRY, errors: START_ERRORS });
    return task;
  }

  /** Records where it failed, then continues with what follows a failure there. */
  failedAt(at: string, then: sfn.IChainable): sfn.IChainable {
    return new sfn.Pass(this.scope, `Failed: ${at}`, {
      result: sfn.Result.fromObject({ at }),
      resultPath: '$.failed',
    }).next(then);
  }

  /** Writes a gate's result into the receipt. */
  recordGate(name: string, gate: GateName, path: string, patience: Patience): CutoverInvoke {
    return this.command(name, 'recordGate', { gate, result: sfn.JsonPath.objectAt(path) }, patience);
  }

  /**
   * A step of the user while writes are stopped: recorded, then run, or skipped in a rehearsal.
   * @param machine runs it; undefined: no step to run.
   */
  step(
    name: string,
    step: RunStep,
    machine: sfn.IStateMachine | undefined,
    then: sfn.IChainable,
    onFailure: sfn.IChainable,
    rehearsedThen: sfn.IChainable = then,
  ): sfn.IChainable {
    const failed = this.failedAt(step, onFailure);
    const note = this.command(`${name}: note`, 'beginStep', { step }, 'WRITES_STOPPED');
    note.addCatch(failed, { resultPath: '$.error' });
    let real = then;
    if (machine !== undefined) {
      const users = this.runStep(name, machine, step);
      users.addCatch(failed, { resultPath: '$.error' });
      real = users.next(then);
    }
    note.next(this.unlessRehearsed(name, real, rehearsedThen));
    return note;
  }

  /** Its result is the whole next state. */
  runStep(name: string, machine: sfn.IStateMachine, step: RunStep, timeout?: Duration) {
    return this.run(name, machine, stepInput(step), {
      resultSelector: STEP_RESULT,
      ...(timeout === undefined ? {} : { taskTimeout: sfn.Timeout.duration(timeout) }),
    });
  }

  /** Skips the user's step in a rehearsal. */
  unlessRehearsed(name: string, real: sfn.IChainable, rehearsed: sfn.IChainable): sfn.Choice {
    const left = new sfn.Pass(this.scope, `${name}: left out`, {
      result: sfn.Result.fromObject({}),
      resultPath: '$.step',
    });
    return new sfn.Choice(this.scope, `${name}: for real?`)
      .when(sfn.Condition.booleanEquals('$.cutover.rehearse', false), real)
      .otherwise(left.next(rehearsed));
  }

  /** After a reply that may end the cutover. */
  unlessEnded(name: string, then: sfn.IChainable, ended: sfn.IChainable): sfn.Choice {
    return new sfn.Choice(this.scope, `${name}: go on?`)
      .when(sfn.Condition.stringEquals('$.next', 'END'), ended)
      .otherwise(then);
  }
}

/** Retries while writes are stopped. */
function hasten(task: sfn.TaskStateBase): void {
  task.addRetry(THROTTLED_RETRY);
  task.addRetry(SILENT_RETRY);
  task.addRetry(FENCED_RETRY);
}
