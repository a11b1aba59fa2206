/** The findings of the doctor: what was checked, its state, and how to fix it. Pure. */
import { formatDuration, iso } from '../../contract/values/duration';
import type { Observation } from '../model/progress';
import type { ProjectState } from '../model/project-state';
import { classOf } from '../model/status';
import { isMuted } from '../notifications/mute';
import { PLAUSIBLE_FUTURE_MS } from '../observe/lag';
import type { Subscription } from '../ports';

export const FINDING_STATES = ['ok', 'attention', 'problem'] as const;
/** `attention`: works, but should be looked into; `problem`: does not work. */
export type FindingState = (typeof FINDING_STATES)[number];

export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  readonly seen: string;
  /** Null where the state is ok. */
  readonly todo: string | null;
}

/** Polled where no project is named: an OMS that answers that it does not exist has accepted the request and the credentials. */
export const PLACEHOLDER_PROJECT = 'p_omscutoverdoctor';

/** A checkpoint that is further ahead of our clock opens no gate (gate.ts), so a wait would not end. */
const SKEW_LIMIT_SECONDS = PLAUSIBLE_FUTURE_MS / 1000;
/** Date headers have whole seconds, and a request takes time. */
const SKEW_TOLERANCE_SECONDS = 5;

const FAMILIES = { '3.3': 'API calls of 3.3.0 to 4.1.0', '4.1.1': 'API calls of 4.1.1 and later' } as const;

export const ok = (check: string, seen: string): Finding => ({ check, state: 'ok', seen, todo: null });
export const attention = (check: string, seen: string, todo: string): Finding => ({
  check,
  state: 'attention',
  seen,
  todo,
});
export const problem = (check: string, seen: string, todo: string): Finding => ({
  check,
  state: 'problem',
  seen,
  todo,
});

/** The worst state of the findings. */
export function stateOf(findings: readonly Finding[]): FindingState {
  return FINDING_STATES.findLast((state) => findings.some((finding) => finding.state === state)) ?? 'ok';
}

/** @param project null where none was named and `PLACEHOLDER_PROJECT` was polled. */
export function findingsOfOms(observation: Observation, project: string | null): readonly Finding[] {
  return [
    reachable(observation),
    credentials(observation),
    version(observation),
    clock(observation),
    ...(project === null ? withoutProject(observation) : [projectFinding(observation, project)]),
  ];
}

function reachable(observation: Observation): Finding {
  if (observation.outcome === 'OmsUnreachable')
    return problem(
      'reachable',
      observation.problem,
      'check that the endpoint is correct, that the OMS console listens on that port, and that routes and security groups allow the connection',
    );
  if (observation.outcome === 'OmsBadReply' && observation.api === null)
    return problem(
      'reachable',
      observation.problem,
      'check that the endpoint is the address of the OMS console, not of another server or of a proxy in front of it',
    );
  return ok('reachable', 'OMS answers');
}

function credentials(observation: Observation): Finding {
  switch (observation.outcome) {
    case 'OK':
    case 'OmsProjectNotFound':
      return ok('credentials', 'OMS accepts the credentials');
    case 'OmsRejectedCredentials':
      return problem(
        'credentials',
        observation.problem,
        'use an account that can log in to the OMS console; if OMS redirects to https, use https in the endpoint',
      );
    case 'OmsRefused':
      return attention(
        'credentials',
        `OMS refuses the request: ${observation.problem}`,
        'check the permissions of the account in OMS',
      );
    default:
      return notKnown('credentials');
  }
}

function version(observation: Observation): Finding {
  return observation.api === null
    ? notKnown('version')
    : ok('version', `OMS supports the ${FAMILIES[observation.api]}`);
}

function clock({ clockSkewMs }: Observation): Finding {
  if (clockSkewMs === null)
    return attention(
      'clock',
      'unknown: the reply of OMS has no date',
      'compare the clock of OMS with the clock of this host',
    );
  const skew = Math.round(clockSkewMs / 1000);
  const apart = Math.abs(skew);
  const seen =
    apart === 0
      ? 'OMS and this host show the same time'
      : `the clock of OMS is ${formatDuration(apart)} ${skew > 0 ? 'ahead' : 'behind'}`;
  if (apart <= SKEW_TOLERANCE_SECONDS) return ok('clock', seen);
  const effect = `the lag may be wrong by that much${apart > SKEW_LIMIT_SECONDS ? ', and a wait for SYNCED or DRAINED may never end' : ''}`;
  return attention('clock', `${seen}: ${effect}`, 'synchronize both clocks with NTP');
}

