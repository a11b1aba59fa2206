/** One check's decision, pure: a look and the latest item in; snapshot, next latest (with changes pending), verdict and pace out. */

import type { CheckResult } from '../../contract/check-result';
import { judge, type Question } from '../judge/judge';
import { paceSeconds } from '../judge/poll-interval';
import { iso } from '../model/duration';
import type { Look } from '../model/progress';
import type { Latest } from '../model/project-state';
import type { Looker, Snapshot } from '../model/snapshot';
import { classOf } from '../model/status';
import { withChanges } from '../notifications/detect';
import { forecastCopy } from '../observe/history';
import { observe } from '../observe/observe';
import { latestLookBy } from '../observe/series';

export interface Derivation {
  readonly latest: Latest;
  readonly snapshot: Snapshot;
  readonly result: CheckResult;
}

export interface Circumstances {
  readonly project: string;
  readonly checkId: string;
  readonly looker: Looker;
  /** Names the wait; null where nobody waits. */
  readonly waitId: string | null;
  /** ARN of the execution that waits, for whoever is told. */
  readonly execution?: string;
  readonly question: Question;
  /** Whole seconds between scheduled looks; null where this look is not the schedule's. */
  readonly scheduleIntervalSeconds: number | null;
}

export function derive(before: Latest | undefined, look: Look, circumstances: Circumstances): Derivation {
  const { project, checkId, question, looker } = circumstances;
  const { latest: observed, anomalies, lagSeconds } = observe(before, look, project, checkId, question.settings);
  const judgement = judge(question, observed, look, anomalies);
  const waitSeconds = paceSeconds(question.goal, question.settings, observed, look, judgement);
  const seen = look.outcome === 'OK' ? look.progress : null;
  const forecast =
    seen !== null && classOf(seen.status) === 'running' ? forecastCopy(observed.marks, observed.activeMs) : null;
  const eta = forecast === null ? null : look.answeredAt + Math.round(forecast.likelyMs);
  const changed = withChanges(before, observed, look, lagSeconds, eta, {
    question,
    judgement,
    waitId: circumstances.waitId,
    ...(circumstances.execution === undefined ? {} : { execution: circumstances.execution }),
  });
  const scheduled = circumstances.scheduleIntervalSeconds;
  const latest: Latest = {
    ...changed,
    // A look that ends a wait promises no next one; whoever looked regularly before still does.
    nextLookBy: waitSeconds === 0 ? observed.nextLookBy : latestLookBy(look.answeredAt, waitSeconds),
    nextScheduledBy: scheduled === null ? observed.nextScheduledBy : latestLookBy(look.answeredAt, scheduled),
  };
  const result: CheckResult = {
    project,
    checkId,
    observedAt: iso(look.answeredAt),
    outcome: look.outcome,
    status: seen?.status ?? null,
    step: seen?.currentStep ?? null,
    structProgress: seen?.structMigrationProgress ?? null,
    fullProgress: seen?.fullMigrationProgress ?? null,
    lagSeconds,
    eta: eta === null ? null : iso(eta),
    anomalies,
    said: look.said,
    problem: look.outcome === 'OK' ? null : look.problem,
    clockSkewSeconds: look.clockSkewMs === null ? null : Math.round(look.clockSkewMs / 1000),
    verdict: judgement.verdict,
    reason: judgement.reason,
    waitSeconds,
  };
  const snapshot: Snapshot = {
    ...result,
    requestedAt: iso(look.requestedAt),
    looker,
    api: look.api,
    progress: seen,
    envelope: look.outcome === 'OK' ? look.envelope : null,
    fromVersion: before?.version ?? 0,
  };
  return { latest, snapshot, result };
}
