/** The only place that puts a reason into words. A code without words does not compile. */

import type { OmsWords } from '../../contract/oms';
import type {
  CopyPhase,
  Fence,
  Graced,
  LagNeeded,
  PhaseAt,
  Reason,
  ReasonCode,
  ReasonParams,
  Standing,
  WordedReason,
} from '../../contract/reason';
import { formatCompared, formatDuration } from '../../contract/values/duration';
import { joined, withoutStop } from '../../contract/values/text';

type Words = { readonly [Code in ReasonCode]: (params: ReasonParams[Code]) => string };

/** Without the grace period, which graceOf words. */
const CONDITIONS: Words = {
  Finished: ({ unfinished }) => `the project is FINISHED${beware(unfinished)}`,
  Synced: ({ lagSeconds, maxLagSeconds, heldSeconds, checkpoints }) =>
    `lag ${formatDuration(lagSeconds)}, within ${formatDuration(maxLagSeconds)} for ${formatDuration(heldSeconds)} over ${checkpoints} checkpoints`,
  Drained: (fence) => `checkpoint ${fence.checkpointAt} is past ${fenceOf(fence)}`,
  Switched: ({ reverse, unfinished }) =>
    reverse === null
      ? `the project is FINISHED, and reverse synchronization is off${beware(unfinished)}`
      : `step ${reverse.step}, and the reverse checkpoint moves (${reverse.values} values seen, now ${reverse.checkpointAt})`,

  NoAnswer: ({ problem }) => problem,
  NotStarted: standingOf,
  NotFinished: standingOf,
  MayNeverFinish: (standing) =>
    `${standingOf(standing)}; incremental synchronization is on, so it may stay RUNNING forever; to cut over, wait for SYNCED`,
  Stalled: (standing) =>
    `${standingOf(standing)}; no progress for ${formatDuration(standing.stillSeconds)}: check the step in the OMS console`,
  OddValue: ({ field, value, problem }) => `${field} ${problem} (${value}); a gate opens only on valid values`,
  NotRunning: ({ status }) => `status is ${status}, must be exactly RUNNING`,
  CopyUnknown: ({ phase }) => `OMS did not report whether ${PHASE_NAMES[phase]} is enabled`,
  CopyNotDone: ({ phase, percent }) =>
    `${PHASE_NAMES[phase]} is at ${percent === null ? 'an unknown percentage' : `${percent} %`}, must be at 100 %`,
  NotIncremental: ({ enableIncrSync, step }) =>
    enableIncrSync === true
      ? `step is ${step ?? 'unknown'}, must be an incremental one (INCR_SYNC)`
      : 'OMS did not report that incremental synchronization is enabled',
  CheckpointUnknown: ({ direction }) =>
    `OMS reported no valid ${direction === 'reverse' ? 'reverse' : 'incremental'} checkpoint`,
  CheckpointImplausible: ({ direction, checkpointAt, byOmsClock }) =>
    `the ${direction} checkpoint ${checkpointAt} is more than 60 s in the future${byOmsClock ? " by OMS's clock, which is behind ours" : ''}; synchronize the clocks of the databases and of OMS (NTP)`,
  CheckpointNotMoving: ({ stillSeconds, fence }) =>
    `${fence === null ? 'the checkpoint' : `${missing(fence)}; it`} has not moved for ${formatDuration(stillSeconds)}; if the source is idle, write a marker row there`,
  LagUnknown: ({ clockAheadSeconds }) =>
    `OMS's clock is ${formatDuration(clockAheadSeconds)} ahead of ours, so the lag is unknown; synchronize both with the same time servers (NTP)`,
  LagTooHigh: (lag) => `${neededOf(lag)}${bestOf(lag)}`,
  NotHeldYet: ({ heldSeconds, checkpoints, minCheckpoints, pollGap, ...lag }) => {
    const held = `held for ${formatDuration(heldSeconds)} over ${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'}`;
    const gap =
      pollGap === null
        ? ''
        : `; this poll came ${formatDuration(pollGap.seconds)} after the previous one, and a hold allows at most ${formatDuration(pollGap.maxSeconds)}`;
    return `${neededOf(lag)} and over ${minCheckpoints} checkpoints; ${held}${gap}${bestOf(lag)}`;
  },
  LookBeforeFence: ({ pollBeganAt, writesStoppedAt, byOmsClock }) =>
    `this poll began at ${pollBeganAt}${byOmsClock ? " by OMS's clock, which is behind ours," : ','} before writes stopped at ${writesStoppedAt}`,
  NotDrained: missing,
  NotSwitched: ({ step, enableReverseIncrSync }) => {
    const needed =
      enableReverseIncrSync === false
        ? 'the project must become FINISHED, because reverse synchronization is off'
        : 'must be a reverse one (REVERSE_INCR_SYNC)';
    return `step is ${step ?? 'unknown'}, ${needed}; switch over in the OMS console`;
  },
  ReverseNotMoving: ({ stillSeconds }) =>
    stillSeconds === null
      ? 'the reverse checkpoint has shown only one value so far; it must move'
      : `the reverse checkpoint has not moved for ${formatDuration(stillSeconds)}; if the target is idle, write a marker row there`,
  OlderLook: ({ countedPollAt }) =>
    `another check polled this project at the same time or later, at ${countedPollAt}; that poll counts`,

  MigrationFailed: ({ said }) => `the project is FAILED${omsSays(said)}`,
  MigrationSuspended: ({ said }) => `the project is suspended (SUSPEND)${omsSays(said)}`,
  UnknownStatus: ({ status }) => `OMS reports an unrecognized status, ${status}`,
  OmsUnreachable: ({ problem }) => problem,
  OmsRejectedCredentials: ({ problem }) => problem,

  MigrationGone: ({ status, problem }) =>
    status === null
      ? `the project no longer exists in OMS: ${problem}`
      : `the project is ${status}: it is being removed, which cannot be undone`,
  OmsProjectNotFound: ({ problem }) => problem,
  GoalUnreachable: ({ goal, because }) => `${UNREACHABLE_BECAUSE[because]}, so it cannot become ${goal}`,
  DeadlineExceeded: ({ goal, deadlineAt, last }) => `not ${goal} by ${deadlineAt}; last seen: ${messageOf(last)}`,
  InvalidInput: ({ problems }) => problems.join('\n'),
};