function projectFinding(observation: Observation, project: string): Finding {
  switch (observation.outcome) {
    case 'OK':
      if (observation.anomalies.length === 0) return statusFinding(observation.progress.status, project);
      return attention(
        'project',
        `${project} is ${observation.progress.status}; unexpected values in the reply: ${observation.anomalies.map(({ field }) => field).join(', ')}`,
        'see the anomalies in the output of a check; a gate that needs one of these fields is not met',
      );
    case 'OmsProjectNotFound':
      return problem(
        'project',
        observation.problem,
        'use the id that the OMS console shows, and the kind of the project (migration or sync)',
      );
    case 'OmsRefused':
    case 'OmsBadReply':
      return observation.api === null
        ? notKnown('project')
        : problem('project', observation.problem, 'check the project in the OMS console');
    default:
      return notKnown('project');
  }
}

/** OMS works; a project that does not proceed is still worth attention. */
function statusFinding(status: string, project: string): Finding {
  const seen = `${project} is ${status}`;
  switch (classOf(status)) {
    case 'failed':
      return attention(
        'project',
        seen,
        'open the failed step in the OMS console, fix the cause, then resume the project',
      );
    case 'suspended':
      return attention('project', seen, 'resume the project in the OMS console, unless it is suspended on purpose');
    case 'gone':
      return attention('project', seen, 'if it was not released on purpose, contact the administrator of OMS now');
    case 'unknown':
      return attention('project', seen, 'unrecognized status: check the project in the OMS console');
    default:
      return ok('project', seen);
  }
}

/** A placeholder that does not exist is not a finding. */
function withoutProject(observation: Observation): readonly Finding[] {
  const unexpected =
    observation.outcome === 'OmsRefused' || (observation.outcome === 'OmsBadReply' && observation.api !== null);
  return unexpected ? [attention('project', observation.problem, 'name a project to find out more')] : [];
}

function notKnown(check: string): Finding {
  return attention(check, 'unknown: OMS gave no usable answer', 'fix the problem above first');
}

/** Without credentials OMS was not polled. */
export function secretUnreadable(message: string): Finding {
  return problem(
    'credentials',
    message,
    'check that the secret exists, contains JSON with "username" and "password", and can be read, also with its KMS key',
  );
}

export function findingOfMute(projectState: ProjectState | undefined, now: number): readonly Finding[] {
  if (projectState?.mutedUntil === undefined || !isMuted(projectState, now)) return [];
  const held = `${projectState.pending.length} change${projectState.pending.length === 1 ? '' : 's'} held back`;
  return [
    attention(
      'mute',
      `muted until ${iso(projectState.mutedUntil)}, ${held}`,
      'no action needed during a maintenance window; otherwise end the mute',
    ),
  ];
}

export function findingsOfSubscriptions(subscriptions: readonly Subscription[]): readonly Finding[] {
  const topic = ok('topic', 'the topic can be read');
  const confirmed = subscriptions.filter((subscription) => subscription.confirmed);
  const unconfirmed = subscriptions
    .filter((subscription) => !subscription.confirmed)
    .map(({ protocol, endpoint }) => `${protocol} ${endpoint}`);
  const seen = `${confirmed.length} confirmed`;
  if (subscriptions.length === 0)
    return [
      topic,
      problem('subscriptions', 'the topic has no subscriptions', 'subscribe an e-mail address or a queue to the topic'),
    ];
  if (unconfirmed.length === 0) return [topic, ok('subscriptions', seen)];
  const finding = confirmed.length === 0 ? problem : attention;
  return [
    topic,
    finding(
      'subscriptions',
      `${seen}; not confirmed: ${unconfirmed.join(', ')}`,
      'open the link in the e-mail from SNS; it expires after three days, then subscribe again',
    ),
  ];
}
