/** EventBridge Scheduler, locally: invokes each schedule's target with its input, at its rate. */
import { SCHEDULED_TIME } from '../../lambda/contract/fleet';
import { CheckFailed, Interrupted } from '../../lambda/core/model/errors';
import type { Clock } from '../../lambda/core/ports';
import type { StackSchedule } from '../cloudformation/template';

export interface ScheduledRun {
  readonly schedule: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly result?: unknown;
  /** What the target threw. AWS would retry and then use the dead-letter queue. */
  readonly error?: unknown;
}

export class ScheduleRuns {
  private readonly schedules: readonly StackSchedule[];
  private readonly clock: Clock;
  private readonly invoke: (targetArn: string, input: unknown) => Promise<unknown>;

  constructor(
    schedules: readonly StackSchedule[],
    clock: Clock,
    invoke: (targetArn: string, input: unknown) => Promise<unknown>,
  ) {
    this.schedules = schedules;
    this.clock = clock;
    this.invoke = invoke;
  }

  async once(): Promise<readonly ScheduledRun[]> {
    return Promise.all(this.schedules.map((schedule) => this.run(schedule)));
  }

  /** As in AWS, a run that takes longer than the rate does not delay the next one. */
  async until(signal: AbortSignal): Promise<void> {
    for (const { logicalId, expression, intervalSeconds } of this.schedules) {
      if (intervalSeconds === undefined)
        throw new CheckFailed(`the schedule ${logicalId} is ${expression}; only rate(…) is supported here`);
    }
    await Promise.all(this.schedules.map((schedule) => this.repeat(schedule, signal)));
  }

  private async repeat(schedule: StackSchedule, signal: AbortSignal): Promise<void> {
    const underWay = new Set<Promise<unknown>>();
    while (!signal.aborted) {
      const run = this.run(schedule).finally(() => underWay.delete(run));
      underWay.add(run);
      await this.clock.sleep((schedule.intervalSeconds ?? 0) * 1_000, signal).catch((error: unknown) => {
        if (!(error instanceof Interrupted)) throw error;
      });
    }
    await Promise.all(underWay);
  }

  private async run({ logicalId, targetArn, input }: StackSchedule): Promise<ScheduledRun> {
    const at = this.clock.now();
    try {
      return { schedule: logicalId, at, result: await this.invoke(targetArn, due(input, at)) };
    } catch (error) {
      return { schedule: logicalId, at, error };
    }
  }
}

/** Scheduler replaces its context attributes in the input; the time is to the second. */
function due(input: unknown, at: number): unknown {
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return JSON.parse(JSON.stringify(input).replaceAll(SCHEDULED_TIME, time));
}
