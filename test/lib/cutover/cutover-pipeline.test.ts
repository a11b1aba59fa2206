import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import cdkJson from '../../../cdk.json';
import { CutoverPipeline, type CutoverPipelineProps } from '../../../lib';
import type { EndEvents } from '../../../lib/cutover/end-events';
import { refuseUnknown } from '../../../local/step-functions/definition';
import { definitionOf, messageOf, newMonitor, newStack } from '../stacks';

const validate = require('asl-validator') as (definition: unknown) => { isValid: boolean; errors: unknown[] };

function pipelineWith(props: Partial<CutoverPipelineProps> | ((stack: Stack) => Partial<CutoverPipelineProps>) = {}) {
  const stack = newStack();
  const step = (name: string) => new sfn.Pass(stack, name);
  const given = typeof props === 'function' ? props(stack) : props;
  const pipeline = new CutoverPipeline(stack, 'Cutover', {
    monitor: given.monitor ?? newMonitor(stack),
    stopWrites: step('stop'),
    switchTraffic: step('switch'),
    resumeWrites: step('resume'),
    ...given,
  });
  const template = Template.fromStack(stack);
  const of = (machine: sfn.StateMachine) => definitionOf({ stack, template }, machine);
  return {
    stack,
    pipeline,
    template,
    definition: of(pipeline.stateMachine),
    steps: of(pipeline.stepsMachine),
    resume: of(pipeline.resumeMachine),
  };
}

const everything = (stack: Stack): Partial<CutoverPipelineProps> => ({
  verify: new sfn.Pass(stack, 'verify'),
  switchover: new sfn.Pass(stack, 'over'),
  rollback: new sfn.Pass(stack, 'back'),
  approval: {},
});

