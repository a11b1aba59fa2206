/** A wait for a goal: what the state machine's rounds and the command line's loop share. */

import type { CheckResult } from '../../contract/check-result';
import { ROUNDS_PER_LEG, type WaitRound, type WaitState } from '../../contract/requests/wait';
import { iso } from '../../contract/values/duration';
import { plain } from '../../contract/values/text';
import { worded } from '../judge/words';
import { InvalidInput } from '../model/errors';
import { recordOf } from '../model/fields';
import type { Poller } from '../model/snapshot';
import type { Seat, Seats } from '../ports';
import { type CheckPorts, check, type InvocationPorts, longestCheckMs } from './check';
import { readWaitParameters, readWaitState, type WaitParameters } from './wait-input';

/** One check of a wait, which `startedAt` and the goal name. */
export function pollFor(
  parameters: WaitParameters,
  wait: {
    readonly startedAt: number;
    readonly deadlineAt: number;
    /** No poll of this wait came before. */
    readonly isFirst: boolean;
    readonly signal?: AbortSignal;
  },
  ports: CheckPorts,
): Promise<CheckResult> {
  const question = {
    goal: parameters.goal,
    settings: parameters.settings,
    firstPoll: wait.isFirst,
    deadlineAt: wait.deadlineAt,
  };
  const looker: Poller = 'wait';
  return check(
    {
      project: parameters.projectId,
      looker,
      // Two waits side by side in a pipeline are entered in the same millisecond; their goals differ.
      waitId: `${looker}-${wait.startedAt}-${Object.values(parameters.goal).join('-')}`,
      question,
      scheduleIntervalSeconds: null,
      ...(parameters.execution === undefined ? {} : { execution: parameters.execution }),
      ...(wait.signal === undefined ? {} : { signal: wait.signal }),
    },
    ports,
  );
}

/**
 * Longest pause that an invocation sleeps through. From about 22 s on sleeping costs more than another round of the state machine (256 MB,
 * arm64; three transitions). An interval that the user has set is slept through up to 45 s: a year of polls 30 s apart would be too many rounds.
 */
const SLEEP_SECONDS = 22;
const SLEEP_SECONDS_FIXED = 45;
/** For how long one invocation continues to poll. */
const POLLING_MS = 140_000;

/**
 * One round of the wait loop: a poll, and more of them where the interval is short. Invalid input is a verdict, FAILED with code InvalidInput,
 * so that the parent fails with that error name.
 * @param remainingMs how long this invocation may still take, milliseconds.
 * @param accountIsKnown OMS has just accepted the account in another wait: a rejection in the first poll has its grace period too.
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
  const parameters = readWaitParameters(state);
  const startedAt = state.startedAt ?? began;
  const deadlineAt = state.deadlineAt ?? startedAt + parameters.timeoutSeconds * 1000;
  const round = (state.round ?? 0) + 1;
  let checks = state.checks ?? 0;
  const seat = new OwnSeat(parameters, ports);
  for (;;) {
    const isFirst = checks === 0 && !accountIsKnown;
    const result = await pollFor(parameters, { startedAt, deadlineAt, isFirst }, ports);
    checks += 1;
    const pauseMs = result.waitSeconds * 1000;
    const longestSleep = parameters.settings.intervalIsFixed ? SLEEP_SECONDS_FIXED : SLEEP_SECONDS;
    const pollsAgain =
      result.waitSeconds <= longestSleep &&
      ports.clock.now() + pauseMs - began <= POLLING_MS &&
      remainingMs() > pauseMs + longestCheckMs(ports);
    if (result.verdict === 'NOT_YET' && pollsAgain && (await seat.isTaken())) {
      await ports.clock.sleep(pauseMs);
      continue;
    }
    await seat.release();
    const next = result.verdict !== 'NOT_YET' ? 'DONE' : round % ROUNDS_PER_LEG === 0 ? 'LEG_OVER' : 'WAIT';
    return { wait: { ...state, startedAt, deadlineAt, round, checks }, result, next };
  }
}

/**
 * Many waits near their ends would hold an invocation each. Beyond the seats they give way: they poll as often, but a round of the state machine
 * for each poll, which holds an invocation for the poll only. Not while writes are stopped, where seconds count, nor where the user has set the
 * interval: a year of such rounds would be too many.
 */
class OwnSeat {
  private readonly seats: Seats | undefined;
  private seat: Seat | null = null;

  constructor({ goal, settings }: WaitParameters, ports: InvocationPorts) {
    this.seats = goal.type === 'DRAINED' || settings.intervalIsFixed ? undefined : ports.seats;
  }

  async isTaken(): Promise<boolean> {
    if (this.seats === undefined) return true;
    this.seat ??= await this.seats.take();
    return this.seat !== null;
  }

  /** A seat that is not released, because the invocation died, is free again when the invocation would have ended. */
  async release(): Promise<void> {
    await this.seat?.release();
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
