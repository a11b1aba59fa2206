/** Polls every project at a fixed interval, whether or not a wait runs: one schedule per 200 projects. */
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { ALL, type FleetProjects, type FleetRequest } from '../../lambda/contract/events';
import { DeadLetterQueue } from './data-resources';

export interface FleetScheduleProps {
  readonly checkFunction: lambda.IFunction;
  /** Undefined: the projects that OMS lists at each poll. */
  readonly projects: readonly string[] | undefined;
  readonly interval: Duration;
  readonly maxEventAge: Duration;
  readonly encryptionKey: kms.IKey | undefined;
}

/**
 * One invocation has 150 s for polls (3 min less the time of the last one) and runs 16 at a time (lambda/core/fleet/fleet.ts). If OMS hangs,
 * each poll takes its full 10 s, and 200 polls 125 s: one invocation reaches all of them, and an outage is noticed within one interval. 200
 * ids of maximum length are 77 KB; the payload limit of EventBridge Scheduler is 256 KB.
 */
export const PROJECTS_PER_SCHEDULE = 200;

export class FleetSchedule extends Construct {
  /** Events with which the function could not be invoked. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: FleetScheduleProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props.encryptionKey);
    const ownRole = this.role(props);
    const role = ownRole.withoutPolicyUpdates();
    for (const [index, projects] of batchesOf(props.projects).entries()) {
      // A project appended to the list changes only the last schedule, or adds one.
      const schedule = new scheduler.Schedule(this, index === 0 ? 'Schedule' : `Schedule${index + 1}`, {
        description: 'Polls OMS projects',
        schedule: scheduler.ScheduleExpression.rate(props.interval),
        target: new targets.LambdaInvoke(props.checkFunction, {
          input: scheduler.ScheduleTargetInput.fromObject({
            projects,
            intervalSeconds: props.interval.toSeconds(),
          } satisfies FleetRequest),
          role,
          deadLetterQueue: this.deadLetters,
          // A poll that is delayed past the next one is obsolete.
          maxEventAge: props.maxEventAge,
          retryAttempts: 5,
        }),
      });
      // The first invocation may follow at once, and needs the policy of the role.
      schedule.node.addDependency(ownRole);
    }
  }

  /** A role of our own: the one that the target creates may also invoke every version and alias of the function. */
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

/** The projects of each schedule. */
function batchesOf(projects: readonly string[] | undefined): readonly FleetProjects[] {
  if (projects === undefined) return [ALL];
  const batches = Math.ceil(projects.length / PROJECTS_PER_SCHEDULE);
  return Array.from({ length: batches }, (_, i) =>
    projects.slice(i * PROJECTS_PER_SCHEDULE, (i + 1) * PROJECTS_PER_SCHEDULE),
  );
}