describe('the pipeline’s definition', () => {
  test.each([
    ['with what is required', {}],
    ['with everything', everything],
    ['with a switchover by the operator', { switchover: 'operator' as const }],
    ['as a rehearsal', { rehearse: true }],
  ])('is valid, and supported by the local interpreter, %s', (_, props) => {
    const { definition, steps, resume } = pipelineWith(props);
    for (const each of [definition, steps, resume]) {
      expect(validate(each)).toMatchObject({ isValid: true, errors: [] });
      expect(() => refuseUnknown('Cutover', each)).not.toThrow();
    }
  });

  test('runs each of the user’s steps in an execution of its own, and catches every error of it', () => {
    const { definition } = pipelineWith(everything);
    const runs = Object.entries(definition.States).filter(([, state]) =>
      String(state.Resource).includes('startExecution.sync'),
    );
    expect(runs.map(([name]) => name).sort()).toEqual([
      '3 Stop writes',
      '5 Switchover',
      '6 Verify',
      '7 Switch traffic',
      'Resume writes',
      'Roll back',
    ]);
    for (const [, state] of runs)
      expect(state.Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'] })]);
  });

  test('asks before each step whether it may act, in the execution that a redrive starts again', () => {
    const { steps } = pipelineWith(everything);
    expect(steps.StartAt).toBe('oms-cutover: may act?');
    const users = Object.entries(steps.States).filter(([, { Type }]) => Type === 'Parallel');
    expect(users.map(([name]) => name).sort()).toEqual(
      ['rollback', 'stopWrites', 'switchTraffic', 'switchover', 'verify'].map((step) => `oms-cutover: ${step}`),
    );
  });

  test('accepts steps whose states have the names of states of ours', () => {
    const names = ['Resume writes', 'Done', 'Ended', 'Roll back', '3 Stop writes'];
    expect(() =>
      pipelineWith((stack) => {
        const [resumeWrites, verify, stopWrites, rollback, switchTraffic] = names.map(
          (stateName, i) => new sfn.Pass(stack, `step${i}`, { stateName }),
        ) as [sfn.Pass, sfn.Pass, sfn.Pass, sfn.Pass, sfn.Pass];
        return { resumeWrites, verify, stopWrites, rollback, switchTraffic };
      }),
    ).not.toThrow();
  });

  test('has the same version as the machine of its steps, and another one after any change', () => {
    const versions = (props: Parameters<typeof pipelineWith>[0]) => {
      const { definition, steps } = pipelineWith(props);
      return [definition.States['0 Input'], steps.States['oms-cutover: may act?']].map(
        (state) => /"version":"([0-9a-f]{16})"/.exec(JSON.stringify(state))?.[1],
      );
    };
    const [one, two] = [versions({}), versions((stack) => ({ verify: new sfn.Pass(stack, 'verify') }))];
    expect(one[0]).toBeDefined();
    expect(one[1]).toBe(one[0]);
    expect(two[1]).toBe(two[0]);
    expect(two[0]).not.toBe(one[0]);
    expect(versions({})).toEqual(one);
  });

  test('retries for about twenty seconds while writes are stopped, and for two and a half minutes if Lambda throttles', () => {
    const { definition } = pipelineWith(everything);
    const names = ['3 Fence', '4 Drained: poll', '4 Drained: note', '7 Switch traffic: note'];
    for (const name of names) {
      const retriers = definition.States[name]?.Retry ?? [];
      const pauses = { IntervalSeconds: 1, BackoffRate: 2, MaxDelaySeconds: 5 };
      expect(retriers.at(-1)).toEqual({ ErrorEquals: ['States.ALL'], ...pauses, MaxAttempts: 6 });
      expect(retriers).toContainEqual({ ErrorEquals: ['Lambda.TooManyRequestsException'], ...pauses, MaxAttempts: 32 });
    }
  });

  test('repeats the drain gate only if OMS was not switched over', () => {
    expect(Object.keys(pipelineWith().definition.States)).toContain('6 Drained again: poll');
    expect(Object.keys(pipelineWith({ switchover: 'operator' }).definition.States)).not.toContain(
      '6 Drained again: poll',
    );
  });
});

test('reserves concurrency for the function that keeps the records where asked to, and none otherwise', () => {
  const reserved = ({ template, stack, pipeline }: ReturnType<typeof pipelineWith>) =>
    template.findResources('AWS::Lambda::Function')[stack.resolve(pipeline.cutoverFunction.functionName).Ref as string]
      ?.Properties.ReservedConcurrentExecutions;
  expect(reserved(pipelineWith({ reservedConcurrency: 5 }))).toBe(5);
  expect(reserved(pipelineWith())).toBeUndefined();
  expect(messageOf(() => pipelineWith({ reservedConcurrency: 1 }))).toContain(
    'reservedConcurrency must be a whole number, 2 or more',
  );
});

test('the pipeline and its monitor may be in different stacks', () => {
  const app = new App({ context: cdkJson.context });
  const [watching, cuttingOver] = [new Stack(app, 'Watching'), new Stack(app, 'CuttingOver')];
  const step = (name: string) => new sfn.Pass(cuttingOver, name);
  new CutoverPipeline(cuttingOver, 'Cutover', {
    monitor: newMonitor(watching),
    stopWrites: step('stop'),
    switchTraffic: step('switch'),
    resumeWrites: step('resume'),
  });
  expect(() => app.synth()).not.toThrow();
});

describe('the rule on the end of the execution', () => {
  test('matches every end and passes the event to the resume machine unchanged', () => {
    const { template } = pipelineWith();
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [Match.anyValue()] },
      },
      Targets: [Match.objectLike({ InputTransformer: Match.absent(), DeadLetterConfig: Match.anyValue() })],
    });
  });
});

describe('an end that cannot be delivered', () => {
  const key = (stack: Stack) => ({ monitor: newMonitor(stack, { encryptionKey: new kms.Key(stack, 'Key') }) });

  test('is kept in a queue that EventBridge may write to, whichever key the monitor has', () => {
    const { stack, template } = pipelineWith(key);
    const queue = stack.resolve(
      (stack.node.findChild('Cutover').node.findChild('End') as EndEvents).deadLetters.queueArn,
    );
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: queue } })],
    });
    const made = template.findResources('AWS::SQS::Queue')[queue['Fn::GetAtt'][0]]?.Properties;
    expect(made).toMatchObject({ SqsManagedSseEnabled: true });
    expect(made).not.toHaveProperty('KmsMasterKeyId');
  });

  test('raises an alarm on the alarm topic of the monitor', () => {
    const { stack, template } = pipelineWith((scope) => ({
      monitor: newMonitor(scope, {
        alarmTopic: new sns.Topic(scope, 'Pager') as sns.ITopic,
        runbookUrl: 'https://wiki.example.com/r',
      }),
    }));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-Cutover-cutover-end-not-delivered']] },
      AlarmDescription: Match.stringLikeRegexp(
        'could not start the state machine that resumes writes.* Runbook: https://wiki.example.com/r#cutover-end-not-delivered$',
      ),
      AlarmActions: [stack.resolve((stack.node.findChild('Pager') as sns.Topic).topicArn)],
      TreatMissingData: 'notBreaching',
    });
  });
});

