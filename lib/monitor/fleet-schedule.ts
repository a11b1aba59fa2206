/**
 * Polls every project at a fixed interval, whether or not a wait runs: one schedule, and for a large fleet several turns in an interval.
 *
 * A turn is a share of the projects, so that OMS has the same to do all the time instead of everything at once. What AWS guarantees is the rate of a
 * schedule and the time it was due, which is in the event; the share follows from that time. Several schedules with an offset each would need start
 * dates, which CreateSchedule refuses once they are past, or cron expressions, which are uniform only for intervals that divide an hour;
 * a flexible time window moves each poll at random; and an invocation that sleeps its share is billed for it.
 */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { ALL, type FleetEvent, LISTED, partsFor, SCHEDULED_TIME, SMALL_FLEET } from '../../lambda/contract/fleet';
import { DeadLetterQueue } from './data-resources';

export interface FleetScheduleProps {
  readonly checkFunction: lambda.IFunction;
  /** Undefined: the projects that OMS lists at each poll. */
  readonly projects: readonly string[] | undefined;
  readonly interval: Duration;
  readonly maxEventAge: Duration;
  readonly encryptionKey: kms.IKey | undefined;
}

/** Rarely more often than once a minute, the shortest rate of a schedule; a day has 60 turns of 24 minutes. */
const MAX_TURNS = 60;

export class FleetSchedule extends Construct {
  /** Events with which the function could not be invoked. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: FleetScheduleProps) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', props.encryptionKey);
    const ownRole = this.role(props);
    const role = ownRole.withoutPolicyUpdates();
    const turns = turnsOf(props);
    const schedule = new scheduler.Schedule(this, 'Schedule', {
      description: 'Polls OMS projects',
      schedule: scheduler.ScheduleExpression.rate(Duration.minutes(props.interval.toMinutes() / turns)),
      target: new targets.LambdaInvoke(props.checkFunction, {
        input: scheduler.ScheduleTargetInput.fromObject({
          projects: isListed(props.projects) ? LISTED : (props.projects ?? ALL),
          intervalSeconds: props.interval.toSeconds(),
          ...(turns === 1 ? {} : { turn: { at: SCHEDULED_TIME, of: turns } }),
        } satisfies FleetEvent),
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

  /** A role of our own: the one that the target creates may also invoke every version and alias of the function. */
  private role(props: FleetScheduleProps): iam.Role {
    const role = new SchedulerRole(this, 'Role');
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.checkFunction.functionArn] }),
    );
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }));
    props.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
    return role;
  }
}

/** Assumed by the schedules of this account only. */
export class SchedulerRole extends iam.Role {
  constructor(scope: Construct, id: string) {
    const stack = Stack.of(scope);
    const group = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    super(scope, id, {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
    });
  }
}

type Fleet = Pick<FleetScheduleProps, 'projects' | 'interval'>;

/** Too many for the input of a schedule (256 KB), and for a template of 1 MB: the ids are deployed as a layer of the function. */
export function isListed(projects: readonly string[] | undefined): projects is readonly string[] {
  return projects !== undefined && projects.length > SMALL_FLEET;
}

/** True where a turn may be too much for one invocation, which then starts others. */
export function mayBeDivided(fleet: Fleet): boolean {
  return fleet.projects === undefined || partsFor(fleet.projects.length, turnsOf(fleet)) > 1;
}

/** A rate has whole minutes, so the number of turns divides the interval. */
function turnsOf({ projects, interval }: Fleet): number {
  if (projects !== undefined && !isListed(projects)) return 1;
  const minutes = interval.toMinutes();
  let turns = Math.min(minutes, MAX_TURNS);
  while (minutes % turns !== 0) turns -= 1;
  return turns;
}
