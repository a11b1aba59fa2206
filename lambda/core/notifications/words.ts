/** The words of a change: the only place where its facts become sentences. A kind that is missing here does not compile. */

import { RESUMABLE_SECONDS } from '../../contract/defaults';
import type { FailedOutcome } from '../../contract/oms';
import { formatCompared, formatDuration, utc } from '../../contract/values/duration';
import { cutToWidth, plain } from '../../contract/values/text';
import { messageOf } from '../judge/words';
import type { Change, ChangeParams, RollbackPathLoss } from '../model/change';
import { classOf } from '../model/status';

export interface ChangeWords {
  /** What happened: follows the project in the subject. */
  readonly headline: string;
  /** What the headline has no room for, line by line; several lines for a cutover and a summary. */
  readonly detail: readonly string[];
  /** What to do next. */
  readonly advice: string;
}

/** Where the OMS account is kept: in the secret of a stack, or on the machine of a run without one. */
export type CredentialsFrom = 'secret' | 'file';

export function describeChange(change: Change, credentialsFrom: CredentialsFrom = 'secret'): ChangeWords {
  const { headline, detail, advice } = wordsOf(change, credentialsFrom);
  const anomalies = change.anomalies.map(({ field, value, problem }) => `${field} ${problem} (${value})`);
  return { headline, detail: [...detail, ...anomalies], advice };
}

function wordsOf(change: Change, credentialsFrom: CredentialsFrom): ChangeWords {
  const { kind, params } = change;
  switch (kind) {
    case 'status': {
      const { from, to, since } = params;
      const lasted = since === null ? '' : ` ${lasting(change.at - since)}`;
      const isContradictory = change.anomalies.some(({ foundIn }) => foundIn === 'REPLY');
      const advice = isContradictory ? COMPARE : adviceOnStatus(to);
      return { headline: `${to} (was ${from}${lasted})`, detail: [], advice };
    }
    case 'first-seen':
      return {
        headline: `first seen as ${change.status ?? 'unknown'}`,
        detail: [],
        advice: adviceOnStatus(change.status ?? ''),
      };
    case 'unreachable': {
      const { headline, advice } = NO_ANSWER[params.outcome];
      return {
        headline: `${headline} for ${lasting(change.at - params.since)}`,
        detail: [params.problem],
        advice: `${advice} A wait fails at the end of its outage grace period.`,
      };
    }
    case 'reachable':
      return { headline: 'OMS is reachable again', detail: [], advice: NO_ACTION };
    case 'credentials-rejected':
      return {
        headline: 'OMS rejects the credentials',
        detail: [params.problem],
        advice: NEW_CREDENTIALS[credentialsFrom],
      };
    case 'credentials-accepted':
      return { headline: 'OMS accepts the credentials again', detail: [], advice: NO_ACTION };
    case 'gone-from-oms':
      return {
        headline: 'NO LONGER EXISTS in OMS',
        detail: [`${params.lastSeenAt === null ? '' : `last seen ${utc(params.lastSeenAt)}; `}${params.problem}`],
        advice:
          'look for the project in the OMS console. If it is not there, ask who released or deleted it; if that was a mistake, create it again (it gets a new id). If it is there, check the configured OMS address and the project id. A wait for it fails with MigrationGone.',
      };
    case 'found-again':
      return {
        headline: 'found in OMS again',
        detail: [],
        advice: 'restart the waits for this project: they failed when it was not found. Monitoring continues.',
      };
    case 'stalled':
      return {
        headline: 'STALLED while RUNNING',
        detail: [`no percentage and no checkpoint has changed in ${formatDuration(params.stillSeconds)} of running`],
        advice:
          'check the step in the OMS console: its log, the load on the source and the target, and free disk space.',
      };
    case 'progressing':
      return { headline: 'progressing again', detail: [], advice: NO_ACTION };
    case 'lagging':
      return {
        headline: `LAGGING by ${formatDuration(params.lagSeconds)}`,
        detail: [againstThreshold(params)],
        advice: 'do not cut over now. Check the incremental step in the OMS console and the load on the source.',
      };
    case 'caught-up':
      return {
        headline: `caught up, lag ${formatDuration(params.lagSeconds)}`,
        detail: [againstThreshold(params)],
        advice: NO_ACTION,
      };
    case 'expiring': {
      const { since, leftSeconds } = params;
      const status = change.status ?? 'stopped';
      const left = lasting(leftSeconds * 1000);
      const inTime = leftSeconds > 0;
      return {
        headline: `${status} for ${lasting(change.at - since)}, ${inTime ? `resume within ${left}` : 'OMS may no longer be able to resume it'}`,
        detail: [
          `OMS can resume a project for about ${formatDuration(RESUMABLE_SECONDS)}; ${inTime ? `${left} are left` : 'they are over'}`,
        ],
        advice: inTime
          ? 'resume the project in the OMS console, or accept that the migration has to start again.'
          : 'try to resume the project in the OMS console; if OMS refuses, the migration has to start again.',
      };
    }
    case 'may-never-finish':
      return {
        headline: 'may never reach FINISHED',
        detail: ['incremental synchronization is on, so the project may stay RUNNING forever'],
        advice: 'to cut over, wait for SYNCED, stop writes, then wait for DRAINED.',
      };
    case 'goal-met':
      return {
        headline: `is ${params.goal}`,
        detail: [messageOf(params.reason)],
        advice:
          change.execution === undefined
            ? 'continue with the cutover.'
            : 'no action needed if a pipeline waits for this goal: it continues automatically. Otherwise continue with the cutover.',
      };
    case 'cutover':
      return { headline: params.headline, detail: params.body.split('\n'), advice: params.advice };
    case 'rollback-path-lost':
      return {
        headline: 'ROLLBACK PATH LOST: the source no longer follows the target',
        detail: [`${lossIn(change, params)}. Writes to the target do not reach the source.`],
        advice: `decide now whether to stay on the target. ${ROLLBACK_ADVICE[params.cause]}`,
      };
    case 'rollback-path-restored':
      return {
        headline: 'rollback path restored',
        detail: ['the reverse checkpoint advances again'],
        advice: NO_ACTION,
      };
    case 'summary': {
      const { changes, omitted } = params;
      const now = change.status === null ? '' : `, now ${plain(change.status, 64)}`;
      const last = changes.at(-1);
      return {
        headline: `${changes.length + omitted} changes while muted${now}`,
        detail: [
          ...(omitted === 0 ? [] : [`${omitted} earlier changes: see oms-cutover history`]),
          ...changes.map(summaryLine),
        ],
        advice: `for the last change in the list: ${last === undefined ? NO_ACTION : describeChange(last, credentialsFrom).advice}`,
      };
    }
    case 'test':
      return {
        headline: 'test notification',
        detail: [],
        advice: 'no action needed; this message was requested with oms-cutover doctor.',
      };
  }
}

