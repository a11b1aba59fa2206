import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { CutoverPipeline, type CutoverPipelineProps } from '../../lib';
import { refuseUnknown } from '../../local/state-machine-definition';
import { definitionOf, messageOf, newMonitor, newStack } from './stacks';

const validate = require('asl-validator') as (definition: unknown) => { isValid: boolean; errors: unknown[] };

function pipelineWith(props: Partial<CutoverPipelineProps> | ((stack: Stack) => Partial<CutoverPipelineProps>) = {}) {
  const stack = newStack();
  const step = (name: string) => new sfn.Pass(stack, name);
  const pipeline = new CutoverPipeline(stack, 'Cutover', {
    monitor: newMonitor(stack),
    stopWrites: step('stop'),
    switchTraffic: step('switch'),
    resumeWrites: step('resume'),
    ...(typeof props === 'function' ? props(stack) : props),
  });
  const template = Template.fromStack(stack);
  return { stack, pipeline, template, definition: definitionOf({ stack, template }, pipeline.stateMachine) };
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
  ])('is valid, and can be played on a laptop, %s', (_, props) => {
    const { definition } = pipelineWith(props);
    expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
    expect(() => refuseUnknown('Cutover', definition)).not.toThrow();
  });

  test('catches whatever the user’s steps throw, each of them', () => {
    const { definition } = pipelineWith(everything);
    const users = Object.entries(definition.States).filter(
      ([, state]) => state.Type === 'Parallel' && String(state.Comment).startsWith('Yours'),
    );
    expect(users.map(([name]) => name).sort()).toEqual([
      '3 Stop writes',
      '5 Switchover',
      '6 Verify',
      '7 Switch traffic',
      'Resume writes',
      'Roll back',
    ]);
    for (const [, state] of users)
      expect(state.Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'] })]);
  });

  test('gives up no later than about twenty seconds of tries while writes are stopped', () => {
    const { definition } = pipelineWith(everything);
    const names = ['3 Fence', '4 Drained: look', '4 Drained: note', '7 Switch traffic: note'];
    for (const name of names) {
      const retriers = definition.States[name]?.Retry ?? [];
      expect(retriers.at(-1)).toEqual({
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxDelaySeconds: 5,
        MaxAttempts: 6,
      });
    }
  });

  test('asks for the drain once more only where OMS was not switched over', () => {
    expect(Object.keys(pipelineWith().definition.States)).toContain('6 Drained again: look');
    expect(Object.keys(pipelineWith({ switchover: 'operator' }).definition.States)).not.toContain(
      '6 Drained again: look',
    );
  });
});

describe('the rule on the execution’s end', () => {
  test('hears of every end, and hands it to the function as it is', () => {
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

describe('the props', () => {
  test('refuses what cannot be meant, all at once', () => {
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
