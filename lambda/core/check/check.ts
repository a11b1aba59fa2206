/**
 * One check: fetch, derive, store, notify.
 * Order of effects: snapshot, then project state (with its changes and the publishing lease, in one conditional write), then publish, then
 * clear. A crash after the snapshot leaves a stored poll without consequences; after the state, changes that the next check publishes.
 */
import type { CheckResult } from '../../contract/check-result';
import { DEFAULT_WAIT_SETTINGS } from '../../contract/defaults';
import { iso } from '../../contract/values/duration';
import { worded } from '../judge/words';
import { CheckFailed, Interrupted } from '../model/errors';
import type { Observation } from '../model/progress';
import { countedUntil, MAX_CONFLICTS, type ProjectState } from '../model/project-state';
import type { Poller } from '../model/snapshot';
import { claimed, type DeliveryPorts, deliver } from '../notifications/deliver';
import { isMuted } from '../notifications/mute';
import type { Metrics, Oms, Seats } from '../ports';
import { type ConsoleWatch, mayBeConsoles } from './console';
import { type Circumstances, type Derivation, derive } from './derive';

export interface CheckPorts extends DeliveryPorts {
  readonly oms: Oms;
  /** A new unique id. */
  readonly newId: () => string;
  /** Called once a check is stored, before its changes are delivered. */
  readonly onCheck?: (result: CheckResult, looker: Poller) => void;
  readonly metrics?: Metrics;
  /** Absent where there is one project only: the command line. */
  readonly console?: ConsoleWatch;
}

/** For checks in an invocation, which ends at its timeout. */
export interface InvocationPorts extends CheckPorts {
  /** Milliseconds one poll may take. */
  readonly pollMs: number;
  /** Absent: every wait may keep its invocation. */
  readonly seats?: Seats;
}

/** What a check needs beside its poll, and its invocation after it: the store, and notifications. */
const STORE_MS = 20_000;

/** Milliseconds a check takes at most: none is begun with less left. */
export function longestCheckMs({ pollMs }: InvocationPorts): number {
  return pollMs + STORE_MS;
}

export type CheckRequest = Omit<Circumstances, 'checkId' | 'consoleFails'> & { readonly signal?: AbortSignal };

/** A check outside any wait: one poll on demand, or the schedule's, which comes again after `scheduleIntervalSeconds`. */
export function requestOutsideWait(project: string, scheduleIntervalSeconds: number | null = null): CheckRequest {
  const isScheduled = scheduleIntervalSeconds !== null;
  return {
    project,
    looker: isScheduled ? 'schedule' : 'check',
    waitId: null,
    question: {
      goal: { type: 'FINISHED' },
      settings: DEFAULT_WAIT_SETTINGS,
      // A rejected account fails a poll on demand at once; to the schedule it may be an episode.
      firstPoll: !isScheduled,
      deadlineAt: null,
    },
    scheduleIntervalSeconds,
  };
}

/**
 * @throws CheckFailed for our own failure (the store, a bug), Interrupted when the signal aborts before anything was stored;
 *   never for a failure of the migration or of OMS, which is a verdict.
 */
export async function check(request: CheckRequest, ports: CheckPorts): Promise<CheckResult> {
  const began = ports.clock.now();
  const { looker } = request;
  try {
    const { result, projectState } = await perform(request, ports);
    ports.metrics?.checked({
      result,
      looker,
      durationMs: ports.clock.now() - began,
      importance: projectState.progress?.importance ?? null,
      stalled: projectState.notified.stalled === true,
      // Muted changes are kept on purpose.
      changesPending: isMuted(projectState, ports.clock.now()) ? 0 : projectState.pending.length,
    });
    return result;
  } catch (error) {
    if (!(error instanceof Interrupted)) ports.metrics?.failed(looker);
    throw error;
  }
}

/** The last poll before a deadline gets this long, however near that is. */
const SHORTEST_POLL_MS = 2_000;

/** What a check found, and what is stored after it. */
interface Performed {
  readonly result: CheckResult;
  readonly projectState: ProjectState;
}

