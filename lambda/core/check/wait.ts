/** A wait for a goal: what the state machine's rounds and the command line's plain loop share. */

import type { CheckResult } from '../../contract/check-result';
import { plain } from '../../contract/text';
import { ROUNDS_PER_LEG, type WaitRound, type WaitState } from '../../contract/wait';
import { worded } from '../judge/words';
import { iso } from '../model/duration';
import { InvalidInput } from '../model/errors';
import { recordOf } from '../model/fields';
import type { Poller } from '../model/snapshot';
import { type CheckPorts, check, type InvocationPorts, longestCheckMs } from './check';
import { readWaitParameters, readWaitState, type WaitParameters } from './wait-input';

/** One look for a wait under way: `startedAt` and the goal name the wait, so that every look of it is known as such. */
export function pollFor(
  order: WaitParameters,
  wait: {
    readonly startedAt: number;
    readonly deadlineAt: number;
    /** No look of this wait came before. */
    readonly isFirst: boolean;
    readonly signal?: AbortSignal;
  },
  ports: CheckPorts,
): Promise<CheckResult> {
  const question = {
    goal: order.goal,
    settings: order.settings,
    firstPoll: wait.isFirst,
    deadlineAt: wait.deadlineAt,
  };
  const looker: Poller = 'wait';
  return check(
    {
      project: order.projectId,
      looker,
      // Two that stand side by side in a pipeline are entered in the same millisecond; what they wait for tells them apart.
      waitId: `${looker}-${wait.startedAt}-${Object.values(order.goal).join('-')}`,
      question,
      scheduleIntervalSeconds: null,
      ...(order.execution === undefined ? {} : { execution: order.execution }),
      ...(wait.signal === undefined ? {} : { signal: wait.signal }),
    },
    ports,
  );
}

/**
 * Longest pause that an invocation sleeps through. Sleeping costs as much as another round of the machine from about 22 s on
 * (256 MB, arm64; three transitions); what is still slept through beyond that keeps a year at the user's 30 s within few enough rounds.
 */
const INSIDE_SECONDS = 22;
const INSIDE_SECONDS_FIXED = 45;
/** How long one invocation goes on looking, milliseconds. */
const LOOKING_MS = 140_000;

/**
 * One round of the wait loop: a look, and more of them where the pace is short.
 * @param remainingMs how long this invocation may still take, milliseconds.
 * @param accountIsKnown OMS has taken the account a moment ago, in another wait: a refusal in the first look gets its grace too.
 * Input that is wrong is a verdict, FAILED with code InvalidInput, so that the parent fails by that name.
 */
export async function waitRound(
  input: unknown,
  ports: InvocationPorts,
  remainingMs: () => number,
  accountIsKnown = false,
): Promise<WaitRound> {
  const began = ports.clock.now();
  let state: WaitState;
  try {
    state = readWaitState(input);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return refused(input, error, began);
  }
  const order = readWaitParameters(state);
  const startedAt = state.startedAt ?? began;
  const deadlineAt = state.deadlineAt ?? startedAt + order.timeoutSeconds * 1000;
  const round = (state.round ?? 0) + 1;
  let checks = state.checks ?? 0;
  for (;;) {
    const isFirst = checks === 0 && !accountIsKnown;
    const result = await pollFor(order, { startedAt, deadlineAt, isFirst }, ports);
    checks += 1;
    const pauseMs = result.waitSeconds * 1000;
    const inside = order.settings.intervalIsFixed ? INSIDE_SECONDS_FIXED : INSIDE_SECONDS;
    const pollsOn =
      result.waitSeconds <= inside &&
      ports.clock.now() + pauseMs - began <= LOOKING_MS &&
      remainingMs() > pauseMs + longestCheckMs(ports);
    if (result.verdict === 'NOT_YET' && pollsOn) {
      await ports.clock.sleep(pauseMs);
      continue;
    }
    const next = result.verdict !== 'NOT_YET' ? 'DONE' : round % ROUNDS_PER_LEG === 0 ? 'LEG_OVER' : 'WAIT';
    return { wait: { ...state, startedAt, deadlineAt, round, checks }, result, next };
  }
}

function refused(input: unknown, error: InvalidInput, now: number): WaitRound {
  const fields = recordOf(input);
  const { projectId: asked } = recordOf(fields?.request ?? fields) ?? {};
  const projectId = typeof asked === 'string' ? plain(asked, 128) : '';
  const result: CheckResult = {
    project: projectId,
    checkId: '',
    observedAt: iso(now),
    outcome: 'OK',
    status: null,
    step: null,
    structProgress: null,
    fullProgress: null,
    lagSeconds: null,
    eta: null,
    anomalies: [],
    said: {},
    problem: null,
    clockSkewSeconds: null,
    verdict: 'FAILED',
    reason: worded({ code: 'InvalidInput', params: { problems: error.problems } }),
    waitSeconds: 0,
  };
  return { wait: { projectId }, result, next: 'DONE' };
}
