/**
 * Counts the history events of a wait of 365 days on a project without progress. Three legs run in full; then the parent runs over the whole
 * year, with legs that only take as long as those did.
 */

import type { Definition } from '../../local/step-functions/definition';
import type { ExecutionResult } from '../../local/step-functions/execution';
import { StateMachines } from '../../local/step-functions/state-machine';
import { VirtualClock } from '../../local/virtual-clock';
import { type OurMachines, playOurs } from './pollers/our-wait';
import { BEGINS_AT, NEW_PROJECT, type Trace } from './traces/trace';

export interface LongestWait {
  readonly days: number;
  /** As set by the user; null: default. */
  readonly intervalSeconds: number | null;
  readonly legs: number;
  readonly largestLegHistory: number;
  readonly parentHistory: number;
}

const DAYS = 365;
const DAY_MS = 86_400_000;
/** The first leg may poll more often than the later ones. */
const LEGS_PLAYED = 3;

const NEVER_DONE: Trace = {
  goal: { type: 'FINISHED' },
  stateAt: () => ({ ...NEW_PROJECT, status: 'RUNNING', step: 'FULL_MIGRATION', struct: 100, full: 99 }),
  reachedAt: null,
  failures: [],
};

/** @param ours the state machines as synthesized. */
export async function longestWait(ours: OurMachines, intervalSeconds: number | null): Promise<LongestWait> {
  const legs = await playLegs(ours, intervalSeconds);
  // The shortest legs give the most events in the parent.
  const legMs = Math.min(...legs.map(({ startedAt, stoppedAt }) => stoppedAt - startedAt));
  const parent = await playParent(ours, legMs);
  return {
    days: DAYS,
    intervalSeconds,
    legs: parent.legs,
    largestLegHistory: Math.max(...legs.map(({ historyEvents }) => historyEvents)),
    parentHistory: parent.end.historyEvents,
  };
}

/** Without the last leg, which the deadline ends. */
async function playLegs(ours: OurMachines, intervalSeconds: number | null): Promise<readonly ExecutionResult[]> {
  const interval =
    intervalSeconds === null ? {} : { minIntervalSeconds: intervalSeconds, maxIntervalSeconds: intervalSeconds };
  // Twice what a leg may take: an invocation and a wait for each of 500 rounds.
  const timeoutSeconds = 2 * LEGS_PLAYED * 500 * (180 + (intervalSeconds ?? 300));
  const { executions } = await playOurs(NEVER_DONE, ours, { request: { ...interval, timeoutSeconds } });
  const legs = executions.filter(({ machineArn }) => machineArn !== ours.wait).slice(0, -1);
  if (legs.length < LEGS_PLAYED) throw new Error(`only ${legs.length} whole legs were played`);
  return legs;
}

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Leg';

const EMPTY_LEG: Definition = {
  StartAt: 'Leg',
  States: {
    Leg: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: FUNCTION, 'Payload.$': '$' },
      OutputPath: '$.Payload',
      End: true,
    },
  },
};

async function playParent(
  ours: OurMachines,
  legMs: number,
): Promise<{ readonly end: ExecutionResult; readonly legs: number }> {
  const clock = new VirtualClock(BEGINS_AT);
  let legs = 0;
  const machines = new StateMachines({
    machines: new Map(ours.machines.map(([arn, definition]) => [arn, arn === ours.wait ? definition : EMPTY_LEG])),
    clock,
    invoke: async (_, payload) => {
      legs += 1;
      await clock.sleep(legMs);
      const over = clock.now() - BEGINS_AT >= DAYS * DAY_MS;
      return {
        ...(payload as object),
        result: over
          ? { verdict: 'FAILED', reason: { code: 'DeadlineExceeded', message: 'a year' } }
          : { verdict: 'NOT_YET', waitSeconds: 1 },
      };
    },
  });
  const end = await machines.run(ours.wait, { projectId: 'p_bench' });
  if (end.error !== 'DeadlineExceeded') throw new Error(`the year ended as ${end.error ?? end.status}: ${end.cause}`);
  return { end, legs };
}