async function perform(request: CheckRequest, ports: CheckPorts): Promise<Performed> {
  const { project, looker, signal } = request;
  const checkId = ports.newId();
  const reading = ports.store.readState(project);
  // A failed read is thrown where it is awaited below; until then it must not count as unhandled.
  reading.catch(() => undefined);
  const { deadlineAt } = request.question;
  const hint = {
    api: async () => (await reading.catch(() => undefined))?.api ?? undefined,
    // An OMS that hangs must not delay the deadline by the whole request timeout.
    ...(deadlineAt === null ? {} : { withinMs: Math.max(SHORTEST_POLL_MS, deadlineAt - ports.clock.now()) }),
  };
  const observation = await ports.oms.poll(project, signal === undefined ? hint : { ...hint, signal });
  let before = await reading;
  const consoleFails = await consoleFailsAt(request, observation, before, ports);
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const derivation = derive(before, observation, { ...request, checkId, consoleFails });
    if (isOvertaken(before, observation, ports.clock.now()))
      return await keepOnly(derivation, before as ProjectState, ports);
    await ports.store.putSnapshot(derivation.snapshot);
    const next = claimed(derivation.projectState, checkId, ports.clock.now(), ports.leaseMs);
    const put = await ports.store.putState(next, { expectedVersion: before?.version ?? 0 });
    const stored = put === 'stored' ? next : await ports.store.readState(project);
    if (stored?.recentChecks.includes(checkId)) {
      report(ports, derivation.result, looker, stored);
      return { result: derivation.result, projectState: await deliver(stored, checkId, ports) };
    }
    before = stored;
  }
  throw new CheckFailed(
    `the state of ${project} was changed by another writer during this check ${MAX_CONFLICTS} times in a row`,
  );
}

/** Asked only where a poll fails, or is the first after one that did: while OMS answers it costs nothing. */
async function consoleFailsAt(
  { project }: CheckRequest,
  observation: Observation,
  before: ProjectState | undefined,
  ports: CheckPorts,
): Promise<boolean> {
  const isRecovery = observation.outcome === 'OK' && before !== undefined && before.outcome !== 'OK';
  if (ports.console === undefined || !(isRecovery || mayBeConsoles(observation))) return false;
  return await ports.console.sees(project, observation);
}

/**
 * The state already has a poll whose request began later, or whose reply came after ours had begun: which of two overlapping polls OMS served
 * first is unknown, and a status must not appear to go back and forth. Where that poll lies in our own future, our clock has gone back, and
 * waiting for it to catch up would ignore every poll until then.
 */
function isOvertaken(before: ProjectState | undefined, observation: Observation, now: number): boolean {
  if (before === undefined) return false;
  const counted = countedUntil(before);
  return observation.requestedAt < counted && counted <= now;
}

/** Stores the snapshot, and neither changes the state nor opens a gate. */
async function keepOnly(derivation: Derivation, before: ProjectState, ports: CheckPorts): Promise<Performed> {
  const { verdict, reason } = derivation.result;
  const result: CheckResult = {
    ...derivation.result,
    // The deadline depends on our own clock, not on the poll.
    ...(verdict === 'FAILED' && reason.code === 'DeadlineExceeded' ? {} : overtaken(before, derivation)),
  };
  await ports.store.putSnapshot({ ...derivation.snapshot, ...result });
  report(ports, result, derivation.snapshot.looker, before);
  return { result, projectState: before };
}

function overtaken(
  before: ProjectState,
  { result }: Derivation,
): Pick<CheckResult, 'verdict' | 'reason' | 'waitSeconds'> {
  return {
    verdict: 'NOT_YET',
    reason: worded({ code: 'OlderLook', params: { countedPollAt: iso(before.requestedAt) } }),
    waitSeconds: Math.max(1, result.waitSeconds),
  };
}

/** One log line with what a search or a person at night needs; the snapshot of the same `checkId` has everything. */
function report(ports: CheckPorts, result: CheckResult, looker: Poller, { notified }: ProjectState): void {
  const { project, checkId, outcome, status, step, fullProgress, lagSeconds, anomalies, problem, verdict } = result;
  const { code, message } = result.reason;
  ports.log.info('check', {
    projectId: project,
    checkId,
    looker,
    outcome,
    status,
    step,
    fullProgress,
    lagSeconds,
    // A stall has no reason code of its own where the goal has another reason, but must be found in the log.
    stalled: notified.stalled === true,
    problem,
    verdict,
    reason: { code, message },
    waitSeconds: result.waitSeconds,
    ...(anomalies.length === 0 ? {} : { anomalies }),
  });
  ports.onCheck?.(result, looker);
}
