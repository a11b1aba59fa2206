/** Looks at every project every few minutes, whether anybody waits or not. */
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters';

export interface FleetScheduleProps {
  readonly checkFunction: lambda.IFunction;
  readonly projects: readonly string[];
  readonly interval: Duration;
  readonly maxEventAge: Duration;
  readonly encryptionKey: kms.IKey | undefined;
}

export class FleetSchedule extends Construct {
  readonly schedule: scheduler.Schedule;
  /** Events that the function could not even be given. */
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: FleetScheduleProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', props.encryptionKey);
    this.schedule = new scheduler.Schedule(this, 'Schedule', {
      description: 'Has every OMS project looked at',
      schedule: scheduler.ScheduleExpression.rate(props.interval),
      target: new targets.LambdaInvoke(props.checkFunction, {
        input: scheduler.ScheduleTargetInput.fromObject({
          projects: [...props.projects],
          intervalSeconds: props.interval.toSeconds(),
        }),
        role: this.role(props).withoutPolicyUpdates(),
        deadLetterQueue: this.deadLetters,
        // A look that comes after the next one is due tells nothing new.
        maxEventAge: props.maxEventAge,
        retryAttempts: 5,
      }),
    });
  }

  /** By hand, because the target's own role would also be given every version and alias of the function. */
  private role(props: FleetScheduleProps): iam.Role {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
    });
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.checkFunction.functionArn] }),
    );
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }));
    props.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    return role;
  }
}
