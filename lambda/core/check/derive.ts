/** One check's decision, pure: a poll and the project state in; snapshot, next state with its pending changes, verdict and poll interval out. */

import type { CheckResult } from '../../contract/check-result';
import { iso } from '../../contract/values/duration';
import { judge, type Question } from '../judge/judge';
import { pollIntervalSeconds } from '../judge/poll-interval';
import { worded } from '../judge/words';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import type { Poller, Snapshot } from '../model/snapshot';
import { withChanges } from '../notifications/detect';
import { observe } from '../observe/observe';
import { latestPollBy } from '../observe/series';

export interface Derivation {
  readonly projectState: ProjectState;
  readonly snapshot: Snapshot;
  readonly result: CheckResult;
}

export interface Circumstances {
  readonly project: string;
  readonly checkId: string;
  readonly looker: Poller;
  /** Names the wait; null outside a wait. */
  readonly waitId: string | null;
  /** ARN of the execution that waits, for notifications. */
  readonly execution?: string;
  /** OMS as a whole fails, which is notified once for all projects. */
  readonly consoleFails?: boolean;
  readonly question: Question;
  /** Whole seconds between scheduled polls; null where this poll is not the schedule's. */
  readonly scheduleIntervalSeconds: number | null;
}

export function derive(
  before: ProjectState | undefined,
  observation: Observation,
  circumstances: Circumstances,
): Derivation {
  const { project, checkId, question, looker, execution, waitId } = circumstances;
  const { projectState: observed, assessment } = observe(before, observation, project, checkId, question.settings);
  const judgement = judge(question, assessment, observed);
  const waitSeconds = pollIntervalSeconds(question, assessment, observed, judgement);
  const seen = observation.outcome === 'OK' ? observation.progress : null;
  const { lagSeconds, eta, anomalies } = assessment;
  const changed = withChanges(before, observed, assessment, {
    question,
    judgement,
    waitId,
    ...(execution === undefined ? {} : { execution }),
    consoleFails: circumstances.consoleFails === true,
  });
  const scheduled = circumstances.scheduleIntervalSeconds;
  const projectState: ProjectState = {
    ...changed,
    // A poll that ends a wait announces no next one; other pollers' intervals still hold.
    nextPollBy: waitSeconds === 0 ? observed.nextPollBy : latestPollBy(observation.answeredAt, waitSeconds),
    nextScheduledBy: scheduled === null ? observed.nextScheduledBy : latestPollBy(observation.answeredAt, scheduled),
  };
  const result: CheckResult = {
    project,
    checkId,
    observedAt: iso(observation.answeredAt),
    outcome: observation.outcome,
    status: seen?.status ?? null,
    step: seen?.currentStep ?? null,
    structProgress: seen?.structMigrationProgress ?? null,
    fullProgress: seen?.fullMigrationProgress ?? null,
    lagSeconds,
    eta: eta === null ? null : iso(eta),
    anomalies,
    said: observation.said,
    problem: observation.outcome === 'OK' ? null : observation.problem,
    clockSkewSeconds: observation.clockSkewMs === null ? null : Math.round(observation.clockSkewMs / 1000),
    verdict: judgement.verdict,
    reason: worded(judgement.reason),
    waitSeconds,
  };
  const snapshot: Snapshot = {
    ...result,
    requestedAt: iso(observation.requestedAt),
    looker,
    api: observation.api,
    progress: seen,
    envelope: observation.outcome === 'OK' ? observation.envelope : null,
    fromVersion: before?.version ?? 0,
  };
  return { projectState, snapshot, result };
}
