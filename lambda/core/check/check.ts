/**
 * One check: fetch, derive, store, tell.
 * Order of effects: snapshot, then latest (state, changes and the publishing lease in one conditional write), then publish, then clear.
 * A crash after the snapshot leaves a look that was kept but led to nothing; after latest, changes that the next check tells.
 */
import type { CheckResult } from '../../contract/check-result';
import { DEFAULT_WAIT_SETTINGS } from '../../contract/defaults';
import { worded } from '../judge/words';
import { iso } from '../model/duration';
import { CheckFailed, Interrupted } from '../model/errors';
import type { Observation } from '../model/progress';
import { countedUntil, MAX_CONFLICTS, type ProjectState } from '../model/project-state';
import type { Poller } from '../model/snapshot';
import { claimed, type DeliveryPorts, deliver } from '../notifications/deliver';
import { isMuted } from '../notifications/mute';
import type { Metrics, Oms } from '../ports';
import { type Circumstances, type Derivation, derive } from './derive';

export interface CheckPorts extends DeliveryPorts {
  readonly oms: Oms;
  /** A new id, unique for ever. */
  readonly newId: () => string;
  /** Called once a check is stored, before its changes are delivered. */
  readonly onCheck?: (result: CheckResult, looker: Poller) => void;
  readonly metrics?: Metrics;
}

/** For checks in an invocation, which ends at its time-out whatever it does. */
export interface InvocationPorts extends CheckPorts {
  /** Milliseconds one poll may take. */
  readonly pollMs: number;
}

/** What a check needs beside its poll, and its invocation after it: the store, and notifications. */
const STORE_MS = 20_000;

/** Milliseconds a check takes at most: none is begun with less left. */
export function longestCheckMs({ pollMs }: InvocationPorts): number {
  return pollMs + STORE_MS;
}

export type CheckRequest = Omit<Circumstances, 'checkId'> & { readonly signal?: AbortSignal };

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
 * @throws CheckFailed for our own trouble (the store, a bug), Interrupted when the signal aborts before anything was stored;
 *   never for the migration's or OMS's trouble, which is a verdict.
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
      // What is kept on purpose is not stuck.
      changesPending: isMuted(projectState, ports.clock.now()) ? 0 : projectState.pending.length,
    });
    return result;
  } catch (error) {
    if (!(error instanceof Interrupted)) ports.metrics?.failed(looker);
    throw error;
  }
}

/** The last look before a deadline gets this long, however near that is. */
const SHORTEST_LOOK_MS = 2_000;

/** What a check found, and what is stored after it. */
interface Performed {
  readonly result: CheckResult;
  readonly projectState: ProjectState;
}

async function perform(request: CheckRequest, ports: CheckPorts): Promise<Performed> {
  const { project, looker, signal } = request;
  const checkId = ports.newId();
  const reading = ports.store.readState(project);
  // A failed read is thrown where it is awaited below; until then it must not count as unhandled while OMS still answers.
  reading.catch(() => undefined);
  const { deadlineAt } = request.question;
  const hint = {
    api: async () => (await reading.catch(() => undefined))?.api ?? undefined,
    // An OMS that hangs must not hold up a deadline for its whole time-out.
    ...(deadlineAt === null ? {} : { withinMs: Math.max(SHORTEST_LOOK_MS, deadlineAt - ports.clock.now()) }),
  };
  const observation = await ports.oms.poll(project, signal === undefined ? hint : { ...hint, signal });
  let before = await reading;
  for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts += 1) {
    const derivation = derive(before, observation, { ...request, checkId });
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
  throw new CheckFailed(`the latest item of ${project} changed under this check ${MAX_CONFLICTS} times in a row`);
}

/**
 * Another check whose request began later is in already, or one whose reply came after ours had begun: which of two looks that overlap
 * OMS saw first cannot be known, and a status must not go back and forth where it did not. Where that look lies in our own future, our
 * clock has gone back, and waiting for it to catch up would blind us.
 */
function isOvertaken(before: ProjectState | undefined, observation: Observation, now: number): boolean {
  if (before === undefined) return false;
  const counted = countedUntil(before);
  return observation.requestedAt < counted && counted <= now;
}

/** Keeps the look, changes nothing, opens nothing. */
async function keepOnly(derivation: Derivation, before: ProjectState, ports: CheckPorts): Promise<Performed> {
  const { verdict, reason } = derivation.result;
  const result: CheckResult = {
    ...derivation.result,
    // The deadline is our own clock's to say, and no look's.
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

/** Everything a person asks for afterwards stands in this one line. */
function report(ports: CheckPorts, result: CheckResult, looker: Poller, { notified }: ProjectState): void {
  // A stall is no reason where the goal has another one, and is looked for all the same.
  ports.log.info('check', { projectId: result.project, looker, stalled: notified.stalled === true, ...result });
  ports.onCheck?.(result, looker);
}
