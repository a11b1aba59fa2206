/** The states that every part of the cutover pipeline is made of: the bookkeeping, the user's steps, and what follows a failure. */
import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { OUTAGE_RETRY } from '../wait/own-failure';
import { CutoverInvoke } from './invoke';

/** While writes are stopped nothing is tried for long: seven times with pauses of about twenty seconds in all, then the way back. */
export const FENCED_RETRY: sfn.RetryProps = {
  errors: [sfn.Errors.ALL],
  interval: Duration.seconds(1),
  backoffRate: 2,
  maxDelay: Duration.seconds(5),
  maxAttempts: 6,
};

/** A try that says nothing at all costs its whole time-out, and the next one mostly says no more: writes are stopped meanwhile. */
const SILENT_RETRY: sfn.RetryProps = { ...FENCED_RETRY, errors: [sfn.Errors.TIMEOUT], maxAttempts: 1 };

/** One invocation ends within 125 s where the monitor's `requestTimeout` is the longest, 60 s (lambda/core/cutover/poll.ts). */
const LOOK_TIMEOUT = Duration.seconds(150);
const BOOK_TIMEOUT = Duration.seconds(60);
/** Before writes are stopped OMS may be asked for its verification too. */
const ASKING_TIMEOUT = Duration.seconds(120);

/** Errors of the bookkeeping that another try cannot mend. */
const FINAL_ERRORS = ['CutoverOver', 'CutoverUnknown', 'CutoverNotApproved', 'FenceUnreadable', 'InvalidInput'];

/** Writes go on, or are stopped: how long something may be tried. */
export type Patience = 'WRITES_GO_ON' | 'WRITES_STOPPED';

export class CutoverTasks {
  private readonly scope: Construct;
  private readonly checkFunction: lambda.IFunction;

  constructor(scope: Construct, checkFunction: lambda.IFunction) {
    this.scope = scope;
    this.checkFunction = checkFunction;
  }

  /** One action of the bookkeeping (lambda/contract/cutover.ts); its answer is the whole next state. */
  book(name: string, action: string, more: Record<string, unknown>, patience: Patience): CutoverInvoke {
    const task = new CutoverInvoke(this.scope, name, {
      lambdaFunction: this.checkFunction,
      payload: sfn.TaskInput.fromObject({ cutover: { action, state: sfn.JsonPath.objectAt('$.cutover'), ...more } }),
      outputPath: '$.Payload',
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(patience === 'WRITES_GO_ON' ? ASKING_TIMEOUT : BOOK_TIMEOUT),
    });
    task.addRetry({ errors: FINAL_ERRORS, maxAttempts: 0 });
    if (patience === 'WRITES_GO_ON') task.addRetry(OUTAGE_RETRY);
    else hasten(task);
    return task;
  }

  /** A look at OMS while writes are stopped. In the pipeline itself: a leg would have to be started and its end heard of, seconds each. */
  poll(name: string): CutoverInvoke {
    const task = new CutoverInvoke(this.scope, name, {
      lambdaFunction: this.checkFunction,
      payload: sfn.TaskInput.fromObject({
        cutover: { action: 'look', writes: 'STOPPED', wait: sfn.JsonPath.objectAt('$.wait') },
      }),
      resultSelector: {
        wait: sfn.JsonPath.objectAt('$.Payload.wait'),
        result: sfn.JsonPath.objectAt('$.Payload.result'),
      },
      resultPath: '$.look',
      retryOnServiceExceptions: false,
      taskTimeout: sfn.Timeout.duration(LOOK_TIMEOUT),
    });
    hasten(task);
    return task;
  }

  /** The user's step: one state, whatever it is made of, so that all of it is caught, and none of it touches what is handed along. */
  users(name: string, step: sfn.IChainable, resultPath: string = sfn.JsonPath.DISCARD): sfn.Parallel {
    const parallel = new sfn.Parallel(this.scope, name, {
      comment: 'Yours. Gets the cutover as its input.',
      inputPath: '$.cutover',
      resultPath,
      ...(resultPath === sfn.JsonPath.DISCARD ? {} : { resultSelector: { output: sfn.JsonPath.objectAt('$[0]') } }),
      queryLanguage: sfn.QueryLanguage.JSON_PATH,
    });
    return parallel.branch(step);
  }

  /** Says where it failed, and goes on to what follows a failure there. */
  failedAt(at: string, then: sfn.IChainable): sfn.IChainable {
    return new sfn.Pass(this.scope, `Failed: ${at}`, {
      result: sfn.Result.fromObject({ at }),
      resultPath: '$.failed',
    }).next(then);
  }

  /** A gate's result, written into the receipt. */
  noteGate(name: string, gate: string, path: string, patience: Patience): CutoverInvoke {
    return this.book(name, 'gate', { gate, result: sfn.JsonPath.objectAt(path) }, patience);
  }

  /**
   * A step of the user's while writes are stopped: written down, then done, or left out in a rehearsal.
   * @param own undefined: what follows is all there is to it.
   */
  step(
    name: string,
    step: string,
    own: sfn.IChainable | undefined,
    then: sfn.IChainable,
    onFailure: sfn.IChainable,
    rehearsedThen: sfn.IChainable = then,
  ): sfn.IChainable {
    const failed = this.failedAt(step, onFailure);
    const note = this.book(`${name}: note`, 'step', { step }, 'WRITES_STOPPED');
    note.addCatch(failed, { resultPath: '$.error' });
    let real = then;
    if (own !== undefined) {
      const users = this.users(name, own);
      users.addCatch(failed, { resultPath: '$.error' });
      real = users.next(then);
    }
    note.next(this.unlessRehearsed(name, real, rehearsedThen));
    return note;
  }

  /** Leaves out the user's step in a rehearsal. */
  unlessRehearsed(name: string, real: sfn.IChainable, rehearsed: sfn.IChainable): sfn.Choice {
    const left = new sfn.Pass(this.scope, `${name}: left out`, {
      result: sfn.Result.fromObject({}),
      resultPath: '$.step',
    });
    return new sfn.Choice(this.scope, `${name}: for real?`)
      .when(sfn.Condition.booleanEquals('$.cutover.rehearse', false), real)
      .otherwise(left.next(rehearsed));
  }

  /** After an answer of the bookkeeping that may end the cutover. */
  unlessEnded(name: string, then: sfn.IChainable, ended: sfn.IChainable): sfn.Choice {
    return new sfn.Choice(this.scope, `${name}: go on?`)
      .when(sfn.Condition.stringEquals('$.next', 'END'), ended)
      .otherwise(then);
  }
}

/** Tries while writes are stopped. */
function hasten(task: sfn.TaskStateBase): void {
  task.addRetry(SILENT_RETRY);
  task.addRetry(FENCED_RETRY);
}
