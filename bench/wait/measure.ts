/** Runs one trace with one poller: how late it was, what it cost, and whether it survived to the end. */
import { dollars } from './pollers/bill';
import { JOB_FAILED, playJobPoller, restartedJobPoller } from './pollers/job-poller';
import { type OurMachines, playOurs } from './pollers/our-wait';
import type { Play } from './pollers/play';
import { BEGINS_AT, type Trace } from './traces/trace';

export const INTERVALS = [30, 60, 300] as const;
export const POLLERS = ['ours', 'job-poller-30', 'job-poller-60', 'job-poller-300'] as const;
export type Poller = (typeof POLLERS)[number];

export interface Measured extends Omit<Play, 'end' | 'executions' | 'completedAt' | 'notifiedFailures'> {
  readonly poller: Poller;
  /** SUCCEEDED, or the error's name. */
  readonly end: string;
  /** Ended at the goal, or on the failure that was one. */
  readonly survived: boolean;
  /** From the goal in OMS until the execution completes; null if there is no goal or it did not survive. */
  readonly delaySeconds: number | null;
  /** From FAILED in OMS until the notification, for each failure. */
  readonly failureDelaysSeconds: readonly number[];
  readonly dollars: number;
  /** Of a job poller that did not survive, if it is restarted each time. */
  readonly ifRestarted?: { readonly delaySeconds: number; readonly dollars: number; readonly restarts: number };
}

export interface MeasuredTrace {
  /** Until the goal, or the final failure. */
  readonly seconds: number;
  readonly runs: readonly Measured[];
}

export async function measureTrace(trace: Trace, ours: OurMachines): Promise<MeasuredTrace> {
  const runs = [measured('ours', trace, await playOurs(trace, ours))];
  for (const interval of INTERVALS) {
    const run = measured(`job-poller-${interval}`, trace, await playJobPoller(trace, interval));
    runs.push(run.survived ? run : { ...run, ...ifRestarted(trace, interval, run) });
  }
  const endsAt = trace.reachedAt ?? trace.failures.at(-1)?.from ?? BEGINS_AT;
  return { seconds: (endsAt - BEGINS_AT) / 1000, runs };
}

function measured(poller: Poller, trace: Trace, play: Play): Measured {
  const { end, executions: _, completedAt, notifiedFailures, ...usage } = play;
  // An end before the goal does not count as survived.
  const early = trace.reachedAt !== null && end.stoppedAt < trace.reachedAt;
  const final = trace.failures.at(-1);
  const failedRightly =
    trace.reachedAt === null && end.status === 'FAILED' && final !== undefined && end.stoppedAt >= final.from;
  const known = end.error === (poller === 'ours' ? 'MigrationFailed' : JOB_FAILED);
  const survived = trace.reachedAt === null ? failedRightly && known : end.status === 'SUCCEEDED' && !early;
  return {
    ...usage,
    poller,
    end: end.error ?? end.status,
    survived,
    delaySeconds: survived && trace.reachedAt !== null ? (completedAt - trace.reachedAt) / 1000 : null,
    failureDelaysSeconds: failureDelays(trace, notifiedFailures),
    dollars: dollars(play),
  };
}

/** The latest notification of a failure that the last poll during it sees. */
const TELLING_MS = 1_000;

/** One delay for each failure that was seen by a poll. */
function failureDelays({ failures }: Trace, notified: readonly number[]): number[] {
  return failures.flatMap(({ from, to }) => {
    const at = notified.find((moment) => moment >= from && moment < to + TELLING_MS);
    return at === undefined ? [] : [(at - from) / 1000];
  });
}

function ifRestarted(trace: Trace, interval: number, run: Measured): Pick<Measured, 'ifRestarted'> {
  const restarted = restartedJobPoller(trace, interval);
  if (restarted === null || trace.reachedAt === null) return {};
  const { completedAt, rounds, restarts } = restarted;
  return {
    ifRestarted: {
      delaySeconds: (completedAt - trace.reachedAt) / 1000,
      dollars: (run.dollars / run.invocations) * rounds,
      restarts,
    },
  };
}