const COMPARE =
  'look at the copy in the OMS console, and do not continue before you have compared the target with the source: rows may be missing.';
const NO_ACTION = 'no action needed; monitoring continues.';

/** An OMS that cannot be reached, one that answers nonsense and one that refuses are fixed in different places. */
const NO_ANSWER: Record<FailedOutcome, Pick<ChangeWords, 'headline' | 'advice'>> = {
  OmsUnreachable: {
    headline: 'OMS unreachable',
    advice: 'check that the OMS console answers on its port from the network in which oms-cutover runs.',
  },
  OmsBadReply: {
    headline: 'OMS gives no valid answer',
    advice: 'check that the configured address is that of OMS itself, and not of a proxy or a login page.',
  },
  OmsRefused: { headline: 'OMS refuses the request', advice: 'check the same project in the OMS console.' },
  OmsProjectNotFound: {
    headline: 'project not found in OMS',
    advice:
      'compare the project id, its kind (migration or synchronization) and the configured address with the OMS console.',
  },
  OmsRejectedCredentials: {
    headline: 'OMS rejects the credentials',
    advice: 'check the OMS console account.',
  },
};

const NEW_CREDENTIALS: Record<CredentialsFrom, string> = {
  secret:
    'store a working OMS console account in the secret; it is read again automatically. Until then OMS is polled at the longest interval.',
  file: 'put a working OMS console account into the file of --credentials-file, which is read again automatically; OMS_USERNAME and OMS_PASSWORD are read once, so start again.',
};

function adviceOnStatus(status: string): string {
  const resumable = formatDuration(RESUMABLE_SECONDS);
  switch (classOf(status)) {
    case 'failed':
      return `open the failed step in the OMS console, fix the cause, and resume the project. OMS can resume it for about ${resumable}.`;
    case 'suspended':
      return `resume the project in the OMS console within about ${resumable}; after that OMS cannot.`;
    case 'finished':
      return 'verify the target, then continue with the steps that wait for this migration.';
    case 'gone':
      return 'if the project was not meant to be released or deleted, contact the OMS administrator now; this cannot be undone.';
    case 'unknown':
      return 'check the project in the OMS console: oms-cutover does not recognize this status and takes it for neither success nor failure.';
    case 'waiting':
    case 'running':
      return NO_ACTION;
  }
}

const ROLLBACK_ADVICE: Record<RollbackPathLoss['cause'], string> = {
  'gone-from-oms': 'Unless the project is found in OMS again, the rollback path cannot be restored.',
  ended: 'The rollback path cannot be restored.',
  stopped: 'To restore the rollback path, resume the project in the OMS console.',
  'other-step': 'To restore the rollback path, start the reverse step in the OMS console.',
  'checkpoint-still':
    'To restore the rollback path, check the reverse step in the OMS console; if the target is idle, write a marker row there.',
};

function againstThreshold({ lagSeconds, thresholdSeconds, importance }: ChangeParams['lagging']): string {
  const [lag, threshold] = formatCompared(lagSeconds, thresholdSeconds);
  return `lag ${lag}; the threshold for importance ${importance} is ${threshold}`;
}

function lossIn({ status, step }: Change, loss: RollbackPathLoss): string {
  switch (loss.cause) {
    case 'gone-from-oms':
      return 'the project no longer exists in OMS';
    case 'ended':
      return `the project is ${status}: reverse synchronization has ended for good`;
    case 'stopped':
      return `the project is ${status}: reverse synchronization is stopped; resumed within ${formatDuration(RESUMABLE_SECONDS)} it can still catch up`;
    case 'other-step':
      return `the step is ${step}, and no longer a reverse one`;
    case 'checkpoint-still':
      return `the reverse checkpoint has not advanced for ${formatDuration(loss.stillSeconds)}`;
  }
}

/** Columns of a line of an e-mail. */
const MAX_LINE = 78;
const MAX_HEADLINE = 200;

/** `3: 2026-11-23 03:12:00 UTC: FAILED (was RUNNING 3 h)`. */
function summaryLine(change: Change): string {
  const line = plain(`${change.sequence}: ${utc(change.at)}: ${describeChange(change).headline}`, MAX_HEADLINE);
  return cutToWidth(line, MAX_LINE);
}

function lasting(ms: number): string {
  return formatDuration(ms / 1000);
}
