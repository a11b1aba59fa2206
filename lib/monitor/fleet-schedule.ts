/** Looks at every project every few minutes, whether anybody waits or not: one schedule for a fleet of usual size, several for a large one. */
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { ALL, type FleetProjects, type FleetRequest } from '../../lambda/contract/fleet';
import { DeadLetters } from './dead-letters';

export interface FleetScheduleProps {
  readonly checkFunction: lambda.IFunction;
  /** Absent: those that OMS lists, found anew each time. */
  readonly projects: readonly string[] | undefined;
  readonly interval: Duration;
  readonly maxEventAge: Duration;
  readonly encryptionKey: kms.IKey | undefined;
}

/**
 * One invocation has 150 s for looks (3 min less what the last one may take) and looks at 16 projects at a time
 * (lambda/core/fleet/fleet.ts). Where OMS hangs, each look takes its whole 10 s, and 200 of them 125 s: so a round reaches everybody whatever
 * OMS does, and a fleet that is down is noticed in the usual time. 200 of the longest ids are 77 KB, where EventBridge Scheduler hands over
 * 256 KB at most.
 */
export const PROJECTS_PER_SCHEDULE = 200;

export class FleetSchedule extends Construct {
  /** Events that the function could not even be given. */
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: FleetScheduleProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', props.encryptionKey);
    const own = this.role(props);
    const role = own.withoutPolicyUpdates();
    for (const [index, projects] of partsOf(props.projects).entries()) {
      // A project added at the end changes the last schedule or adds one, and no other.
      const schedule = new scheduler.Schedule(this, index === 0 ? 'Schedule' : `Schedule${index + 1}`, {
        description: 'Has every OMS project looked at',
        schedule: scheduler.ScheduleExpression.rate(props.interval),
        target: new targets.LambdaInvoke(props.checkFunction, {
          input: scheduler.ScheduleTargetInput.fromObject({
            projects,
            intervalSeconds: props.interval.toSeconds(),
          } satisfies FleetRequest),
          role,
          deadLetterQueue: this.deadLetters,
          // A look that comes after the next one is due tells nothing new.
          maxEventAge: props.maxEventAge,
          retryAttempts: 5,
        }),
      });
      // Its first round may come at once: by then the role has to have its policy.
      schedule.node.addDependency(own);
    }
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

/** The projects of each schedule. */
function partsOf(projects: readonly string[] | undefined): readonly FleetProjects[] {
  if (projects === undefined) return [ALL];
  const parts = Math.ceil(projects.length / PROJECTS_PER_SCHEDULE);
  return Array.from({ length: parts }, (_, i) =>
    projects.slice(i * PROJECTS_PER_SCHEDULE, (i + 1) * PROJECTS_PER_SCHEDULE),
  );
}