describe('the props', () => {
  test.each([['$.job.project'], ['$$.Execution.Input.project'], [sfn.JsonPath.stringAt('$.job.project')]])(
    'refuses a path as the project: the input of an execution has it',
    (projectId) => {
      expect(messageOf(() => pipelineWith({ projectId }))).toContain('projectId must be a project id, not a path');
    },
  );

  /** Untyped, as in JavaScript. */
  const untyped = (props: object) => messageOf(() => pipelineWith(props as Partial<CutoverPipelineProps>));

  test.each([
    [{ rehearse: 'true' }, 'rehearse must be true or false, without quotes; got "true"'],
    [{ rehearse: 1 }, 'rehearse must be true or false, without quotes; got 1'],
    [{ rehearse: null }, 'rehearse must be true or false, without quotes; got null'],
    [{ Rehearse: true }, 'CutoverPipeline has no property "Rehearse"; valid properties are monitor, projectId'],
    [{ aproval: {} }, 'CutoverPipeline has no property "aproval"'],
    [{ approval: { timeOut: Duration.hours(1) } }, 'approval has no property "timeOut"; valid properties are timeout'],
    [{ approval: true }, 'approval must be an object with any of timeout; got true'],
    [{ approval: null }, 'approval must be an object with any of timeout; got null'],
    [{ ready: { verification: 'yes' } }, 'ready.verification must be true or false, without quotes; got "yes"'],
    [{ ready: { maxlag: Duration.seconds(5) } }, 'ready has no property "maxlag"'],
    [{ switchover: 'Operator' }, 'switchover must be "operator", a state, or a chain of states'],
    [{ verify: null }, 'verify must be a state, or a chain of states'],
    [{ verify: 'shop-verify-target' }, 'verify must be a state, or a chain of states'],
    [{ stopWrites: undefined }, 'stopWrites is required: a state, or a chain of states'],
  ])('refuses %j, which would skip a safeguard', (props, problem) => {
    expect(untyped(props)).toContain(problem);
  });

  test('refuses a task that times out before its function does: the function could act after writes were resumed', () => {
    const late = (stack: Stack) => {
      const lambdaFunction = new lambda.Function(stack, 'Stop', {
        code: lambda.Code.fromInline('exports.handler = async () => ({})'),
        handler: 'index.handler',
        runtime: lambda.Runtime.NODEJS_LATEST,
        timeout: Duration.minutes(5),
      });
      const taskTimeout = sfn.Timeout.duration(Duration.minutes(2));
      return { stopWrites: new tasks.LambdaInvoke(stack, 'Read-only', { lambdaFunction, taskTimeout }) };
    };
    expect(messageOf(() => pipelineWith(late))).toContain(
      'stopWrites (Read-only): the task times out after 120 s and its function only after 300 s',
    );
  });

  test('refuses to wait for an Express state machine, which Step Functions does not start that way', () => {
    const express = (stack: Stack) => {
      const stateMachine = new sfn.StateMachine(stack, 'Express', {
        definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'nothing')),
        stateMachineType: sfn.StateMachineType.EXPRESS,
      });
      const integrationPattern = sfn.IntegrationPattern.RUN_JOB;
      return { verify: new tasks.StepFunctionsStartExecution(stack, 'Verify', { stateMachine, integrationPattern }) };
    };
    expect(messageOf(() => pipelineWith(express))).toContain('verify (Verify): Step Functions refuses to wait');
  });

  test('refuses a token for rehearse: it would be resolved to text', () => {
    const late = (stack: Stack) => ({
      rehearse: new CfnParameter(stack, 'Rehearse').valueAsString as unknown as boolean,
    });
    expect(messageOf(() => pipelineWith(late))).toContain('rehearse must be true or false');
  });

  test('accepts a project that is resolved at deployment', () => {
    expect(() =>
      pipelineWith((stack) => ({ projectId: new CfnParameter(stack, 'Project').valueAsString })),
    ).not.toThrow();
  });

  test('lists every invalid prop in one error', () => {
    const message = messageOf(() =>
      pipelineWith({
        projectId: 'p a',
        drainTimeout: Duration.seconds(1),
        approval: { timeout: Duration.days(8) },
        ready: { maxLag: Duration.millis(1500) },
        switchoverTimeout: Duration.minutes(5),
        fencePath: '$.x',
      }),
    );
    for (const name of [
      'projectId',
      'drainTimeout',
      'approval.timeout',
      'ready.maxLag',
      'switchoverTimeout',
      'fencePath',
    ])
      expect(message).toContain(name);
  });
});