const UNREACHABLE_BECAUSE: Record<ReasonParams['GoalUnreachable']['because'], string> = {
  FINISHED: 'the project is FINISHED and no longer follows its source',
  INCREMENTAL_SYNC_OFF: 'the project has no incremental synchronization and can only become FINISHED',
  REVERSE_SYNC_NOT_OFF: 'the project is FINISHED, and OMS did not report that reverse synchronization is off',
};

const PHASE_NAMES: Record<CopyPhase, string> = { structure: 'structure migration', full: 'full migration' };

/** What a person has to know of a FINISHED that stands. */
function beware(unfinished: readonly PhaseAt[]): string {
  const phases = unfinished.map(({ phase, percent }) => `${PHASE_NAMES[phase]} is at ${percent} %`);
  return phases.length === 0 ? '' : `, but ${phases.join(' and ')}: compare the target with the source`;
}

/** With its message, as a check result carries it. */
export function worded(reason: Reason): WordedReason {
  return { ...reason, message: messageOf(reason) };
}

export function messageOf(reason: Reason): string {
  const grace = graceOf(reason);
  return grace === null ? conditionOf(reason) : joined([conditionOf(reason), grace]);
}

/** What holds, without how long it is tolerated: a single check has no grace period. */
export function conditionOf<Code extends ReasonCode>({ code, params }: Reason<Code>): string {
  return CONDITIONS[code](params);
}

/** `observed for 10 s, fails after 2 min`; null for a reason without a grace period. */
export function graceOf({ params }: Reason): string | null {
  if (!('graceSeconds' in params)) return null;
  const { lastedSeconds, graceSeconds }: Graced = params;
  const grace = formatDuration(graceSeconds);
  return `observed for ${formatDuration(lastedSeconds)}, ${lastedSeconds >= graceSeconds ? `grace period ${grace}` : `fails after ${grace}`}`;
}

/** `RUNNING, FULL_MIGRATION 63 %, about 2 h 10 min of copying left`. */
function standingOf({ status, step, fullProgress, copySecondsLeft }: Standing): string {
  const place = step === null ? '' : `, ${step}${fullProgress === null ? '' : ` ${fullProgress} %`}`;
  const left = copySecondsLeft === null ? '' : `, about ${formatDuration(copySecondsLeft)} of copying left`;
  return `${status}${place}${left}`;
}

function neededOf({ lagSeconds, maxLagSeconds, holdSeconds }: LagNeeded): string {
  const [lag, most] = formatCompared(lagSeconds, maxLagSeconds);
  return `lag ${lag}, must be ${most} or less for ${formatDuration(holdSeconds)}`;
}

function bestOf({ bestLagSeconds }: LagNeeded): string {
  return bestLagSeconds === null ? '' : `; best so far ${formatDuration(bestLagSeconds)}`;
}

function missing(fence: Fence): string {
  return `checkpoint ${fence.checkpointAt}, must be past ${fenceOf(fence)}`;
}

function fenceOf({ neededAfter, writesStoppedAt, marginSeconds, clockAheadSeconds }: Fence): string {
  const ahead = clockAheadSeconds === 0 ? '' : `, OMS's clock ahead by ${formatDuration(clockAheadSeconds)}`;
  return `${neededAfter} (writes stopped ${writesStoppedAt}, margin ${formatDuration(marginSeconds)}${ahead})`;
}

/** `; OMS says: message; reason; step; advice`, without what it left out and without full stops; empty when OMS says nothing. */
function omsSays(said: OmsWords): string {
  const words = [withCode(said), said.reason, failedStepOf(said), said.proposal ?? said.advice].filter(
    (word) => word !== undefined,
  );
  return words.length === 0 ? '' : `; OMS says: ${joined(words.map(withoutStop))}`;
}

/** OMS's message under the code by which its manual explains it. */
export function withCode({ code, message }: OmsWords): string | undefined {
  if (code === undefined || message?.includes(code)) return message;
  return message === undefined ? code : `${code}: ${message}`;
}

/** `step FULL_MIGRATION failed: target is full`, with its code where it has one; undefined where OMS names none. */
export function failedStepOf({ failedStep, failedStepCode, failedStepMessage }: OmsWords): string | undefined {
  if (failedStep === undefined) return undefined;
  const why = withCode({
    ...(failedStepCode === undefined ? {} : { code: failedStepCode }),
    ...(failedStepMessage === undefined ? {} : { message: failedStepMessage }),
  });
  return `step ${failedStep} failed${why === undefined ? '' : `: ${why}`}`;
}
